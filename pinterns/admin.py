"""The admin site: Django's own, entered through our door."""

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _

from accounts.staff import StaffOnly


class PinternsAdminSite(StaffOnly, AdminSite):
    site_header = _("Pinterns")
    site_title = _("Pinterns")
    index_title = _("Recruiting")
