"""Erasing a person, and making anonymous what was kept long enough. It spans the apps, so it stands above them.

The order is the same for both: the journal, the files, then all rows in one transaction. Whoever is killed in between
leaves rows, so that the next run finds the work again and does it once more from the start.
"""

import logging
from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import islice

from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import CASCADE, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import ErasureRequest, Session, SignInCode, User
from applications import typed, workflow
from applications.access import forget_old_accesses
from applications.anonymise import anonymise, delete_files, forget_log_of
from applications.erasure import ERASED_AFTER
from applications.models import Application
from applications.my_data_export import delete_export
from applications.retention import due, is_over, months_later
from applications.workflow import LIVE, Status
from letters.models import Letter
from pinterns import erasure_journal
from programs.models import USUAL_MONTHS, Follower, Retention
from reviews.anonymise import anonymise_reviews
from reviews.models import Conflict

logger = logging.getLogger(__name__)

BATCH = 100  # applications in one transaction
# Reserved by RFC 2606: no letter can ever go there.
NOBODYS_ADDRESS = "erased-{pk}@erased.invalid"


class NotErased(Exception):
    """Nothing was erased; str() says why and what to do."""


def erase(*, user: User, by: User | None, at: datetime | None = None) -> None:
    """Removes everything that tells of `user`; what is counted stays as anonymous figures.

    Applications that are still live are withdrawn first, so that whoever reads them is told. The account stays as an empty
    row, since the same person's scores as a former reviewer hang on it. by: who does it, None for the worker. at: when
    (aware; now). Raises NotErased for staff: they have to leave first. Doing it twice does no harm.
    """
    at = at or timezone.now()
    if user.is_staff or user.is_superuser:
        raise NotErased(_("This person may enter the admin. Take away their roles first, then erase them."))
    erasure_journal.write_down(user=user, at=at)
    _erase(user, at)
    logger.info("user %s was erased, by %s", user.pk, by.pk if by else "the worker")


def erase_due(*, at: datetime | None = None) -> int:
    """Erases who asked for it longer than ERASED_AFTER ago, and returns how many. at: the time to go by (aware; now)."""
    at = at or timezone.now()
    asked = ErasureRequest.objects.filter(
        asked_at__lte=at - ERASED_AFTER, user__is_staff=False, user__is_superuser=False
    )
    found = list(asked.select_related("user")[:BATCH])
    for request in found:
        erase(user=request.user, by=None, at=at)
    return len(found)


def erase_again() -> int:
    """Erases who is in the journal and in the database, after a restore; returns how many."""
    entries = erasure_journal.written()
    users = User.objects.in_bulk([entry.user_id for entry in entries])
    found = [entry for entry in entries if entry.user_id in users and entry.is_of(users[entry.user_id])]
    for entry in found:
        _erase(users[entry.user_id], entry.at)
    return len(found)


def purge(*, at: datetime | None = None) -> int:
    """Makes anonymous, or deletes, what was kept to the end of its time; returns how much that was.

    At most BATCH applications for each call, in one transaction: killed at any point, the next call goes on. at: the time
    to go by (aware; now).
    """
    at = at or timezone.now()
    months = Retention.objects.months_by_country()
    over = (application for application in due(at=at).iterator(chunk_size=BATCH) if is_over(application, months, at))
    applications = list(islice(over, BATCH))
    if applications:
        delete_files(applications)
        with transaction.atomic():
            ended = Application.objects.select_for_update(of=("self",)).filter(pk__in=[one.pk for one in applications])
            _forget_applications([one for one in ended if one.status not in LIVE], at)  # none taken up again just now
        logger.info("%s applications were kept long enough", len(applications))
    return len(applications) + _forget_old_letters(at) + _forget_unused_accounts(at) + forget_old_accesses(at=at)


def _erase(user: User, at: datetime) -> None:
    delete_files(Application.objects.filter(candidate=user))
    delete_export(user)
    with transaction.atomic():
        own = list(Application.objects.select_for_update(of=("self",)).filter(candidate=user).select_related("window"))
        names = {user.name, user.email, *(application.full_name for application in own)} - {""}
        for application in own:
            if application.status in LIVE:
                workflow.take(application, "withdraw", by=user, at=at)
        _forget_applications(own, at)
        _forget_letters(user)
        _forget_traces(user, names)
        _forget_account(user)


def _forget_applications(applications: Collection[Application], at: datetime) -> None:
    """Drafts go, what was sent becomes figures. Call it in a transaction, after the files are gone."""
    sent = [application for application in applications if application.status != Status.DRAFT]
    drafts = Application.objects.filter(pk__in=[application.pk for application in applications], status=Status.DRAFT)
    anonymise_reviews(sent)
    anonymise(sent, at=at)
    drafts.delete()


def _forget_letters(user: User) -> None:
    """Those to them as well that were written before they had an account."""
    Letter.objects.filter(Q(addressee=user) | Q(to__iexact=user.email)).delete()


def _forget_old_letters(at: datetime) -> int:
    """Deletes letters that belong to no application, as those to followers, once they are as old as applications get."""
    before = months_later(at.date(), -USUAL_MONTHS)
    deleted, _by_model = Letter.objects.filter(about="", created_at__date__lt=before).delete()
    return deleted


def _forget_unused_accounts(at: datetime) -> int:
    """Erases who has no application, follows nothing and has not signed in for as long as applications are usually kept."""
    before = months_later(at.date(), -USUAL_MONTHS)
    people = User.objects.filter(is_active=True, is_staff=False, is_superuser=False)
    unused = people.filter(applications=None, follows=None, assignments=None)
    found = list(
        unused.filter(Q(last_login__date__lt=before) | Q(last_login=None, date_joined__date__lt=before))[:BATCH]
    )
    for user in found:
        erase(user=user, by=None, at=at)
    return len(found)


def _forget_traces(user: User, names: Iterable[str]) -> None:
    """What names them without being theirs: others' conflicts, follows by address, codes, sessions, the admin's log."""
    SignInCode.objects.filter(email__iexact=user.email).delete()
    Conflict.objects.filter(email__iexact=user.email).delete()
    Follower.objects.of(user).delete()
    # One word alone would be found in what is about others; what is about the person's own rows goes anyway.
    telling = [name for name in names if "@" in name or " " in name]
    for session in Session.objects.filter(
        user=None
    ).iterator():  # in which something typed waits; their own go with the account
        held = session.get_decoded()
        if str(user.pk) in typed.owners(held) or any(name in str(held) for name in telling):
            session.delete()
    for name in telling:
        for column in ("object_repr", "change_message"):
            LogEntry.objects.filter(**{f"{column}__icontains": name}).update(**{column: ""})


def _forget_account(user: User) -> None:
    """Empties the row, and deletes whatever would go with it: roles, second factors, addresses, requests, extensions."""
    forget_log_of(User, [user.pk])
    for relation in User._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and not relation.concrete and relation.on_delete is CASCADE):
            continue
        if relation.related_model is not LogEntry:  # what somebody did as staff stays told
            rows = relation.related_model._base_manager.filter(**{relation.field.name: user})
            forget_log_of(relation.related_model, rows.values_list("pk", flat=True))
            rows.delete()
    user.email, user.name, user.is_active, user.last_login = NOBODYS_ADDRESS.format(pk=user.pk), "", False, None
    user.set_unusable_password()
    user.save()
