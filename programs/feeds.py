"""What search engines and feed readers look for: the list of public pages, and the openings and closings."""

from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs.adverts import public_address
from programs.models import Program, Window
from programs.templatetags.states import window_line
from programs.text import one_line

MOST_ENTRIES = 50


class _PublicSitemap(Sitemap):
    """Addresses are those of SITE_URL, whatever Host a request came with."""

    def get_domain(self, site: object = None) -> str:
        return urlsplit(settings.SITE_URL).netloc

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme


class PageSitemap(_PublicSitemap):
    """Public pages that belong to no program, by the names of their addresses."""

    def items(self) -> list[str]:
        return ["home", "qualify", "accessibility"]

    def location(self, item: str) -> str:
        return reverse(item)


class ProgramSitemap(_PublicSitemap):
    def items(self) -> list[Program]:
        return list(Program.objects.advertised())

    def lastmod(self, item: Program) -> datetime:
        return item.last_changed(timezone.now())


class Moment(NamedTuple):
    """A window opened or closed."""

    window: Window
    what: str
    at: datetime


class WindowFeed(Feed):
    """An Atom feed with an entry for each window that opened and each that closed, the newest first."""

    feed_type = Atom1Feed
    title = gettext_lazy("Pinterns: openings and closings")
    subtitle = gettext_lazy("When applications for an internship program open, and when they close.")
    author_name = settings.ORGANIZATION_NAME

    def link(self) -> str:
        return public_address(reverse("home"))

    def feed_url(self) -> str:
        return public_address(reverse("feed"))

    def feed_guid(self) -> str:
        return self.feed_url()

    def items(self) -> list[Moment]:
        now = timezone.now()
        windows = Window.objects.advertised().filter(opens_at__lte=now).order_by("-closes_at")[:MOST_ENTRIES]
        opened = [Moment(window, "opened", window.opens_at) for window in windows]
        closed = [Moment(window, "closed", window.closes_at) for window in windows if window.closes_at <= now]
        return sorted(opened + closed, key=lambda moment: (moment.at, moment.window.pk), reverse=True)[:MOST_ENTRIES]

    def item_title(self, item: Moment) -> str:
        names = {"program": item.window.program.name, "season": item.window.season}
        opened, closed = _("%(program)s takes applications for %(season)s"), _("%(program)s has closed for %(season)s")
        return one_line((opened if item.what == "opened" else closed) % names)

    def item_description(self, item: Moment) -> str:
        """The sentence of the program's page: what is true of the window today."""
        state = item.window.state(timezone.now())
        return one_line(window_line(item.window, state))

    def item_link(self, item: Moment) -> str:
        return public_address(item.window.program.get_absolute_url())

    def item_guid(self, item: Moment) -> str:
        return f"{public_address(reverse('feed'))}#window-{item.window.pk}-{item.what}"

    def item_pubdate(self, item: Moment) -> datetime:
        return item.at.astimezone(item.window.zone)

    def item_updateddate(self, item: Moment) -> datetime:
        changed = item.window.last_changed(timezone.now())
        return max(item.at, changed or item.at).astimezone(item.window.zone)
