"""What decides who may do what and where an application stands: the columns that no form may change but the one for it."""

from django.contrib.auth.models import Group

from accounts.models import User
from applications.models import Answer, Application, Document, Extension, Interview, Offer, StatusChange
from letters.models import Letter
from programs.models import Follower, Membership, Program, Requirement, Window, WindowChange
from reviews.models import Assignment, Review, Score
from tests.security.world import Side

WATCHED = {
    User: ("email", "password", "is_staff", "is_superuser", "is_active"),
    User.groups.through: ("user_id", "group_id"),
    User.user_permissions.through: ("user_id", "permission_id"),
    Group.permissions.through: ("group_id", "permission_id"),
    Membership: ("user_id", "program_id", "role"),
    Program: ("published",),
    Requirement: ("program_id", "kind", "mandatory", "parameters"),
    Window: ("program_id", "published", "opens_at", "closes_at", "capacity", "taken"),
    WindowChange: ("window_id", "by_id", "action", "before", "after"),
    Follower: ("program_id", "email", "user_id"),
    Application: (
        *("candidate_id", "window_id", "reference", "status", "revision", "submitted_at", "asked", "met"),
        *("full_name", "phone"),
    ),
    Answer: ("application_id", "requirement_id", "mandatory", "parameters", "given", "met", "reason"),
    Document: ("application_id", "requirement_id", "sha256", "file"),
    StatusChange: ("application_id", "from_status", "to_status", "by_id", "at"),
    Offer: ("application_id", "office_id", "start_date", "answer_by", "answered_at"),
    Interview: ("application_id", "starts_at", "link"),
    Extension: ("candidate_id", "window_id", "until", "by_id"),
    Letter: ("addressee_id", "to", "status", "body"),
    Assignment: ("application_id", "reviewer_id", "recused_at"),
    Review: ("assignment_id", "submitted_at", "overall", "recommendation"),
    Score: ("review_id", "criterion_id", "value"),
}

# By the name of an address, what its form is for: "Letter+": rows come, "Letter-": rows go, "Letter.status": a value changes.
_TAKEN_STEP = {"Application.status", "StatusChange+", "Letter+"}
_DECIDED = (
    _TAKEN_STEP
    | {"Letter.status", "Offer+", "Offer-", "Interview+", "Interview-"}
    | {*("Offer.office_id", "Offer.start_date", "Offer.answer_by", "Interview.starts_at", "Interview.link")}
)
_MOVED = {"WindowChange+", "Window.opens_at", "Window.closes_at", "Window.capacity", "Window.published"}
_READ = {"Review+", "Review.recommendation", "Review.overall", "Review.submitted_at", "Score+", "Score-", "Score.value"}
_HANDED_ON = {"Assignment.recused_at", "Assignment+"}
_ROLES = {"Membership+", "Membership-", "Membership.role", "Membership.user_id", "User_groups+", "User_groups-"}
_PERSON = {"User+", "User.email", "User.is_staff", "User.is_superuser", "User.is_active"} | _ROLES
# Rows go or are emptied, wherever somebody was named; an application that was under way is withdrawn.
_ERASED = {f"{model.__name__}-" for model in WATCHED} | {"StatusChange+"}
_ERASED |= {f"{model.__name__}.{column}" for model, columns in WATCHED.items() for column in columns}
MAY: dict[str, set[str]] = {
    "erase": _ERASED,
    "start": {"Application+"},
    "upload": {"Application+", "Document+"},
    "apply": {
        *_TAKEN_STEP,
        *("Application+", "Application.revision", "Application.submitted_at", "Application.asked", "Application.met"),
        *("Application.full_name", "Application.phone", "Answer+", "Answer-", "Document+", "Window.taken"),
    },
    "withdraw": _TAKEN_STEP,
    "answer_offer": _TAKEN_STEP | {"Offer.answered_at"},
    "delete_drafts": {"Application-", "Document-"},
    "ask_for_erasure": {"Letter+"},
    "take_back_erasure": {"Letter+"},
    "follow": {"Follower+"},
    "confirm_follow": {"Follower+"},
    "stop_following": {"Follower-"},
    "unsubscribe": {"Follower-"},
    **dict.fromkeys(("accounts_user_add", "accounts_user_change", "accounts_user_delete"), _PERSON | {"User-"}),
    "programs_program_add": {"Program+"} | _ROLES,
    "programs_program_change": {"Program.published"} | _ROLES,
    "programs_requirement_add": {"Requirement+"},
    "programs_requirement_change": {"Requirement.mandatory", "Requirement.parameters"},
    "programs_requirement_delete": {"Requirement-"},
    "programs_window_add": {"Window+", "WindowChange+"},
    **dict.fromkeys(("programs_window_change", "programs_window_do"), _MOVED),
    **dict.fromkeys(("programs_window_next_season", "programs_window_drafts"), {"Window+"} | _MOVED),
    "programs_window_delete": {"Window-", "WindowChange-", "Extension-"},
    **dict.fromkeys(("applications_decide", "applications_bulk", "applications_application_changelist"), _DECIDED),
    **dict.fromkeys(("applications_prepared", "applications_batch", "applications_application_change"), _DECIDED),
    "applications_extension_add": {"Extension+", "Extension.until"},
    "applications_extension_change": {"Extension.until"},
    "applications_letter_again": {"Letter+"},
    "letters_letter_change": {"Letter.status"},
    "letters_letter_changelist": {"Letter.status"},
    **dict.fromkeys(("reviews_assignment_change", "reviews_save"), _READ),
    "reviews_recuse": _HANDED_ON,
    **dict.fromkeys(("reviews_conflict_add", "reviews_conflict_change", "reviews_conflict_delete"), _HANDED_ON),
    **dict.fromkeys(("reviews_panel", "reviews_reviewers", "reviews_spread"), _HANDED_ON | {"Assignment-"}),
}

Rows = dict[tuple[str, int], dict[str, object]]


def rows_now() -> Rows:
    """Every watched row, by table and key."""
    return {
        (model.__name__, pk): dict(zip(columns, values, strict=True))
        for model, columns in WATCHED.items()
        for pk, *values in model.objects.values_list("pk", *columns)
    }


def changes(before: Rows, after: Rows) -> set[tuple[tuple[str, int], str]]:
    """What came, went or changed: the row, and the deed as MAY names it."""
    found = {(row, f"{row[0]}+") for row in after.keys() - before.keys()}
    found |= {(row, f"{row[0]}-") for row in before.keys() - after.keys()}
    for row in before.keys() & after.keys():
        found |= {(row, f"{row[0]}.{column}") for column, value in before[row].items() if after[row][column] != value}
    return found


def rows_of(side: Side) -> set[tuple[str, int]]:
    """The rows that are nobody's but this side's."""
    rows = [
        *(side.program, side.window, side.requirement, side.application, side.extension, side.assignment),
        *(side.document, side.candidate, side.reviewer, side.recruiter, side.letter),
        *side.application.answers.all(),
        *side.application.history.all(),
    ]
    return {(type(row).__name__, row.pk) for row in rows}
