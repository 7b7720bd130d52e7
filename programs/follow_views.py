"""Following a program: one click for who is signed in, an address and a code for everybody else, one click to stop."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.codes import Door, address_step, code_step
from programs import following
from programs.models import Follower, Program


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    """One click for who is signed in; everybody else is asked for an address."""
    program = _published(slug)
    if not request.user.is_authenticated:
        return address_step(request, _door(request, program))
    if request.method == "POST":
        following.follow(program=program, email=request.user.email)
        messages.success(request, _follows(program, request.user.email))
    return redirect(program)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_follow(request: HttpRequest, slug: str) -> HttpResponse:
    """The code that proves the address; then it follows, without an account."""
    program = _published(slug)
    if request.user.is_authenticated:
        return redirect(program)
    return code_step(request, _door(request, program))


@require_POST
def stop_following(request: HttpRequest, slug: str) -> HttpResponse:
    """Ends what the reader follows, and goes back to the page with the button: the program's, or one's data."""
    if not request.user.is_authenticated:  # the session ended; after signing in nothing is posted again
        return redirect_to_login(reverse("my_data"))
    program = get_object_or_404(Program, slug=slug)
    if not (program.published or is_following(request, program)):
        raise Http404
    following.stop_following(program=program, user=request.user)
    messages.success(
        request, _("You no longer follow %(program)s. We write no more about it.") % {"program": program.name}
    )
    on_program_page = program.published and request.POST.get("back") == "program"
    return redirect(program if on_program_page else "my_data")


@never_cache
@csrf_exempt  # mail programs post it for their reader (RFC 8058); the signed token says whose follow ends
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Asks once, since programs that look through mail open every link; then ends what the letter was about."""
    try:
        follower = following.follower_of(token)
    except BadSignature as error:
        raise Http404 from error
    context = {"program": follower.program if follower else None, "stopped": follower is None}
    if follower and request.method == "POST":
        follower.delete()
        context["stopped"] = True
    return render(request, "programs/unsubscribe.html", context)


def is_following(request: HttpRequest, program: Program) -> bool:
    """Whether the reader follows `program`; who is not signed in is not asked about in the database."""
    return request.user.is_authenticated and Follower.objects.of(request.user).filter(program=program).exists()


def _published(slug: str) -> Program:
    return get_object_or_404(Program, published=True, slug=slug)


def _door(request: HttpRequest, program: Program) -> Door:
    def enter(email: str) -> HttpResponse:
        following.follow(program=program, email=email)
        messages.success(request, _follows(program, email))
        return redirect(program)

    return Door(
        key="follow_code",
        subject=_("Your code to follow %(program)s") % {"program": program.name},
        address_url=reverse("follow", args=[program.slug]),
        address_template="programs/follow.html",
        code_url=reverse("confirm_follow", args=[program.slug]),
        code_template="programs/follow_code.html",
        enter=enter,
        context={"program": program},
    )


def _follows(program: Program, email: str) -> str:
    return _("You follow %(program)s. We write to %(email)s when it opens, and before it closes.") % {
        "program": program.name,
        "email": email,
    }
