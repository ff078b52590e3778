from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from submissions import signing
from submissions.enums import Verdict
from submissions.services.receipts import check_receipt

# 0 is genuine; 1 is left to the command itself going wrong.
EXIT_CODES = {Verdict.ALTERED: 2, Verdict.FOREIGN: 3, Verdict.UNSIGNED: 4, Verdict.UNREADABLE: 5}


class Command(BaseCommand):
    help = "Check a receipt. Exit code: 0 genuine, 2 altered, 3 signed by a key unknown here, 4 unsigned, 5 no receipt."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--keys", type=Path, help="public keys as receipt_keys shows them; no database is asked")

    def handle(self, *args: Any, **options: Any) -> None:
        text = _read(options["file"])
        keys = options["keys"]
        found = signing.check(text, _keys(keys)) if keys else check_receipt(text)
        if found.verdict != Verdict.GENUINE:
            raise CommandError(str(found.verdict.label), returncode=EXIT_CODES[found.verdict])
        self.stdout.write(str(found.verdict.label))
        self.stdout.write(json.dumps(found.receipt, ensure_ascii=False, indent=2, sort_keys=True))


def _keys(path: Path) -> Mapping[str, bytes]:
    """A key counts under the name that follows from it, whatever the file calls it."""
    try:
        public = [bytes.fromhex(each) for each in json.loads(_read(path)).values()]
    except (ValueError, AttributeError, TypeError) as error:
        raise CommandError(f"{path} holds no public keys: {error}") from error
    return {signing.key_id(each): each for each in public}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} can't be read: {error.strerror}") from error
