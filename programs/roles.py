"""Roles: a Membership says where somebody may act, Django's group of the same name says what they may do.

Groups and the right to enter the admin follow from the memberships, so both are written here and nowhere else. What a
group may do is in pinterns/roles.py, which sees all apps.
"""

from django.contrib.auth.models import Group
from django.db import transaction

from accounts.models import User
from accounts.signed_in import end_sessions
from programs.models import Membership, Program

REVIEWER, RECRUITER, ADMINISTRATOR = "Reviewer", "Recruiter", "Administrator"
GROUPS = {Membership.Role.REVIEWER: REVIEWER, Membership.Role.RECRUITER: RECRUITER}


@transaction.atomic
def grant(*, user: User, program: Program, role: str) -> Membership:
    """Gives `user` a role in `program`; giving it again changes nothing."""
    membership, _created = Membership.objects.get_or_create(user=user, program=program, role=role)
    settle(user)
    return membership


@transaction.atomic
def revoke(*, user: User, program: Program, role: str) -> None:
    """Takes a role in `program` away. Whoever has none left, and is no administrator, leaves the admin."""
    Membership.objects.filter(user=user, program=program, role=role).delete()
    settle(user)


def settle(user: User) -> None:
    """Brings groups and the right to enter the admin in line with memberships and `is_superuser`.

    Where that right comes or goes, `user` is signed out everywhere: sessions of staff are others than those of candidates.
    """
    roles = Membership.objects.filter(user=user).values_list("role", flat=True).distinct()
    names = [GROUPS[role] for role in roles] + [ADMINISTRATOR] * user.is_superuser
    user.groups.set([Group.objects.get_or_create(name=name)[0] for name in names])
    user.is_staff = bool(names)
    if User.objects.filter(pk=user.pk, is_staff=not user.is_staff).update(is_staff=user.is_staff):
        end_sessions(user=user, why="may enter the admin" if user.is_staff else "may no longer enter the admin")
