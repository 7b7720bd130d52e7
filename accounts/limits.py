"""How often somebody may ask for something: counted in the database, so that it holds for all processes on all hosts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import RateLimit

# Counts and tells in one statement, so that nobody comes between; the ORM has no word for that.
_COUNT = """
    INSERT INTO accounts_ratelimit AS counted (key, ends_at, used) VALUES {rows}
    ON CONFLICT (key) DO UPDATE SET
        used = CASE WHEN counted.ends_at <= %s THEN 1 ELSE counted.used + 1 END,
        ends_at = CASE WHEN counted.ends_at <= %s THEN excluded.ends_at ELSE counted.ends_at END
    RETURNING key, used
"""


@dataclass(frozen=True)
class Limit:
    """At most so many in a period, which begins with the first. `name` tells it from other limits of the same people."""

    name: str
    most: int
    period: timedelta

    def key(self, who: str) -> str:
        """What is kept of whom it limits. Keyed with SECRET_KEY: whoever reads the database alone learns no address."""
        return salted_hmac(f"accounts.RateLimit {self.name}", who, algorithm="sha256").hexdigest()


def count(limited: dict[Limit, str], *, at: datetime | None = None) -> bool:
    """Counts one more try by whom each limit is for, and returns whether all limits allow it.

    A try that is refused counts too, and makes no period longer. at: when (aware; now).
    """
    at = at or timezone.now()
    limits = {limit.key(who): limit for limit, who in limited.items()}
    stored = connection.ops.adapt_datetimefield_value
    values = []
    for key, limit in limits.items():
        values += [key, stored(at + limit.period)]
    rows = ", ".join(["(%s, %s, 1)"] * len(limits))
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(rows=rows), [*values, stored(at), stored(at)])
        return all(used <= limits[key].most for key, used in cursor.fetchall())


def forget_ended(*, at: datetime | None = None) -> int:
    """Deletes what limits nobody any more, and returns how many rows. at: the time to go by (aware; now)."""
    deleted, _by_model = RateLimit.objects.filter(ends_at__lte=at or timezone.now()).delete()
    return deleted
