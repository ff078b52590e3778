"""A contest full of entries, made in bulk, and its organizer who looks at them."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks.screening_numbers import ARCHIVE, PAGE, TABLE, asked
from portal.core import service
from portal.core.catalogues import compile_catalogues
from portal.core.invariants import breaches
from portal.core.management.commands.serve import collect_static
from portal.core.models import AuditEntry
from submissions.enums import ScreeningOutcome, SubmissionStatus
from submissions.models import Attachment, Receipt, Screening, ScreeningPlan, Submission, SubmissionVersion
from tests.factories.submissions import SubmissionFactory
from tests.factories.tracks import OrganizerFactory
from tracks.models import Competition, Track

SLUG = "sichuan-2026"
# Every third waits, of the rest one in four was sent back.
STATES = (
    *((SubmissionStatus.SUBMITTED, None),) * 2,
    *((SubmissionStatus.ELIGIBLE, ScreeningOutcome.PASSED),) * 3,
    (SubmissionStatus.RETURNED, ScreeningOutcome.RETURNED),
)
AT_ONCE = 2_000


class Season:
    def __init__(self) -> None:
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        for folder in settings.LOCALE_PATHS:
            compile_catalogues(folder)
        collect_static()
        call_command("migrate", verbosity=0, interactive=False)
        call_command("loaddata", SLUG, verbosity=0)
        self.competition = Competition.objects.get(slug=SLUG)
        ScreeningPlan.objects.create(competition=self.competition)
        self.tracks = list(Track.objects.filter(competition=self.competition).prefetch_related("topics"))
        first = SubmissionFactory(
            team__competition=self.competition, topic=self.tracks[0].topics.first(), submitted=True
        )
        self.first, self.version, self.file = first, first.versions.get(), first.attachments.get()
        self.organizer = OrganizerFactory(competition=self.competition).user
        self.count = 1

    def grow_to(self, size: int) -> None:
        while self.count < size:
            self._add(range(self.count, min(size, self.count + AT_ONCE)))

    def _add(self, numbers: range) -> None:
        """One team and one file are behind them all; what counts here is how many rows there are."""
        now = timezone.now()
        entries, came = [], {}
        for number in numbers:
            track = self.tracks[number % len(self.tracks)]
            came[f"{track.code}-{number + 1:04}"] = now - timedelta(hours=number % 1_000)
            entries.append(self._entry(track, number, came[f"{track.code}-{number + 1:04}"]))
        entries = Submission.objects.bulk_create(entries)
        versions = SubmissionVersion.objects.bulk_create(self._version(each) for each in entries)
        files = Attachment.objects.bulk_create(self._attachment(each) for each in entries)
        through = SubmissionVersion.attachments.through
        pairs = zip(versions, files, strict=True)
        through.objects.bulk_create(through(submissionversion=version, attachment=file) for version, file in pairs)
        listed = self.version.receipt.files
        Receipt.objects.bulk_create(
            Receipt(version=each, files=listed, received_at=each.created_at, committed_at=now) for each in versions
        )
        decided = [(each, _outcome(each.submission)) for each in versions]
        Screening.objects.bulk_create(
            Screening(
                version=version,
                outcome=outcome,
                reason="请补盖公章。" if outcome != ScreeningOutcome.PASSED else "",
                code=f"reason-{version.pk % 7}",
                decided_by=self.organizer,
                decided_at=now,
            )
            for version, outcome in decided
            if outcome
        )
        self._note(entries)
        self.count = numbers.stop

    def _note(self, entries: list[Submission]) -> None:
        """Lines of the trail as they are found by; no chain holds them together."""
        about, now = {"scope": "benchmark", "object_type": "submissions.submission"}, timezone.now()
        kept = AuditEntry.objects.filter(scope="benchmark").count()
        lines = [(entry, action) for entry in entries for action in ("submit", "issue_receipt")]
        AuditEntry.objects.bulk_create(
            AuditEntry(sequence=kept + place, at=now, action=action, object_id=str(entry.pk), **about)
            for place, (entry, action) in enumerate(lines, start=1)
        )

    def _entry(self, track: Track, number: int, at: Any) -> Submission:
        topics = list(track.topics.all())
        return Submission(
            team=self.first.team,
            topic=topics[number % len(topics)],
            track=track,
            title=f"项目{number}",
            number=f"{track.code}-{number + 1:04}",
            status=STATES[number % len(STATES)][0],
            submitted_at=at,
        )

    def _version(self, entry: Submission) -> SubmissionVersion:
        kept = {name: getattr(self.version, name) for name in ("topic_revision", "form", "form_sha256", "submitted_by")}
        return SubmissionVersion(submission=entry, number=1, created_at=entry.submitted_at, **kept)

    def _attachment(self, entry: Submission) -> Attachment:
        file = self.file
        return Attachment(submission=entry, file=file.file, name=file.name, uploaded_by=file.uploaded_by)

    def ask(self) -> dict[str, Any]:
        client = Client(headers={"host": "localhost"})
        client.force_login(self.organizer)
        page = reverse("submissions:numbers", args=[SLUG])
        table = reverse("submissions:export_entries", args=[SLUG, "csv"])
        book = reverse("submissions:export_entries", args=[SLUG, "xlsx"])
        files = reverse("submissions:export_files", args=[SLUG])
        # What is remembered in the process is read before anything is counted.
        _read(client, page)
        return {
            PAGE: asked(lambda: _read(client, page)),
            TABLE: asked(lambda: _read(client, table)),
            "list as XLSX": asked(lambda: _read(client, book)),
            ARCHIVE: asked(lambda: _read(client, files)),
            "check_invariants": asked(lambda: list(breaches())),
        }


def _outcome(entry: Submission) -> str | None:
    return dict(STATES)[entry.status]


def _read(client: Client, address: str) -> None:
    """All of it, and nothing of it kept."""
    # A process asks for it every few seconds, whoever comes then.
    service.state()
    response: Any = client.get(address)
    if response.status_code != 200:
        sys.exit(f"{address} answered {response.status_code}")
    for _block in response if response.streaming else [response.content]:
        pass
