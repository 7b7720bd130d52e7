"""Who may do what: roles given in the admin, groups that follow, and rows that stay their program's."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from pinterns.roles import PERMISSIONS
from programs.models import Membership
from programs.roles import ADMINISTRATOR, RECRUITER, REVIEWER, grant, revoke
from tests.factories import make_office, make_program, make_recruiter, make_requirement, make_user, make_window

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    user = make_user(is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def groups(user: User) -> set[str]:
    return set(user.groups.values_list("name", flat=True))


def roles_posted(user: User, *given: tuple, taken: tuple[Membership, ...] = (), **fields) -> dict:
    """What the browser posts from a person's page: the roles there are, those to give, those to take."""
    held = list(user.memberships.order_by("pk"))
    posted = {
        "name": user.name,
        "email": user.email,
        "is_active": "on",
        "memberships-TOTAL_FORMS": len(held) + len(given),
        "memberships-INITIAL_FORMS": len(held),
    }
    for number, membership in enumerate(held):
        posted |= {f"memberships-{number}-id": membership.pk, f"memberships-{number}-user": user.pk}
        if membership in taken:
            posted[f"memberships-{number}-DELETE"] = "on"
    for number, (program, role) in enumerate(given, start=len(held)):
        posted |= {f"memberships-{number}-program": program.pk, f"memberships-{number}-role": role}
        posted[f"memberships-{number}-user"] = user.pk
    return posted | fields


def test_the_groups_exist_after_migrating_and_again_is_the_same():
    for _time in range(2):
        for name, permissions in PERMISSIONS.items():
            found = Group.objects.get(name=name).permissions.select_related("content_type")
            assert {f"{each.content_type.app_label}.{each.codename}" for each in found} == set(permissions)
        assert Group.objects.get(name=ADMINISTRATOR).permissions.exists()
        call_command("migrate", verbosity=0)
    assert Group.objects.count() == 3


def test_looking_at_the_plan_writes_nothing():
    Group.objects.all().delete()
    call_command("migrate", plan=True, verbosity=0)
    assert not Group.objects.exists()


def test_groups_and_entry_follow_the_memberships():
    program, other, user = make_program(), make_program(), make_user()
    grant(user=user, program=program, role="reviewer")
    grant(user=user, program=other, role="recruiter")
    grant(user=user, program=other, role="recruiter")
    assert (groups(user), user.is_staff, user.memberships.count()) == ({REVIEWER, RECRUITER}, True, 2)
    revoke(user=user, program=other, role="recruiter")
    assert (groups(user), user.is_staff) == ({REVIEWER}, True)
    revoke(user=user, program=program, role="reviewer")
    user.refresh_from_db()
    assert (groups(user), user.is_staff) == (set(), False)


def test_a_person_gets_and_loses_roles_on_their_page(client, administrator):
    program = make_program()
    page = client.post(reverse("admin:accounts_user_add"), {"name": "Rosa", "email": "Rosa@Example.org"})
    rosa = User.objects.get(email="rosa@example.org")
    url = reverse("admin:accounts_user_change", args=[rosa.pk])
    assert page.url == url
    assert not rosa.has_usable_password()
    assert not rosa.is_staff
    page = client.get(url)
    assert "password" not in page.text.lower()
    page = client.post(url, roles_posted(rosa, (program, "recruiter"), (program, "reviewer")))
    assert page.status_code == 302
    rosa.refresh_from_db()
    assert (groups(rosa), rosa.is_staff) == ({RECRUITER, REVIEWER}, True)
    assert program.is_run_by(rosa)
    twice = client.post(url, roles_posted(rosa, (program, "recruiter")))
    assert twice.status_code == 200
    held = tuple(rosa.memberships.all())
    client.post(url, roles_posted(rosa, taken=held))
    rosa.refresh_from_db()
    assert (groups(rosa), rosa.is_staff, rosa.memberships.count()) == (set(), False, 0)


def test_an_administrator_is_made_and_does_not_lock_themselves_out(client, administrator):
    other = make_user()
    url = reverse("admin:accounts_user_change", args=[other.pk])
    client.post(url, roles_posted(other, is_superuser="on"))
    other.refresh_from_db()
    assert (other.is_superuser, other.is_staff, groups(other)) == (True, True, {ADMINISTRATOR})
    client.post(url, roles_posted(other))
    other.refresh_from_db()
    assert (other.is_superuser, other.is_staff, groups(other)) == (False, False, set())
    own = reverse("admin:accounts_user_change", args=[administrator.pk])
    page = client.post(own, roles_posted(administrator))
    assert "lock yourself out" in page.text
    administrator.refresh_from_db()
    assert administrator.is_superuser
    assert client.get(reverse("admin:accounts_user_delete", args=[other.pk])).status_code == 403


