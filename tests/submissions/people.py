"""Who and what the tests of this app start from."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from submissions import services
from submissions.models import Answer, Receipt, Screening, Submission
from submissions.services import Saved
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


def said(submission: Submission, key: str = "abstract") -> Any:
    """What the draft says in this section; nothing is None."""
    return Answer.objects.filter(submission=submission, key=key).values_list("value", flat=True).first()


def save(submission: Submission, *, actor: Any = None, now: Any = None, **texts: Any) -> Submission:
    """``save(draft, abstract="…")``: by its captain, who has read what stands there; the entry as it is then."""
    for key, value in texts.items():
        write(submission, key, value, actor=actor, now=now)
    return Submission.objects.get(pk=submission.pk)


def write(submission: Submission, key: str, value: Any, **changes: Any) -> Saved:
    """One section, and what the service says to it."""
    wanted = {"expected_version": version_of(submission, key), **changes}
    wanted["actor"] = wanted.get("actor") or captain_of(submission.team)
    return services.save_section(Submission.objects.get(pk=submission.pk), key=key, value=value, **wanted)


def version_of(submission: Submission, key: str) -> int:
    return Answer.objects.filter(submission=submission, key=key).values_list("version", flat=True).first() or 0


def typed(submission: Submission, **changes: Any) -> dict[str, Any]:
    """What the page of the plain form sends: title and abstract, as they stand unless ``changes`` says otherwise."""
    data = {"then": changes.pop("then", "")}
    for key in ("title", "abstract"):
        data[f"a-{key}"] = changes.pop(key, said(submission, key) or "")
        data[f"v-{key}"] = changes.pop(f"{key}_version", version_of(submission, key))
    if "file" in changes:
        data["file-proposal"] = changes.pop("file")
    return data | changes


def send_back(entry: Submission, *, actor: Any, reason: str = "请补交盖章页。", **given: Any) -> Screening:
    """Returned for correction by ``actor``: by default abstract and proposal may be mended for three days."""
    wanted = {
        "version": entry.versions.count(),
        "sections": ["abstract"],
        "slots": ["proposal"],
        "closes_at": timezone.now() + timedelta(days=3),
        **given,
    }
    return services.return_for_correction(entry, actor=actor, reason=reason, **wanted)


def close(competition: Any, kind: StageKind) -> None:
    """Let the stage have ended a minute ago."""
    competition.stages.filter(kind=kind).update(closes_at=timezone.now() - timedelta(minutes=1))
