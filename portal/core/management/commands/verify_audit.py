from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.core.audit_check import Walk


class Command(BaseCommand):
    help = "Walk the whole audit trail and say where a chain doesn't hold."

    def handle(self, *args: Any, **options: Any) -> None:
        walk = Walk()
        walk.go_on()
        for found in walk.breaks:
            self.stderr.write(f"{found.scope} #{found.sequence}: {found.why}")
        if walk.breaks:
            raise CommandError(f"the audit trail is broken in {len(walk.breaks)} place(s)")
        for scope, (sequence, head) in sorted(walk.ends.items()):
            self.stdout.write(f"{scope}: {sequence} line(s), head {head}")
        self.stdout.write("the audit trail holds")
