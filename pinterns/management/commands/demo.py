"""`manage.py demo`: the catalogue and a season that is worth looking at."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from pinterns.catalogue import CatalogueError
from pinterns.demo.applications import NUMBER
from pinterns.demo.bulk import CannotFill
from pinterns.demo.make import accounts, make


class Command(BaseCommand):
    help = (
        "Loads the catalogue, and once a season of made-up windows, people and 80 applications around today. "
        "Run again, it changes nothing; with --applications it adds what is missing to that number."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--applications",
            type=int,
            default=NUMBER,
            metavar="N",
            help=f"how many in all, up to a million or more; files come with the first {NUMBER} (the default) only",
        )
        parser.add_argument(
            "--seed", type=int, default=1, help="another seed gives other people and answers (default: 1)"
        )
        parser.add_argument("--force", action="store_true", help="also without DEBUG")

    def handle(self, *args: object, applications: int, seed: int, force: bool, **options: object) -> None:
        if not (settings.DEBUG or force):
            raise CommandError(
                "This makes staff accounts that everybody knows, so it runs with DEBUG=1 only. "
                "If that is what you want here, add --force."
            )
        if applications < NUMBER:
            raise CommandError(f"The demo has {NUMBER} applications at least; ask for that many or more.")
        try:
            made = make(applications=applications, seed=seed, out=self.stderr)
        except (CannotFill, CatalogueError) as error:
            raise CommandError(str(error)) from error
        if not made:
            self.stdout.write("There are windows here that are not the demo's, so its season is left out.")
        for role, email in accounts():
            self.stdout.write(f"  {role:<15} {email}")
