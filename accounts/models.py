"""Who someone is. The e-mail address is the name; nobody has a password (sign-in is by code)."""

from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Permission, PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.statements import Statement


class UserManager(BaseUserManager):
    """Creates users whose address is stored in lower case, so that one person is one account."""

    def create_user(self, email: str, **fields) -> "User":
        """A person who signs in by code.

        Raises ValueError without an address; IntegrityError when the address has an account already.
        """
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, **fields) -> "User":
        """An administrator: may do everything in the admin."""
        return self.create_user(email, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email=email.strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A candidate or a member of staff."""

    email = models.EmailField(_("e-mail address"), unique=True, max_length=254)
    name = models.CharField(_("name"), max_length=200, blank=True)
    is_staff = models.BooleanField(_("may enter the admin"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_is_lower_case"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @cached_property
    def _perm_cache(self) -> set[str]:
        """The person's own permissions and those of their groups. By this name Django's ModelBackend keeps what it has read, and
        would read it with two queries."""
        found = _ALL_PERMISSIONS.tuples() if self.is_superuser else _PERMISSIONS.tuples(self.pk, self.pk)
        return {f"{app}.{name}" for app, name in found}

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """As Django's own, which imports and asks each backend for each of the thirty permissions that a page looks at."""
        if not self.is_active:
            return False
        return self.is_superuser or (obj is None and perm in self._perm_cache)

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name or self.email


def _all_permissions() -> models.QuerySet:
    return Permission.objects.order_by().values_list("content_type__app_label", "codename")


def _permissions(user: int, member: int) -> models.QuerySet:
    """Those of a person and of the groups that a member is in: twice the same key."""
    groups = User.groups.through.objects.filter(user=member).values("group")
    return _all_permissions().filter(models.Q(user=user) | models.Q(group__in=groups))


_ALL_PERMISSIONS, _PERMISSIONS = Statement(_all_permissions), Statement(_permissions)


class SessionQuerySet(models.QuerySet):
    def of(self, user: User, at: datetime) -> "SessionQuerySet":
        """Where `user` is signed in at that moment (aware), what was used last first."""
        return self.filter(user=user, expire_date__gt=at).order_by("-used_at")


class Session(AbstractBaseSession):
    """A browser's session, and whose it is. The row is the session: once it is deleted, nobody is signed in by it.

    Written by accounts/sessions.py. No network address is kept, and of the browser's name only what `device` says.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    of_staff = models.BooleanField(default=False)  # it ends when nothing happens
    used_at = models.DateTimeField()

    objects = BaseSessionManager.from_queryset(SessionQuerySet)()

    @classmethod
    def get_session_store_class(cls) -> type:
        from accounts.sessions import SessionStore

        return SessionStore

    @property
    def public_id(self) -> str:
        """What pages call it: the key itself would sign in whoever reads it."""
        return salted_hmac("accounts.Session", self.session_key, algorithm="sha256").hexdigest()[:24]

    @property
    def device(self) -> str:
        """The browser and its system in plain words, as they were at the sign-in; empty where it is not known."""
        return self.get_decoded().get("device", "")


class SignInCode(models.Model):
    """A code that went to an address by e-mail and waits for the session that asked for it.

    It is a row rather than part of the session, so that wrong tries are counted by one UPDATE however many come at once.
    The session holds its key; the code itself is kept only as a hash.
    """

    LIFETIME = timedelta(minutes=15)
    PAUSE = timedelta(seconds=30)  # between two letters to one address from one session
    MOST_TRIES = 10

    email = models.EmailField(_("e-mail address"), max_length=254)
    code_hash = models.CharField(max_length=64)
    sent_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("sign-in code")
        verbose_name_plural = _("sign-in codes")
        constraints = [
            models.CheckConstraint(condition=models.Q(tries__lte=10), name="sign_in_code_has_ten_tries"),
        ]

    def is_expired(self, at: datetime) -> bool:
        return at - self.sent_at >= self.LIFETIME

    @property
    def is_used_up(self) -> bool:
        return self.tries >= self.MOST_TRIES

    def seconds_to_wait(self, at: datetime) -> int:
        """Whole seconds until the next letter may go out, at least 0."""
        return max(0, round((self.sent_at + self.PAUSE - at).total_seconds()))


class RateLimit(models.Model):
    """How often somebody tried something in the period that ends at `ends_at`: written by accounts/limits.py alone."""

    key = models.CharField(max_length=64, primary_key=True)  # a hash of what is limited, and for whom
    ends_at = models.DateTimeField(db_index=True)
    used = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()


class ErasureRequest(models.Model):
    """Somebody asked that everything about them be erased; they can take it back until it is done."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, related_name="erasure_request", verbose_name=_("person")
    )
    asked_at = models.DateTimeField(_("asked"))

    class Meta:
        verbose_name = _("request for erasure")
        verbose_name_plural = _("requests for erasure")
        default_permissions = ("view",)  # asked and taken back by the person alone
        ordering = ["asked_at"]

    def __str__(self) -> str:
        return str(self.user)
