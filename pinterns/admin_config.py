from django.contrib.admin.apps import AdminConfig


class PinternsAdminConfig(AdminConfig):
    """Django's admin with our site: our door, our second factor, our home."""

    default_site = "pinterns.admin.PinternsAdminSite"
