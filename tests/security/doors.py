"""Every address of the admin, and who may open it on a row of their own program; site_doors.py has all others.

One line says all of an address: who may open it, with which row, and the methods that it takes. Nobody else may.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from accounts.models import User
from tests.factories import make_user
from tests.security.world import Side

NOBODY: frozenset[str] = frozenset()
REVIEWER = frozenset({"reviewer"})
RECRUITER = frozenset({"recruiter", "administrator"})
ADMINISTRATOR = frozenset({"administrator"})
STAFF = REVIEWER | RECRUITER
# Lists of what is one's own: an administrator's is empty, unless they read as well.
OWN_LIST = REVIEWER | ADMINISTRATOR
Arguments = Callable[[Side], list]


def of(name: str, *more: object) -> Arguments:
    """The arguments of an address: the id of the side's row of that name, and what follows it."""
    return lambda side: [getattr(side, name).pk, *more]


def none(side: Side) -> list:
    return []


GET = ("GET", "HEAD")
POST = ("POST",)
BOTH = GET + POST


@dataclass(frozen=True)
class Rule:
    """`who` may open it; `arguments` are those of a side's own row.

    outside: what meets whoever is not signed in (in the admin: whoever is not staff), and others: whoever is, and may not.
    "door" is the redirect to the sign-in; "shut" a 403 or a 404; "refused" the door or a 403. public: a neighbour's row is open to `who` as well.
    posts: what a post has to hold to be understood.
    path: the address where it has no name, with {} for each argument.
    """

    who: frozenset[str]
    arguments: Arguments = none
    takes: tuple[str, ...] = BOTH
    outside: str = "door"
    others: str = "shut"
    public: bool = False
    posts: dict[str, str] = field(default_factory=dict)
    path: str = ""


def model(
    name: str,
    row: str,
    *,
    look: frozenset,
    add: frozenset,
    change: frozenset,
    delete: frozenset,
    takes: tuple[str, ...] = BOTH,
) -> dict:
    """The six addresses that Django makes for a model, and who may open each; takes: what the page of change does."""
    return {
        # The address of old: it leads to the page of change, and looks at no row.
        f"{name}_old": Rule(STAFF, of(row), public=True, path=f"/admin/{name.replace('_', '/', 1)}/{{}}/"),
        f"{name}_changelist": Rule(look),
        f"{name}_add": Rule(add),
        f"{name}_change": Rule(change, of(row), takes),
        f"{name}_delete": Rule(delete, of(row)),
        f"{name}_history": Rule(look, of(row)),
    }


