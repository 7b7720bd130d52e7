"""The first administrator, who then makes others staff in the admin."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.forms import AddressForm
from accounts.services import make_administrator


class Command(BaseCommand):
    help = "Gives an e-mail address an account that may do everything. Safe to repeat."

    def add_arguments(self, parser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="")

    def handle(self, *, email: str, name: str, **options) -> None:
        form = AddressForm({"email": email})
        if not form.is_valid():
            raise CommandError(f"{email!r}: {' '.join(form.errors['email'])}")
        user = make_administrator(email=form.cleaned_data["email"], name=name)
        self.stdout.write(f"{user.email} is an administrator and signs in at {settings.SITE_URL}/admin/.")
        if settings.STAFF_MFA_REQUIRED:
            self.stdout.write("Sign in soon: the admin opens once a second factor is set up.")
