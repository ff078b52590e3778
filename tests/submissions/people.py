"""Who and what the tests of this app start from."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from submissions import services
from submissions.models import Receipt, Submission
from tests.factories.submissions import AttachmentFactory, SubmissionFactory, captain_of
from tracks.enums import StageKind

KEY = "0123456789abcdef"


def client_for(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def queries_of(client: Client, url: str) -> int:
    """How many queries the page at ``url`` takes."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def complete_draft(**fields: Any) -> Submission:
    """A draft that lacks nothing."""
    submission = SubmissionFactory(**fields)
    AttachmentFactory(submission=submission)
    return submission


def submit(submission: Submission, **changes: Any) -> Receipt:
    """By its captain, as it reads in the database now."""
    submission = Submission.objects.get(pk=submission.pk)
    wanted = {"actor": captain_of(submission.team), "expected_version": submission.draft_version, **changes}
    return services.submit(submission, **wanted)


def save(submission: Submission, **changes: Any) -> Submission:
    """By its captain, with what the database says where the test says nothing."""
    submission = Submission.objects.get(pk=submission.pk)
    wanted = {
        "actor": captain_of(submission.team),
        "title": submission.title,
        "abstract": submission.abstract,
        "expected_version": submission.draft_version,
        **changes,
    }
    return services.save_draft(submission, **wanted)


def close(competition: Any, kind: StageKind) -> None:
    """Let the stage have ended a minute ago."""
    competition.stages.filter(kind=kind).update(closes_at=timezone.now() - timedelta(minutes=1))
