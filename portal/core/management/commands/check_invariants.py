from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.core.invariants import INVARIANTS, breaches


class Command(BaseCommand):
    help = "Ask of each invariant whether it holds, and name the rows that break one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="name", help="only these; all when none is named")

    def handle(self, *args: Any, **options: Any) -> None:
        names = options["names"] or list(INVARIANTS)
        if unknown := [name for name in names if name not in INVARIANTS]:
            raise CommandError(f"there is no such invariant: {', '.join(unknown)}. There are {', '.join(INVARIANTS)}")
        found = {}
        for breach in breaches(INVARIANTS[name] for name in names):
            found[breach.name] = breach
            self.stderr.write(str(breach))
        for name in names:
            if name not in found:
                self.stdout.write(f"holds  {name}")
        if found:
            raise CommandError(f"{len(found)} of {len(names)} invariants don't hold")
