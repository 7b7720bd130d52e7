"""What reviews add to the table of applications that recruiters take out."""

from django.utils.translation import gettext_lazy as _

from applications.admin.export import add_columns
from applications.models import Application
from programs.admin.export import Column


def _figure(application: Application, name: str) -> object:
    """A figure of where it stands; empty while nobody was given it to read."""
    standing = getattr(application, "standing", None)
    return getattr(standing, name, None)


add_columns(
    Column(_("score"), lambda application: _figure(application, "score"), joins=("standing",)),
    Column(_("spread"), lambda application: _figure(application, "spread")),
    Column(_("reviews in"), lambda application: _figure(application, "done")),
    Column(_("reviewers"), lambda application: _figure(application, "assigned")),
)
