"""What somebody typed into the form and could not save, because their session had ended or their page's token was old.

It waits in the session, through the sign-in, and comes back on the form of the same person: the form carries a signed
mark of whom it was made for. Nobody else is ever shown it. Files don't wait with it.
"""

from dataclasses import dataclass

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest
from django.utils.translation import gettext as _

from applications import posted
from applications.form import ApplicationForm, Draft
from programs.models import Window

_SIGNER = signing.Signer(salt="applications.typed")


@dataclass(frozen=True)
class Typed:
    """An unsaved draft, and the version of the saved one from which its writer began; None where the page said none."""

    draft: Draft
    seen_version: int | None


def mark(request: HttpRequest) -> str:
    """For a hidden field of the form: whose it is. Nobody can make one for somebody else.

    A form that was posted and belongs to another account stays theirs, so that it is never saved as the reader's.
    """
    if is_of_another(request):
        return request.POST["owner"]
    return _SIGNER.sign(str(request.user.pk))


def _owner(request: HttpRequest) -> str:
    """The id of the person for whom the posted form was made; empty where it names nobody, or was made up."""
    try:
        return _SIGNER.unsign(request.POST.get("owner", ""))
    except signing.BadSignature:
        return ""


def is_of_another(request: HttpRequest) -> bool:
    """Whether the posted form was made for somebody other than who is signed in by now."""
    owner = _owner(request)
    return bool(owner) and request.user.is_authenticated and owner != str(request.user.pk)


def keep(request: HttpRequest, slug: str) -> bool:
    """Has the answers that were posted to the form of the program `slug` wait in the session; returns whether they do.

    They can't where the form doesn't tell whose it is, or is another account's than the one that is signed in.
    """
    owner = _owner(request)
    windows = Window.objects.published().filter(program__slug=slug, program__published=True)
    window = windows.select_related("program").filter(pk=posted.number(request.POST, "window")).first()
    if window is None or not owner or is_of_another(request):
        return False
    texts = dict(request.POST.lists())
    draft = ApplicationForm(window=window, draft=texts).select(texts)
    request.session[_key(window)] = {"owner": owner, "draft": draft, "seen_version": posted.seen_version(request.POST)}
    if not request.user.is_authenticated:
        messages.warning(request, _("You were signed out. Sign in again to save: what you typed is kept for you."))
    return True


def waiting(request: HttpRequest, window: Window) -> Typed | None:
    """What waits for the person who is signed in. What another person left goes at once."""
    kept = request.session.get(_key(window))
    if kept is None:
        return None
    if kept["owner"] != str(request.user.pk):
        forget(request, window)
        return None
    return Typed(kept["draft"], kept["seen_version"])


def owners(held: dict) -> set[str]:
    """The ids of those for whom something waits in the session that holds `held`."""
    return {value["owner"] for name, value in held.items() if name.startswith("typed-")}


def forget(request: HttpRequest, window: Window) -> None:
    """It is saved by now, or not for who is signed in."""
    request.session.pop(_key(window), None)


def _key(window: Window) -> str:
    return f"typed-{window.pk}"
