"""Every address outside the admin, and who may open it: the second half of the table that doors.py begins."""

from uuid import UUID

from django.urls import reverse

from programs.following import unsubscribe_url
from tests.security import doors
from tests.security.doors import GET, NOBODY, POST, RECRUITER, STAFF, Rule, of
from tests.security.world import Side

CANDIDATE = frozenset({"candidate"})
SIGNED_IN = frozenset({"candidate", "passer-by"}) | STAFF
EVERYBODY = SIGNED_IN | {"nobody"}


def slug(side: Side) -> list:
    return [side.program.slug]


def form(side: Side) -> list:
    return [side.program.slug, side.window.pk]


def file_of_form(side: Side) -> list:
    return [*form(side), side.document.requirement_id]


def reference(side: Side) -> list:
    return [side.application.reference]


def file(side: Side) -> list[UUID]:
    return [side.document.public_id]


def token(side: Side) -> list:
    return [unsubscribe_url(side.follower).rstrip("/").rpartition("/")[2]]


SITE: dict[str, Rule] = {
    # What everybody may read.
    "home": Rule(EVERYBODY, takes=GET),
    "program": Rule(EVERYBODY, slug, GET, public=True),
    "accessibility": Rule(EVERYBODY, takes=GET),
    "privacy": Rule(EVERYBODY, takes=GET),
    "security_txt": Rule(EVERYBODY, takes=GET),
    "qualify": Rule(EVERYBODY),
    "picture": Rule(EVERYBODY, lambda side: [side.picture], GET, public=True),
    "window_calendar": Rule(EVERYBODY, form, GET, public=True),
    "card": Rule(EVERYBODY, lambda side: ["older"], GET),
    "card of a program": Rule(
        EVERYBODY, lambda side: [side.program.pk, "older"], GET, public=True, path="/cards/{}/{}.jpg"
    ),
    "feed": Rule(EVERYBODY, takes=GET),
    "sitemap": Rule(EVERYBODY, takes=GET),
    "robots": Rule(EVERYBODY, takes=GET),
    "job_board": Rule(EVERYBODY, takes=GET),
    "healthz": Rule(EVERYBODY, takes=GET),
    # Following a program. What a letter's token stands for, whoever holds the letter may end.
    "follow": Rule(EVERYBODY, slug, public=True),
    "confirm_follow": Rule(EVERYBODY, slug, public=True),
    "stop_following": Rule(SIGNED_IN, slug, POST, public=True),
    "unsubscribe": Rule(EVERYBODY, token, public=True),
    # The form: anybody's own, for any program. What a script asks for can't follow to the door.
    "apply": Rule(SIGNED_IN, slug, public=True),
    "start": Rule(SIGNED_IN, of("window"), POST, public=True),
    "apply_live": Rule(SIGNED_IN, form, POST, outside="401", public=True),
    "apply_edit": Rule(SIGNED_IN, form, POST, outside="401", public=True, posts={"action": "office-up:1"}),
    "upload": Rule(SIGNED_IN, file_of_form, POST, outside="401", public=True),
    "preview": Rule(RECRUITER, slug, GET, others="404"),
    # What one sent: the sender's alone, but for the files, which the program's recruiters read as well.
    "applications": Rule(SIGNED_IN, takes=GET),
    "application": Rule(CANDIDATE, reference, GET, others="404"),
    "withdraw": Rule(CANDIDATE, reference, others="404"),
    "answer_offer": Rule(CANDIDATE, reference, others="404"),
    "document": Rule(CANDIDATE | RECRUITER, file, GET, others="404"),
    "first_page": Rule(CANDIDATE, file, GET, others="404"),
    # One's own data.
    "my_data": Rule(SIGNED_IN, takes=GET),
    "my_data_export": Rule(SIGNED_IN),
    "my_data_download": Rule(SIGNED_IN, takes=GET),
    "delete_drafts": Rule(SIGNED_IN),
    "ask_for_erasure": Rule(SIGNED_IN),
    "take_back_erasure": Rule(SIGNED_IN),
    # The door.
    "account_request_login_code": Rule(EVERYBODY),
    "account_login": Rule(EVERYBODY),
    "account_confirm_login_code": Rule(SIGNED_IN),  # nobody has asked for a code
    "account_logout": Rule(EVERYBODY, takes=POST),
    # Where one is signed in; what a page of staff asks while nobody types, it tells everybody else nothing.
    "sessions": Rule(SIGNED_IN),
    "session_state": Rule(EVERYBODY),
    # The second factor of staff. Nobody here has set one up; with one, see tests/accounts/test_second_factor.py.
    "mfa_authenticate": Rule(SIGNED_IN),
    "mfa_index": Rule(STAFF, takes=GET, others="403"),
    "mfa_activate_totp": Rule(STAFF, others="403"),
    "mfa_totp_picture": Rule(STAFF, takes=GET, others="403"),
    "mfa_list_webauthn": Rule(STAFF, takes=GET, others="403"),
    "mfa_add_webauthn": Rule(STAFF, others="403"),
    "mfa_generate_recovery_codes": Rule(STAFF, others="403"),
    "mfa_reauthenticate": Rule(NOBODY),
    "mfa_reauthenticate_webauthn": Rule(NOBODY),
    "mfa_deactivate_totp": Rule(NOBODY),
    "mfa_view_recovery_codes": Rule(NOBODY, takes=GET),
    "mfa_download_recovery_codes": Rule(NOBODY, takes=GET),
    "mfa_remove_webauthn": Rule(NOBODY, of("passkey")),
    "mfa_edit_webauthn": Rule(NOBODY, of("passkey")),
}
# The whole table, with the names by which Django knows the addresses.
ALL: dict[str, Rule] = SITE | {f"admin:{name}": rule for name, rule in doors.RULES.items()}


def address(name: str, arguments: list) -> str:
    path = ALL[name].path
    return path.format(*arguments) if path else reverse(name, args=arguments)
