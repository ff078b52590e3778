"""A competition's set-up, read at once and checked; apps above add what they find."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.db.models import Prefetch
from django.utils import timezone

from portal.accounts.enums import AgreementKind
from portal.accounts.services import current
from tracks.lint import Finding, Setup, Severity, check
from tracks.models import Competition, Topic
from tracks.signals import competition_checked


def findings(competition: Competition, *, is_to_open: bool | None = None, now: datetime | None = None) -> list[Finding]:
    """What stops the contest, then what should be looked at."""
    setup = Setup(
        competition=competition,
        stages=list(competition.stages.all()),
        tracks=list(
            competition.tracks.order_by("number").prefetch_related(
                Prefetch("topics", Topic.objects.order_by("number")),
            )
        ),
        has_notice=current(AgreementKind.PRIVACY_NOTICE) is not None,
        has_organizer=competition.organizers.filter(tracks=None).exists(),
        is_to_open=not competition.is_published if is_to_open is None else is_to_open,
        now=now or timezone.now(),
    )
    found = list(check(setup))
    for _receiver, more in competition_checked.send(Competition, competition=competition):
        found.extend(cast("list[Finding]", more))
    return sorted(found, key=lambda finding: finding.severity is not Severity.STOPS)


def stopping(found: list[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.severity is Severity.STOPS]
