"""The session engine: Django's own in the database, with a table that knows whose a session is and when it was used.

Sessions of staff end STAFF_IDLE_MINUTES after the last thing that a person did: `expire_date` says when, and moves with
each use. Those of candidates end after SESSION_COOKIE_AGE.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import Model
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.statements import Statement

if TYPE_CHECKING:
    from accounts.models import User

# A use is written down only when the last one is so old: a write for each request would be felt in a rush.
STAFF_PAUSE = timedelta(minutes=1)
PAUSE = timedelta(hours=1)
# Ended ones stay so long, that whoever comes back can be told why they were signed out.
KEPT = timedelta(days=1)


def idle_time() -> timedelta:
    """For how long a session of staff lasts when nothing happens."""
    return timedelta(minutes=settings.STAFF_IDLE_MINUTES)


class SessionStore(DatabaseStore):
    _row: Model | None = None  # as it was loaded
    _is_unknown = False  # to the database, under the key that came
    _has_no_row = False  # under its key, which is new
    _signed_in: "User | None" = None  # by this request

    @classmethod
    def get_model_class(cls) -> type[Model]:
        from accounts.models import Session  # the engine is loaded before the apps are

        return Session

    def load(self) -> dict:
        self._row = self._get_session_from_db()
        self._is_unknown = self._row is None
        return self.decode(self._row.session_data) if self._row else {}

    def _get_session_from_db(self) -> Model | None:
        """As Django's own, by a statement that is not made anew for each request of everybody who is signed in."""
        row = next((row for row in _BY_KEY.rows(self.session_key) if row.expire_date > timezone.now()), None)
        if row is None:
            self._session_key = None
        return row

    def is_empty(self) -> bool:
        """Whether the browser is to forget its cookie. Not where its key is unknown: of two clicks at once on the button
        of a code, the first has signed in and given the browser a new key, and the answer to the second must not take it away.
        """
        return super().is_empty() and not self._is_unknown

    def flush(self) -> None:
        super().flush()
        self._is_unknown = False

    def create_model_instance(self, data: dict) -> Model:
        """The row for `data`; to save it is to use it."""
        row = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        row.used_at = timezone.now()
        row.of_staff = bool(row.user_id) and self._is_staff(row.user_id)
        if row.of_staff:
            row.expire_date = row.used_at + idle_time()
        return row

    def _is_staff(self, user_id: str) -> bool:
        from accounts.models import User

        if self._signed_in and str(self._signed_in.pk) == user_id:
            return self._signed_in.is_staff
        return User.objects.filter(pk=user_id, is_staff=True).exists()

    def note_sign_in(self, user: "User") -> None:
        """`user` has just been read and signed in by it: to save it then asks for nobody."""
        self._signed_in = user

    def _get_new_session_key(self) -> str:
        """A new one; whether it is free, create() finds out by inserting it."""
        return get_random_string(32, VALID_KEY_CHARS)

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            self.model(pk=key).delete()  # of a row, not a queryset: one statement, without a transaction around it

    def cycle_key(self) -> None:
        """Goes on under a new key, whose row is inserted as the request ends: once, with all that it holds by then."""
        held = self._session
        self.delete()
        self._session_key, self._session_cache = self._get_new_session_key(), held
        self._has_no_row = self.modified = True

    def save(self, must_create: bool = False) -> None:
        super().save(must_create or self._has_no_row)
        self._has_no_row = False

    def note_use(self, at: datetime | None = None) -> None:
        """Whoever is signed in did something; noted unless the last time is less than a minute (of candidates: an hour) ago.

        at: when (aware; now).
        """
        at, row = at or timezone.now(), self._signed_in_row
        if row is None or at - row.used_at < (STAFF_PAUSE if row.of_staff else PAUSE):
            return
        row.used_at = at
        if row.of_staff:
            row.expire_date = at + idle_time()
        # Not save(): what a request beside this one wrote into the session stays.
        self.model.objects.filter(pk=row.pk).update(used_at=at, expire_date=row.expire_date)

    @property
    def ends_at(self) -> datetime | None:
        """When it ends if nothing happens; None where nobody is signed in."""
        row = self._signed_in_row
        return row.expire_date if row else None

    @property
    def of_staff(self) -> bool:
        """Whether it ends when nothing happens."""
        row = self._signed_in_row
        return bool(row and row.of_staff)

    @property
    def _signed_in_row(self) -> Model | None:
        """The row as it was loaded, where somebody is signed in by it."""
        return self._row if SESSION_KEY in self else None

    @classmethod
    def clear_expired(cls) -> None:
        cls.get_model_class().objects.filter(expire_date__lt=timezone.now() - KEPT).delete()


_BY_KEY = Statement(lambda key: SessionStore.get_model_class().objects.filter(session_key=key))
