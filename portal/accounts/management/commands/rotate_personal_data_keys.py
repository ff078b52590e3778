from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.accounts.services.identity import rotate_keys


class Command(BaseCommand):
    help = "Encrypt all document numbers with the first of PERSONAL_DATA_KEYS; the others may then be dropped."

    def handle(self, *args: Any, **options: Any) -> None:
        done, unreadable = rotate_keys()
        self.stdout.write(f"{done} re-encrypted")
        if unreadable:
            raise CommandError(f"no key opens {len(unreadable)}: {', '.join(map(str, unreadable))}")
