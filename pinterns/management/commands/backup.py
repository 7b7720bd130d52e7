"""Everything into one folder, while the site runs; `restore` makes an empty machine from it."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from pinterns.backup import Refused, back_up


class Command(BaseCommand):
    help = "Copies the database, as of one instant, and all files into a new folder."

    def add_arguments(self, parser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *, folder: Path, **options) -> None:
        try:
            manifest = back_up(folder)
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Backed up to {folder}: the database and {len(manifest['files'])} files.")
