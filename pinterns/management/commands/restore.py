"""An empty machine made what it was when `backup` wrote this folder."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from pinterns.backup import Refused, restore


class Command(BaseCommand):
    help = "Fills an empty database and an empty file storage from a backup, after checking all of it."

    def add_arguments(self, parser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--erasures",
            type=Path,
            help="A newer copy of the folder erasures/ of the file storage: who is erased again.",
        )
        parser.add_argument(
            "--sign-out",
            action="store_true",
            help="End all sessions: those that were ended since the backup would hold again.",
        )

    def handle(self, *, folder: Path, erasures: Path | None, sign_out: bool, **options) -> None:
        try:
            manifest = restore(folder, erasures=erasures, sign_out=sign_out)
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Restored from {folder}: the database and {len(manifest['files'])} files.")
