from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracks.checking import findings, stopping
from tracks.lint import Finding, Severity
from tracks.management.choosing import competition_at


class Command(BaseCommand):
    help = "Say what is still missing before a competition opens. Fails when something stops it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", nargs="?", metavar="SLUG")
        parser.add_argument("--competition", metavar="SLUG", help="the same, as other commands take it")

    def handle(self, *args: Any, slug: str | None, competition: str | None, **options: Any) -> None:
        if bool(slug) == bool(competition):
            raise CommandError(_("Name one competition."))
        found = findings(competition_at(slug or competition or ""))
        for finding in found:
            self.stdout.write(line(finding))
        if count := len(stopping(found)):
            raise CommandError(
                ngettext("%(count)d finding must be mended.", "%(count)d findings must be mended.", count)
                % {"count": count}
            )
        self.stdout.write(self.style.SUCCESS(_("Nothing must be mended.")))


def line(finding: Finding) -> str:
    label = _("must be mended") if finding.severity is Severity.STOPS else _("please look")
    return f"[{label}] {finding.words} {finding.url}".rstrip()
