"""Every address of the site beside the admin's (which doors.py lists), and a world in which each of them has a page."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import URLResolver, get_resolver, reverse

from applications.decisions import decide
from applications.models import Application
from applications.workflow import TRANSITIONS, Actor
from programs import kinds
from programs.admin.window_pages import BY_NAME
from programs.following import follow, unsubscribe_url
from programs.models import Follower
from tests.applications.decided import offer_terms
from tests.factories import PARAMETERS, make_application, make_draft, make_program, make_window
from tests.security.doors import address
from tests.security.world import Side, make_side

DECISIONS = [row.action for row in TRANSITIONS if row.actor == Actor.RECRUITER]


@dataclass
class World:
    """Two neighbours. The candidate of the first also has a draft with every kind of answer, something sent, and an offer."""

    here: Side
    there: Side
    draft: Application
    sent: Application
    offered: Application
    follower: Follower


def make_world() -> World:
    here, there = make_side("Here"), make_side("There")
    candidate = here.candidate
    offered = make_application(make_window(make_program("Offers")), candidate=candidate)
    decide(application=offered, action="review", by=here.recruiter, seen_status="submitted")
    terms = offer_terms(offered.window)
    decide(application=offered, action="offer", by=here.recruiter, seen_status="in_review", terms=terms)
    return World(
        here=here,
        there=there,
        draft=make_draft(make_window(make_program("Everything", asks=tuple(PARAMETERS))), candidate=candidate),
        sent=make_application(make_window(make_program("Sent", asks=("statement",))), candidate=candidate),
        offered=offered,
        follower=follow(program=here.program, email="follower@example.org"),
    )


def _program(world: World) -> list:
    return [world.draft.program.slug]


def _form(world: World) -> list:
    return [world.draft.program.slug, world.draft.window_id]


def _asked_file(world: World) -> list:
    return [*_form(world), world.draft.program.requirements.get(kind="document").pk]


def _none(world: World) -> list:
    return []


# By name, the arguments with which it is a page of the world.
SITE: dict[str, Callable[[World], list]] = {
    **dict.fromkeys(
        (
            *("home", "qualify", "feed", "sitemap", "robots", "job_board", "applications", "my_data"),
            *("my_data_export", "my_data_download", "delete_drafts", "ask_for_erasure", "take_back_erasure"),
            *("accessibility", "healthz", "sessions", "session_state", "privacy", "security_txt"),
            *("account_request_login_code", "account_login", "account_confirm_login_code", "account_logout"),
            *("mfa_authenticate", "mfa_index", "mfa_reauthenticate", "mfa_activate_totp", "mfa_totp_picture"),
            *("mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"),
            *("mfa_download_recovery_codes", "mfa_list_webauthn", "mfa_add_webauthn", "mfa_reauthenticate_webauthn"),
        ),
        _none,
    ),
    **dict.fromkeys(("program", "follow", "stop_following", "confirm_follow", "apply", "preview"), _program),
    **dict.fromkeys(("apply_live", "apply_edit", "window_calendar"), _form),
    "upload": _asked_file,
    "start": lambda world: [world.draft.window_id],
    "unsubscribe": lambda world: [unsubscribe_url(world.follower).rstrip("/").rpartition("/")[2]],
    "picture": lambda world: ["0" * 32 + "/480.webp"],
    "card": lambda world: ["a" * 16],
    "application": lambda world: [world.sent.reference],
    "withdraw": lambda world: [world.sent.reference],
    "answer_offer": lambda world: [world.offered.reference],
    **dict.fromkeys(("document", "first_page"), lambda world: [world.here.document.public_id]),
    **dict.fromkeys(("mfa_remove_webauthn", "mfa_edit_webauthn"), lambda world: [1]),
}


def names_of_the_site() -> set[str]:
    """The names of all addresses outside of the admin, as the resolver has them."""

    def walk(patterns: list) -> set[str]:
        found = set()
        for one in patterns:
            is_admin = getattr(one, "namespace", None) == "admin"
            found |= walk(one.url_patterns) if isinstance(one, URLResolver) and not is_admin else set()
            found |= set() if isinstance(one, URLResolver) else {one.name}
        return found

    return walk(get_resolver().url_patterns)


def site_address(name: str, world: World) -> str:
    return reverse(name, args=SITE[name](world))


def more_of(name: str, side: Side) -> list[str]:
    """Further addresses of the same pattern of the admin, whose page has another form."""
    match name:
        case "applications_decide":
            return [address(name, [side.application.pk, action]) for action in DECISIONS]
        case "programs_window_do":
            return [address(name, [side.window.pk, deed]) for deed in BY_NAME]
        case "programs_requirement_add":
            return [f"{address(name, [])}?program={side.program.pk}&kind={kind}" for kind, _label in kinds.choices]
        case "reviews_criterion_add":
            return [f"{address(name, [])}?program={side.program.pk}"]
        case "reviews_effect":
            return [f"{address(name, [side.window.pk])}?offer=1", f"{address(name, [side.window.pk])}?reject_rest=on"]
    return []
