from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.core import audit
from portal.core.models import AuditHead


class Command(BaseCommand):
    help = "Walk the audit trail and say where a chain doesn't hold."

    def handle(self, *args: Any, **options: Any) -> None:
        breaks = list(audit.verify())
        for found in breaks:
            self.stderr.write(f"{found.scope} #{found.sequence}: {found.why}")
        if breaks:
            raise CommandError(f"the audit trail is broken in {len(breaks)} place(s)")
        for head in AuditHead.objects.order_by("scope"):
            self.stdout.write(f"{head.scope}: {head.sequence} line(s), head {head.hash}")
        self.stdout.write("the audit trail holds")
