"""What machines read: the map of public pages, what robots may look at, openings as a feed, a calendar and a job board.

Nothing here looks at a session, so that whoever stands between may keep an answer for some minutes.
"""

from collections.abc import Callable
from functools import wraps

from django.contrib.sitemaps.views import sitemap as render_sitemap
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from programs.adverts import job, public_address
from programs.cards import home_card, program_card
from programs.feeds import PageSitemap, ProgramSitemap, WindowFeed
from programs.models import Program, Window

# Pages of one person, and those that only lead to them. `*` is a robot's: any text.
PRIVATE_PATHS = (
    "/admin/",
    "/applications/",
    "/documents/",
    "/my-data/",
    "/programs/*/apply/",
    "/programs/*/follow/",
    "/programs/*/preview/",
    "/sign-in/",
    "/sign-out/",
    "/staff/",
    "/unsubscribe/",
)
_for_some_minutes = cache_control(public=True, max_age=300)


def _for_any_site(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Lets the scripts of any site read the answer, a 304 included: it is the same for everybody."""

    @wraps(view)
    def answer(*args, **kwargs) -> HttpResponse:
        response = view(*args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return answer


@require_safe
@conditional_page
@_for_some_minutes
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page, with when it last changed."""
    return render_sitemap(request, {"pages": PageSitemap, "programs": ProgramSitemap})


@require_safe
@_for_some_minutes
def robots(request: HttpRequest) -> HttpResponse:
    """Search engines may read all that is public."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE_PATHS), ""]
    lines.append(f"Sitemap: {public_address(reverse('sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@_for_any_site
@conditional_page
@_for_some_minutes
def feed(request: HttpRequest) -> HttpResponse:
    """Openings and closings as an Atom feed."""
    return WindowFeed()(request)


@require_safe
@conditional_page
@_for_some_minutes
def calendar(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """When a window opens and closes, for somebody's calendar."""
    from programs.calendars import window_calendar  # its library takes long to load, and only this view needs it

    window = get_object_or_404(Window.objects.advertised(), program__slug=slug, pk=pk)
    response = HttpResponse(
        window_calendar(window, at=timezone.now()), content_type="text/calendar; charset=utf-8; method=PUBLISH"
    )
    response["Content-Disposition"] = f'attachment; filename="{slug}.ics"'
    return response


@require_safe
@_for_any_site
@conditional_page
@_for_some_minutes
def job_board(request: HttpRequest) -> JsonResponse:
    """The published programs in the shape of Greenhouse's job board API."""
    at = timezone.now()
    jobs = [job(program, at=at) for program in Program.objects.advertised()]
    return JsonResponse({"jobs": jobs, "meta": {"total": len(jobs)}})


@require_safe
def card(request: HttpRequest, key: str, pk: int | None = None) -> HttpResponse:
    """The picture that other sites show beside a link: of the site, or of one program.

    The address of an older one leads to that of today.
    """
    found = home_card() if pk is None else program_card(get_object_or_404(Program, pk=pk, published=True))
    if key != found.key:
        return redirect(found.url)
    response = FileResponse(found.open(), content_type="image/jpeg")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
