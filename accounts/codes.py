"""A code by e-mail, step by step: an address, then what the letter said. Signing in goes this way, and so does whatever
else needs a proved address.

Both steps look the same whether the address is known here or not: nothing is looked up before a code was right.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from allauth.core.internal.ratelimit import get_ip
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import limits, mail_now
from accounts.forms import AddressForm, CodeForm
from accounts.models import SignInCode
from accounts.security_log import security_log
from accounts.services import CodeVoid, LetterNotSent, WrongCode, redeem, send_code
from accounts.statements import Statement

# Whole universities share one network address, so what a network may ask for is wide; what it may ask for one address is
# tight. Never per address alone: nobody can use up what somebody else may ask for.
_BY_NETWORK = limits.Limit("codes asked for by a network", most=600, period=timedelta(minutes=10))
_BY_NETWORK_FOR_ADDRESS = limits.Limit("codes for an address", most=5, period=timedelta(minutes=5))
_BY_KEY = Statement(lambda key: SignInCode.objects.filter(pk=key))


@dataclass(frozen=True)
class Door:
    """What a proved address opens, and the two pages on the way.

    `key` is where the session keeps its SignInCode: a code that was asked for at one door opens no other. `subject` is
    the letter's. `enter` answers the request that proved an address.
    """

    key: str
    subject: str
    address_url: str
    address_template: str
    code_url: str
    code_template: str
    enter: Callable[[str], HttpResponse]
    context: dict = field(default_factory=dict)


def address_step(request: HttpRequest, door: Door) -> HttpResponse:
    """First step: an address. Whether it is known here changes nothing."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        email = form.cleaned_data["email"]
        refusal = "" if _just_sent(request, door, email) else _send(request, door, email)
        if not refusal:
            return redirect(door.code_url)
        form.add_error(None, refusal)
    return render(request, door.address_template, {"form": form, **door.context})


def code_step(request: HttpRequest, door: Door) -> HttpResponse:
    """Second step: the code, in the session that asked for it; or another letter."""
    pending = _pending(request, door)
    if pending is None:
        return redirect(door.address_url)
    form = CodeForm()
    if request.method == "POST" and "again" in request.POST:
        refusal = _send_again(request, door, pending)
        if not refusal:
            messages.success(request, _("A new code is on its way. The one before no longer works."))
            return redirect(door.code_url)
        messages.error(request, refusal)
    elif request.method == "POST":
        form = CodeForm(request.POST)
        if form.is_valid():
            try:
                email = redeem(pending=pending, typed=form.cleaned_data["code"])
            except WrongCode as wrong:
                security_log.info("code %s was wrong, %s tries left", pending.pk, wrong.tries_left)
                form.add_error("code", _wrong(wrong.tries_left))
            except CodeVoid:
                security_log.warning("code %s was tried and is void", pending.pk)
                form = CodeForm()
                pending = _pending(request, door)
                if pending is None:
                    return redirect(door.address_url)
            else:
                request.session.pop(door.key, None)
                return door.enter(email)
    context = {
        "form": form,
        "email": pending.email,
        "expired": pending.is_expired(timezone.now()),
        "used_up": pending.is_used_up,
        "start_again": door.address_url,
    }
    return render(request, door.code_template, context | door.context)


def _pending(request: HttpRequest, door: Door) -> SignInCode | None:
    key = request.session.get(door.key)
    return _BY_KEY.first(key) if key else None


def _just_sent(request: HttpRequest, door: Door, email: str) -> bool:
    """Whether this session's letter to this address left moments ago: a second click sends no second letter."""
    pending, now = _pending(request, door), timezone.now()
    return bool(pending and pending.email == email and not pending.is_used_up and pending.seconds_to_wait(now))


def _send(request: HttpRequest, door: Door, email: str) -> str:
    """Sends a code and remembers it in the session; returns a sentence where it could not be done, else nothing."""
    away = _("Our mail server does not answer just now, so we can't send you a code. Try again in a minute.")
    if mail_now.is_away():  # before the limits: an outage uses up nobody's tries
        return away
    network = get_ip(request)
    if not limits.count({_BY_NETWORK: network, _BY_NETWORK_FOR_ADDRESS: f"{network} {email}"}):
        security_log.warning("a code was refused: too many were asked for")
        return _("Too many codes were asked for from your network. Wait five minutes, then try again.")
    try:
        pending = send_code(email=email, subject=door.subject)
    except mail_now.MailServerAway:
        return away
    except LetterNotSent:
        return _("We could not send the letter just now. Check the address, and try again in a moment.")
    if before := request.session.get(door.key):
        SignInCode.objects.filter(pk=before).delete()
    request.session[door.key] = pending.pk
    return ""


def _send_again(request: HttpRequest, door: Door, pending: SignInCode) -> str:
    seconds = pending.seconds_to_wait(timezone.now())
    if seconds:
        return ngettext(
            "Our letter may still be on its way. You can ask for another in %(seconds)s second.",
            "Our letter may still be on its way. You can ask for another in %(seconds)s seconds.",
            seconds,
        ) % {"seconds": seconds}
    return _send(request, door, pending.email)


def _wrong(tries_left: int) -> str:
    return ngettext(
        "This is not the code of our newest letter. You can try %(count)s more time.",
        "This is not the code of our newest letter. You can try %(count)s more times.",
        tries_left,
    ) % {"count": tries_left}