RULES: dict[str, Rule] = {
    "unknown": Rule(NOBODY, path="/admin/no/such/page"),
    "index": Rule(STAFF),
    "login": Rule(STAFF, outside="refused"),
    "logout": Rule(STAFF, takes=POST, outside="open"),
    "password_change": Rule(NOBODY),
    "password_change_done": Rule(NOBODY),
    "autocomplete": Rule(NOBODY, takes=GET),
    "jsi18n": Rule(STAFF, takes=GET),
    "view_on_site": Rule(
        STAFF, lambda side: [ContentType.objects.get_for_model(side.program).pk, side.program.pk], public=True
    ),
    "app_list": Rule(RECRUITER, lambda side: ["programs"]),
    "privacy": Rule(ADMINISTRATOR, takes=GET),
    "erase": Rule(ADMINISTRATOR, of("erasure")),
    **model(
        "programs_retention", "retention", look=ADMINISTRATOR, add=ADMINISTRATOR, change=ADMINISTRATOR, delete=NOBODY
    ),
    **model(
        "applications_access",
        "access",
        look=ADMINISTRATOR,
        add=NOBODY,
        change=ADMINISTRATOR,
        delete=NOBODY,
        takes=GET,
    ),
    "reports": Rule(RECRUITER, takes=GET),
    "reports_file": Rule(RECRUITER, lambda side: ["funnel"], GET),
    **model(
        "accounts_user",
        "candidate",
        look=ADMINISTRATOR,
        add=ADMINISTRATOR,
        change=ADMINISTRATOR,
        delete=NOBODY,  # whoever has applied: what they sent hangs on it
    ),
    "accounts_user_export": Rule(ADMINISTRATOR),
    **model(
        "accounts_erasurerequest",
        "erasure",
        look=ADMINISTRATOR,
        add=NOBODY,
        change=ADMINISTRATOR,
        delete=NOBODY,
        takes=GET,
    ),
    **model(
        "programs_office", "office", look=ADMINISTRATOR, add=ADMINISTRATOR, change=ADMINISTRATOR, delete=ADMINISTRATOR
    ),
    **model("programs_program", "program", look=RECRUITER, add=ADMINISTRATOR, change=RECRUITER, delete=ADMINISTRATOR),
    **model("programs_requirement", "requirement", look=RECRUITER, add=RECRUITER, change=RECRUITER, delete=RECRUITER),
    "programs_requirement_move": Rule(RECRUITER, of("requirement", "up"), POST),
    "programs_requirement_restore": Rule(RECRUITER, of("requirement"), POST),
    **model("programs_window", "window", look=RECRUITER, add=RECRUITER, change=RECRUITER, delete=RECRUITER),
    "programs_window_do": Rule(RECRUITER, of("window", "close")),
    "programs_window_list": Rule(RECRUITER),
    "programs_window_export": Rule(RECRUITER),
    "programs_window_next_season": Rule(RECRUITER),
    "programs_window_drafts": Rule(RECRUITER),
    **model("applications_application", "application", look=RECRUITER, add=NOBODY, change=RECRUITER, delete=NOBODY),
    "applications_application_export": Rule(RECRUITER),
    "applications_decide": Rule(RECRUITER, of("application", "reject")),
    "applications_bulk": Rule(RECRUITER, lambda side: ["reject"]),
    "applications_move_up": Rule(RECRUITER, of("window")),
    "applications_letter": Rule(RECRUITER, lambda side: [side.application.pk, side.letter.pk], POST),
    "applications_letter_again": Rule(RECRUITER, lambda side: [side.application.pk, side.letter.pk]),
    "applications_pages_again": Rule(RECRUITER, lambda side: [side.application.pk, side.clear_image.document_id], POST),
    "applications_page_image": Rule(RECRUITER, lambda side: [side.application.pk, side.clear_image.pk]),
    **model(
        "applications_extension", "extension", look=RECRUITER, add=RECRUITER, change=RECRUITER, delete=NOBODY, takes=GET
    ),
    **model("applications_lettertemplate", "template", look=RECRUITER, add=NOBODY, change=RECRUITER, delete=RECRUITER),
    "applications_extension_export": Rule(RECRUITER),
    "applications_prepareddecision_export": Rule(RECRUITER),
    "applications_words": Rule(RECRUITER, lambda side: [side.program.pk, "reject"]),
    "applications_words_preview": Rule(RECRUITER, lambda side: [side.program.pk, "reject"], POST),
    **model(
        "applications_rejectionreason", "reason", look=RECRUITER, add=RECRUITER, change=RECRUITER, delete=RECRUITER
    ),
    **model(
        "applications_prepareddecision", "prepared", look=RECRUITER, add=NOBODY, change=RECRUITER, delete=RECRUITER
    ),
    "applications_prepared": Rule(RECRUITER, lambda side: ["apply"]),
    "applications_batch": Rule(RECRUITER, lambda side: [side.batch]),
    **model("reviews_criterion", "criterion", look=RECRUITER, add=RECRUITER, change=RECRUITER, delete=RECRUITER),
    "reviews_criterion_move": Rule(RECRUITER, of("criterion", "up"), POST),
    "reviews_criterion_restore": Rule(RECRUITER, of("criterion"), POST),
    **model("reviews_assignment", "assignment", look=OWN_LIST, add=NOBODY, change=REVIEWER, delete=NOBODY),
    "reviews_assignment_history": Rule(REVIEWER, of("assignment")),
    "reviews_assignment_export": Rule(OWN_LIST),
    "reviews_save": Rule(REVIEWER, of("assignment"), POST),
    "reviews_recuse": Rule(REVIEWER, of("assignment")),
    "reviews_page_image": Rule(REVIEWER, lambda side: [side.assignment.pk, side.blind_image.pk]),
    # Only once the review is in; before, nobody: see tests/reviews/.
    "reviews_document": Rule(NOBODY, lambda side: [side.assignment.pk, side.document.public_id]),
    **model("reviews_conflict", "conflict", look=OWN_LIST, add=OWN_LIST, change=REVIEWER, delete=REVIEWER),
    "reviews_conflict_history": Rule(REVIEWER, of("conflict")),
    **model("reviews_standing", "application", look=RECRUITER, add=NOBODY, change=RECRUITER, delete=NOBODY),
    "reviews_ranking": Rule(RECRUITER, of("window")),
    "reviews_ranking_file": Rule(RECRUITER, of("window")),
    "reviews_effect": Rule(RECRUITER, of("window")),
    "reviews_panel": Rule(RECRUITER, of("window")),
    "reviews_spread": Rule(RECRUITER, of("window"), POST),
    "reviews_reviewers": Rule(RECRUITER, lambda side: [side.window.pk, side.application.pk]),
    **model("letters_letter", "letter", look=ADMINISTRATOR, add=NOBODY, change=ADMINISTRATOR, delete=NOBODY, takes=GET),
    "letters_letter_export": Rule(ADMINISTRATOR),
}


def address(name: str, arguments: list) -> str:
    path = RULES[name].path
    return path.format(*arguments) if path else reverse(f"admin:{name}", args=arguments)


def somebody(role: str, side: Side) -> User:
    """The side's reviewer or recruiter, or an administrator, who is of no side."""
    return make_user(is_staff=True, is_superuser=True) if role == "administrator" else getattr(side, role)
