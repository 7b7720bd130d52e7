import gc

from django.contrib.admin.apps import AdminConfig


class PinternsAdminConfig(AdminConfig):
    """Django's admin with our site: our door, our second factor, our home."""

    default_site = "pinterns.admin.PinternsAdminSite"

    def ready(self) -> None:
        """Loads all admins, and with them nearly all of the code. It stays as long as the process, so garbage need not be looked
        for in it: not at the process's end either, where that takes a third of the time of a short command. In what comes
        later it is looked for once in 50,000 objects instead of 700, which is once in some pages: a fiftieth of a request."""
        super().ready()
        gc.freeze()
        gc.set_threshold(50_000)
