from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from submissions.models import Fingerprint, NearPair
from submissions.near.sketch import EDITION
from submissions.services.near_comparing import find_near

# Whoever compares many at once reads what they are compared with once for all of them.
BATCH = 2_000


class Command(BaseCommand):
    help = (
        "Compare every submitted entry with all others, of all competitions. It may be stopped, and goes on from there."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anew", action="store_true", help="compare also those that have been compared before")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["anew"]:
            Fingerprint.objects.update(compared_at=None)
        while find_near(seconds=20, batch=BATCH):
            waiting = Fingerprint.objects.uncompared(EDITION).count()
            self.stdout.write(f"{Fingerprint.objects.count()} entries read, {waiting} of them to be compared")
        self.stdout.write(f"{Fingerprint.objects.count()} entries, {NearPair.objects.count()} pairs")
