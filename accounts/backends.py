"""How Django finds who is signed in."""

from django.contrib.auth.backends import ModelBackend

from accounts.models import User
from accounts.statements import Statement

_BY_KEY = Statement(lambda key: User.objects.filter(pk=key))


class PeopleBackend(ModelBackend):
    """Django's own; the person of a session is read by a statement that is not made anew for each request."""

    def get_user(self, user_id: int) -> User | None:
        user = _BY_KEY.first(user_id)
        return user if user and self.user_can_authenticate(user) else None