def pages_of(program) -> dict[str, list[str]]:
    """Every page and deed of one program, by what a recruiter of it gets."""
    requirement, window = make_requirement(program, "confirmation"), make_window(program)
    rows = {"program": program, "requirement": requirement, "window": window}
    change = [reverse(f"admin:programs_{name}_change", args=[row.pk]) for name, row in rows.items()]
    deeds = ("publish", "open", "close", "extend", "reschedule", "resize", "edit")
    return {
        "own": [
            *change,
            reverse("admin:programs_requirement_delete", args=[requirement.pk]),
            reverse("admin:programs_window_delete", args=[window.pk]),
            *(reverse("admin:programs_window_do", args=[window.pk, name]) for name in deeds),
            f"{reverse('admin:programs_requirement_add')}?program={program.pk}&kind=link",
            reverse("admin:programs_program_history", args=[program.pk]),
            f"/programs/{program.slug}/preview/",
        ],
        "posts": [
            reverse("admin:programs_requirement_move", args=[requirement.pk, "up"]),
            reverse("admin:programs_requirement_restore", args=[requirement.pk]),
        ],
        "never": [
            reverse("admin:programs_program_add"),
            reverse("admin:programs_program_delete", args=[program.pk]),
            reverse("admin:programs_office_changelist"),
            reverse("admin:programs_office_add"),
            reverse("admin:programs_office_change", args=[make_office().pk]),
            reverse("admin:accounts_user_changelist"),
            reverse("admin:accounts_user_add"),
            reverse("admin:accounts_user_change", args=[make_user().pk]),
            reverse("admin:letters_letter_changelist"),
        ],
    }


def test_a_recruiter_has_the_pages_of_their_own_program_and_no_others(client):
    program, foreign = make_program(), make_program()
    client.force_login(make_recruiter(program))
    mine, others = pages_of(program), pages_of(foreign)
    for url in mine["own"]:
        assert client.get(url).status_code == 200, url
    for url in mine["posts"]:
        assert client.post(url).status_code == 302, url
    for url in [*mine["never"], *others["never"], *others["own"], *others["posts"]]:
        for answer in (client.get(url), client.post(url, {"reason": "x"})):
            assert answer.status_code in (403, 404, 405), (url, answer.status_code)
    for name in ("program_changelist", "window_list", "requirement_changelist"):
        page = client.get(reverse(f"admin:programs_{name}"))
        rows = list(page.context["cl"].result_list)
        assert rows
        assert {getattr(row, "program", row) for row in rows} == {program}
    foreign_window = foreign.windows.get()
    assert foreign_window.state(timezone.now()) == "open"
    assert not foreign_window.changes.exists()


def test_a_recruiter_cannot_add_a_window_to_another_program(client):
    program, foreign = make_program(), make_program()
    client.force_login(make_recruiter(program))
    posted = {
        "program": foreign.pk,
        "season": "S",
        "time_zone": "UTC",
        "opens_at": "2027-01-01T00:00",
        "closes_at": "2027-02-01T00:00",
        "decide_by": "2027-03-01",
    }
    page = client.post(reverse("admin:programs_window_add"), posted | {"time_zone": "Europe/Paris"})
    assert "program" in page.context["form"].errors
    assert not foreign.windows.exists()


@pytest.mark.parametrize("role", ["reviewer", None])
def test_reviewers_and_staff_without_a_role_find_nothing(client, role):
    program = make_program()
    user = make_user(is_staff=True)
    if role:
        grant(user=user, program=program, role=role)
    client.force_login(user)
    assert client.get(reverse("admin:index")).status_code == 200
    for urls in pages_of(program).values():
        for url in urls:
            for answer in (client.get(url), client.post(url, {"reason": "x"})):
                assert answer.status_code in (403, 404, 405), (url, answer.status_code)


def test_candidates_are_shown_the_door(client):
    pages = [url for urls in pages_of(make_program()).values() for url in urls if url.startswith("/admin/")]
    for url in pages:
        assert client.get(url).status_code == 302, url
    client.force_login(make_user())
    for url in pages:
        for answer in (client.get(url, follow=True), client.post(url, follow=True)):
            assert answer.status_code in (403, 404), (url, answer.status_code)


def test_what_membership_gave_ends_with_it(client):
    program = make_program()
    recruiter = make_recruiter(program)
    client.force_login(recruiter)
    url = reverse("admin:programs_program_change", args=[program.pk])
    assert client.get(url).status_code == 200
    grant(user=recruiter, program=make_program(), role="recruiter")
    revoke(user=recruiter, program=program, role="recruiter")
    assert client.get(url).status_code == 404


def test_nobody_reads_the_secrets_of_second_factors(client, administrator):
    for path in ("/admin/mfa/authenticator/", "/admin/account/emailaddress/", "/admin/auth/group/"):
        assert client.get(path).status_code == 404
