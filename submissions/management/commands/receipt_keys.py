from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand

from submissions.services.receipts import public_keys


class Command(BaseCommand):
    help = "Show the public keys of all receipts as JSON, for verify_receipt --keys on a machine without the database."

    def handle(self, *args: Any, **options: Any) -> None:
        keys = {name: public.hex() for name, public in public_keys().items()}
        self.stdout.write(json.dumps(keys, indent=2, sort_keys=True))
