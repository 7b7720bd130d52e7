"""What the settings must hold for the letters to arrive once."""

from django.conf import settings
from django.core.checks import Error, register

# A try takes at most about a dozen exchanges with the mail server (greeting, TLS, signing in, the letter itself), each
# as long as EMAIL_TIMEOUT; together they must end before the claim of letters.delivery.LEASE does.
LONGEST_TIMEOUT = 15  # seconds


@register
def check_email_timeout(app_configs, **kwargs) -> list[Error]:
    """A mail server that never answers must not hold a worker longer than its claim on the letter lasts."""
    if settings.EMAIL_TIMEOUT and 0 < settings.EMAIL_TIMEOUT <= LONGEST_TIMEOUT:
        return []
    return [
        Error(
            f"EMAIL_TIMEOUT is {settings.EMAIL_TIMEOUT!r}: a letter could be sent twice, or a worker wait for ever.",
            hint=f"Set EMAIL_TIMEOUT to between 1 and {LONGEST_TIMEOUT} seconds.",
            id="letters.E001",
        )
    ]


@register
def check_code_timeout(app_configs, **kwargs) -> list[Error]:
    """Whoever waits for a code waits no longer than a letter may take; no time at all is no timeout but an error."""
    if 0 < settings.EMAIL_CODE_TIMEOUT <= LONGEST_TIMEOUT:
        return []
    return [
        Error(
            f"EMAIL_CODE_TIMEOUT is {settings.EMAIL_CODE_TIMEOUT!r}: no code could be sent, or people wait for long.",
            hint=f"Set EMAIL_CODE_TIMEOUT to between 1 and {LONGEST_TIMEOUT} seconds.",
            id="letters.E002",
        )
    ]
