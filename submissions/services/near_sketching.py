"""Keeps the fingerprint of each entry's latest version. What has none yet is found by looking, not by being told:
submitting costs nothing more, and a worker that dies loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from submissions.asked import definition_answered
from submissions.definition import FormDefinition
from submissions.enums import SubmissionStatus
from submissions.models import Fingerprint, SubmissionVersion
from submissions.near.sketch import EDITION, Hashes, all_hashes, packed, sketch_of
from submissions.near.words import fold
from submissions.near_texts import folded_texts

CHUNK = 200


def unsketched() -> QuerySet[SubmissionVersion]:
    """The latest version of each entry that hasn't been withdrawn, where its fingerprint is missing or outdated."""
    later = SubmissionVersion.objects.filter(submission=OuterRef("submission"), pk__gt=OuterRef("pk"))
    known = Fingerprint.objects.filter(submission=OuterRef("submission"), version__gte=OuterRef("pk"), edition=EDITION)
    standing = SubmissionVersion.objects.exclude(submission__status=SubmissionStatus.WITHDRAWN)
    return standing.filter(~Exists(known), ~Exists(later)).order_by("pk")


def sketch_next(limit: int = CHUNK) -> int:
    """Sketch up to ``limit`` versions that wait for it; returns how many there were. Any number may do so at once."""
    versions = list(unsketched().select_related("topic_revision")[:limit])
    now = timezone.now()
    rows = [
        Fingerprint(submission_id=each.submission_id, version=each, edition=EDITION, sketch=_sketch(each), made_at=now)
        for each in versions
    ]
    Fingerprint.objects.bulk_create(rows, ignore_conflicts=True)
    for row in _older(rows):
        # Not where somebody else has sketched a later version meanwhile.
        outdated = Q(version__lt=row.version_id) | Q(version=row.version_id) & ~Q(edition=EDITION)
        Fingerprint.objects.filter(outdated, submission=row.submission_id).update(
            version=row.version_id, edition=EDITION, sketch=row.sketch, made_at=now, compared_at=None
        )
    return len(versions)


def _older(rows: list[Fingerprint]) -> Iterator[Fingerprint]:
    """Those of ``rows`` whose entry has the fingerprint of something else."""
    kept = Fingerprint.objects.filter(submission__in=[row.submission_id for row in rows])
    current: dict[int, Any] = {
        submission: (version, edition)
        for submission, version, edition in kept.values_list("submission", "version", "edition")
    }
    return (row for row in rows if current.get(row.submission_id) != (row.version_id, EDITION))


def _sketch(version: SubmissionVersion) -> bytes:
    return packed(sketch_of(folded_texts(version).values(), said_by_all(version)))


def said_by_all(version: SubmissionVersion) -> Hashes:
    """Runs that the form and the topic bring in: whoever quotes them copies nobody."""
    topic = version.topic_revision
    return _hashes_of((topic.title, topic.body, *_printed(definition_answered(version))))


@lru_cache(maxsize=512)
def _hashes_of(texts: tuple[str, ...]) -> Hashes:
    """Many entries answer the same topic in the same form."""
    return all_hashes(fold(text) for text in texts)


def _printed(definition: FormDefinition) -> Iterator[str]:
    for section in definition.sections:
        yield from (str(section.title), str(section.hint), section.group)
        labelled: list[Any] = [*section.options, *section.columns]
        yield from (each.label for each in labelled)
