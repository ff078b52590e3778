from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from portal.accounts import policies


class Command(BaseCommand):
    help = "Delete or make anonymous what has been kept for too long; --dry-run only counts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, change nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        outcomes = [outcome for _rule, outcome in policies.report()] if dry_run else policies.run()
        for each in outcomes:
            kept = _("for ever") if each.days is None else _("%(days)s days") % {"days": each.days}
            done = _("%(count)s due") % {"count": each.due} if dry_run else _("%(count)s ended") % {"count": each.done}
            held = f", {_('%(count)s held') % {'count': each.held}}" if each.held else ""
            self.stdout.write(f"{each.policy.name:<24} {kept:<12} {done}{held}")
