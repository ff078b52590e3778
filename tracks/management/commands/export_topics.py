from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from tracks.management.choosing import competition_at
from tracks.services import export_topics
from tracks.services.exporting import CONTENT_TYPES


class Command(BaseCommand):
    help = "Write a competition's tracks and topics into a table that import_guide reads again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--competition", required=True, metavar="SLUG")
        parser.add_argument("--format", choices=CONTENT_TYPES, default="csv")
        parser.add_argument("--output", type=Path, metavar="FILE", help="default: a new file in this folder")

    def handle(self, *args: Any, competition: str, output: Path | None, **options: Any) -> None:
        try:
            table = export_topics(competition_at(competition), actor=None, kind=options["format"])
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        path = output or Path(table.name)
        try:
            with path.open("xb") as file:
                file.writelines(table.chunks)
        except FileExistsError as error:
            raise CommandError(_("There is a file %(path)s already.") % {"path": path}) from error
        except OSError as error:
            values = {"path": path, "why": error.strerror}
            raise CommandError(_("%(path)s can't be written: %(why)s.") % values) from error
        self.stdout.write(str(path))
