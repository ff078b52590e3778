from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from portal.core.instants import YEARS
from tracks.management.choosing import competition_at
from tracks.services import clone_competition, next_edition


class Command(BaseCommand):
    help = (
        "Make a new, unpublished edition of a competition: its stages, tracks, topics and rubrics, without its people."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", help="address of the earlier competition")
        parser.add_argument(
            "--year",
            type=int,
            choices=YEARS,
            metavar="YEAR",
            help="of the new edition; the next one unless given",
        )
        parser.add_argument("--slug", help="address of the new edition")
        parser.add_argument("--name")
        parser.add_argument("--short-name")
        parser.add_argument("--shift-days", type=int, help="how many days later its stages are")

    def handle(self, *args: Any, source: str, year: int | None, **options: Any) -> None:
        competition = competition_at(source)
        values = next_edition(competition, year or competition.year + 1)
        values.update({name: value for name, value in options.items() if name in values and value is not None})
        try:
            shift = timedelta(days=values.pop("shift_days"))
            copy = clone_competition(competition, actor=None, shift=shift, **values)
        except ValidationError as error:
            raise CommandError(
                "\n".join(f"{name}: {' '.join(said)}" for name, said in error.message_dict.items())
            ) from error
        made = {"name": copy.name, "slug": copy.slug}
        self.stdout.write(_("Made “%(name)s” at /%(slug)s/. It is not public yet.") % made)
