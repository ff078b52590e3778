from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.accounts.services.factors import reseal_factors


class Command(BaseCommand):
    help = "Seal all second factors with SECRET_KEY; then SECRET_KEY_FALLBACKS may be dropped. --dry-run only counts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, change nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        found = reseal_factors(only_count=dry_run)
        self.stdout.write(f"{found.done} sealed anew, {found.left} left under an earlier key")
        if found.unreadable:
            raise CommandError(f"no key opens {len(found.unreadable)}: {', '.join(map(str, found.unreadable))}")
