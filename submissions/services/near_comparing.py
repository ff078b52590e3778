"""Compares entries with all others, and keeps the pairs that resemble each other."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from submissions.models import Fingerprint, NearPair, SubmissionVersion
from submissions.near.likeness import REPORTED, likeness, shared_runs
from submissions.near.passages import shared_passages
from submissions.near.shelf import Shelf
from submissions.near.sketch import EDITION
from submissions.near.spans import Passage
from submissions.near_texts import texts_of
from submissions.services import near_ties
from submissions.services.near_sketching import sketch_next, unsketched

BATCH = 200
# Sketches that are asked for by name; more of them are read together with all others.
FEW = 500


@dataclass
class Found:
    """What was found about one other entry."""

    version: int
    text: int = 0
    files: int = 0
    people: int = 0
    passages: list[Passage] = field(default_factory=list)

    @property
    def score(self) -> int:
        return max(self.text, self.files, self.people)


def find_near(*, seconds: float = 60, batch: int = BATCH) -> bool:
    """Sketch and compare what waits for it, for about ``seconds``; True when more may be waiting.

    Sketches are committed before anybody compares: of two entries that come at once, at least one finds the other.
    """
    stop_at = time.monotonic() + seconds
    while sketch_next():
        if time.monotonic() >= stop_at:
            return True
    while prints := list(Fingerprint.objects.uncompared(EDITION).defer("sketch")[:batch]):
        Comparison(prints).carry_out()
        if time.monotonic() >= stop_at:
            return True
    return False


def is_compared(version: int) -> bool:
    """Or is it no longer to be: of an entry that was withdrawn, or another version came after it."""
    waiting = unsketched().filter(pk=version).exists()
    return not waiting and not Fingerprint.objects.uncompared(EDITION).filter(version=version).exists()


class Comparison:
    """Of some entries with all that there are."""

    def __init__(self, prints: Sequence[Fingerprint]) -> None:
        self.prints = prints
        rows = _standing()
        self._versions = {entry: version for entry, version, _sketch in rows}
        self._places = {entry: place for place, (entry, _version, _sketch) in enumerate(rows)}
        self.shelf = Shelf(((entry, sketch) for entry, _version, sketch in rows), questions=len(prints))

    def carry_out(self) -> None:
        files, people = near_ties.shared_files(self.prints), near_ties.shared_people(self.prints)
        for each in self.prints:
            entry = each.submission_id
            if self._versions.get(entry) != each.version_id:
                # A later version came between the two looks, or the entry was withdrawn.
                continue
            found = self.alike(entry)
            for name, ties in (("files", files), ("people", people)):
                for other, score in ties.get(entry, {}).items():
                    if other in self._versions:
                        setattr(found.setdefault(other, Found(self._versions[other])), name, score)
            keep(each, found)

    def alike(self, entry: int) -> dict[int, Found]:
        """By key, those whose texts resemble that of ``entry``."""
        own, candidates = self.shelf.candidates(self.shelf.sketch(self._places[entry]), without=entry)
        others = dict(zip(self.shelf.keys[candidates].tolist(), self.shelf.weigh(candidates), strict=True))
        scores = {key: likeness(own, other) for key, other in others.items()}
        reported = [key for key, score in scores.items() if score >= REPORTED]
        if not reported:
            return {}
        versions = SubmissionVersion.objects.in_bulk([self._versions[key] for key in (entry, *reported)])
        mine = texts_of(versions[self._versions[entry]])
        found = {}
        for key in reported:
            version = self._versions[key]
            passages = shared_passages(mine, texts_of(versions[version]), shared_runs(own, others[key]))
            found[key] = Found(version, text=scores[key], passages=passages)
        return found


class _Read:
    """Sketches by version, as a process has read them: those of a version never change."""

    sketches: dict[int, Any] = {}


def forget() -> None:
    """For tests, which take back what they have submitted."""
    _Read.sketches = {}


def _standing() -> list[tuple[int, int, Any]]:
    """Entry, version and sketch of all that can be compared; what was read before is not read again."""
    rows = Fingerprint.objects.standing(EDITION).order_by("submission")
    versions = list(rows.values_list("submission", "version"))
    known = _Read.sketches
    missing = [version for _entry, version in versions if version not in known]
    fresh: dict[int, Any] = {}
    if missing:
        unread = rows.filter(version__in=missing) if len(missing) <= FEW else rows
        fresh = dict(unread.values_list("version", "sketch").iterator(chunk_size=2_000))
    # Put in its place as a whole: another thread may be reading.
    sketches = {version: known[version] if version in known else fresh.get(version) for _entry, version in versions}
    _Read.sketches = {version: sketch for version, sketch in sketches.items() if sketch is not None}
    return [(entry, version, sketches[version]) for entry, version in versions if sketches[version] is not None]


@transaction.atomic
def keep(made: Fingerprint, found: dict[int, Found]) -> None:
    """Put what was found in the place of what was known of the entry's earlier versions.

    The fingerprints are held while it is written: what was compared with a version that isn't the latest any more
    is not kept, for whoever compares the later one finds what there is to find.
    """
    entry = made.submission_id
    current = hold({entry, *found})
    if current.get(entry) != made.version_id:
        return
    known = {
        pair.second_id if pair.first_id == entry else pair.first_id: pair
        for pair in NearPair.objects.filter(Q(first=entry) | Q(second=entry))
    }
    for other, what in found.items():
        if current.get(other) == what.version:
            _put(known.pop(other, None), entry, made.version_id, other, what)
    outdated = [pair.pk for pair in known.values() if made.version_id not in _versions(pair)]
    NearPair.objects.filter(pk__in=outdated).delete()
    Fingerprint.objects.filter(pk=made.pk, version=made.version_id).update(compared_at=timezone.now())


def hold(entries: set[int]) -> dict[int, int]:
    """By entry the version that is its latest, and stays it until we are done."""
    rows = Fingerprint.objects.select_for_update(no_key=True).filter(submission__in=entries)
    return dict(rows.order_by("submission").values_list("submission", "version"))


def _put(pair: NearPair | None, entry: int, version: int, other: int, what: Found) -> None:
    turned = entry > other
    first, second = (other, entry) if turned else (entry, other)
    first_version, second_version = (what.version, version) if turned else (version, what.version)
    passages = [(*each[3:], *each[:3]) if turned else tuple(each) for each in what.passages]
    result: dict[str, Any] = {
        "first_version_id": first_version,
        "second_version_id": second_version,
        "score": what.score,
        "text": what.text,
        "files": what.files,
        "people": what.people,
        "passages": passages,
    }
    # The same two versions found again, from the other side say, are no news: who has looked at them has.
    if pair is None or _versions(pair) != (first_version, second_version):
        result["found_at"] = timezone.now()
    NearPair.objects.update_or_create(first_id=first, second_id=second, defaults=result)


def _versions(pair: NearPair) -> tuple[int, int]:
    return pair.first_version_id, pair.second_version_id
