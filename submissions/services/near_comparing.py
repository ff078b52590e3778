"""Compares entries with all others, and keeps the pairs that resemble each other."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from numpy.typing import NDArray

from submissions.models import Fingerprint, NearPair, SubmissionVersion
from submissions.near.likeness import REPORTED, likeness, shared_runs
from submissions.near.passages import Compared
from submissions.near.shelf import Shelf
from submissions.near.sketch import EDITION
from submissions.near.spans import Passage
from submissions.near_texts import texts_of
from submissions.services import near_ties
from submissions.services.near_sketching import sketch_next, unsketched

BATCH = 200
# Sketches that are asked for by name; more of them are read together with all others.
FEW = 500
PUT = ["first_version", "second_version", "score", "text", "files", "people", "passages", "found_at"]


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


class Comparison:
    """Of some entries with all that there are."""

    def __init__(self, prints: Sequence[Fingerprint]) -> None:
        self.prints = prints
        stock = _standing()
        self.shelf = stock.shelf
        self.shelf.expect(len(prints))
        entries = self.shelf.keys.tolist()
        self._versions = dict(zip(entries, stock.versions.tolist(), strict=True))
        self._places = {entry: place for place, entry in enumerate(entries)}

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
        mine = Compared(texts_of(versions[self._versions[entry]]))
        found = {}
        for key in reported:
            version = self._versions[key]
            passages = mine.passages(texts_of(versions[version]), shared_runs(own, others[key]))
            found[key] = Found(version, text=scores[key], passages=passages)
        return found


@dataclass(frozen=True)
class Stock:
    """All that can be compared, and by place on the shelf of which version it is."""

    versions: NDArray[np.int64]
    shelf: Shelf


NOTHING = Stock(np.empty(0, np.int64), Shelf())


class _Read:
    """What a process has read of it: the sketch of a version never changes."""

    stock = NOTHING


def forget() -> None:
    """For tests, which take back what they have submitted."""
    _Read.stock = NOTHING


def _standing() -> Stock:
    """As the database has it now; what was read before is not read again, nor laid out again."""
    stock, rows = _Read.stock, Fingerprint.objects.standing(EDITION).order_by("version")
    versions = np.array(list(rows.values_list("version", flat=True)), np.int64)
    kept = np.isin(stock.versions, versions, assume_unique=True)
    missing = set(np.setdiff1d(versions, stock.versions, assume_unique=True).tolist())
    if missing or not kept.all():
        unread = rows.filter(version__in=missing) if len(missing) <= FEW else rows
        found = unread.values_list("version", "submission", "sketch").iterator(chunk_size=2_000)
        fresh = {version: (entry, sketch) for version, entry, sketch in found if version in missing}
        versions = np.concatenate([stock.versions[kept], np.array(list(fresh), np.int64)])
        stock = Stock(versions, stock.shelf.changed(kept, fresh.values()))
        # Put in its place as a whole: another thread may be reading.
        _Read.stock = stock
    return stock


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
    standing = {other: what for other, what in found.items() if current.get(other) == what.version}
    _put([_pair(known.pop(other, None), made, other, what) for other, what in standing.items()])
    outdated = [pair.pk for pair in known.values() if made.version_id not in _versions(pair)]
    NearPair.objects.filter(pk__in=outdated).delete()
    Fingerprint.objects.filter(pk=made.pk, version=made.version_id).update(compared_at=timezone.now())


def hold(entries: set[int]) -> dict[int, int]:
    """By entry the version that is its latest, and stays it until we are done."""
    rows = Fingerprint.objects.select_for_update(no_key=True).filter(submission__in=entries)
    return dict(rows.order_by("submission").values_list("submission", "version"))


def _put(pairs: list[NearPair]) -> None:
    """All in one statement: of a text that was sold to many there are thirty."""
    NearPair.objects.bulk_create(
        pairs, update_conflicts=True, unique_fields=["first", "second"], update_fields=PUT, batch_size=BATCH
    )


def _pair(known: NearPair | None, made: Fingerprint, other: int, what: Found) -> NearPair:
    sides = [(made.submission_id, made.version_id), (other, what.version)]
    turned = made.submission_id > other
    (first, first_version), (second, second_version) = reversed(sides) if turned else sides
    # The same two versions found again, from the other side say, are no news: who has looked at them has.
    same = known if known and _versions(known) == (first_version, second_version) else None
    return NearPair(
        first_id=first,
        second_id=second,
        first_version_id=first_version,
        second_version_id=second_version,
        score=what.score,
        text=what.text,
        files=what.files,
        people=what.people,
        passages=[(*each[3:], *each[:3]) if turned else tuple(each) for each in what.passages],
        found_at=same.found_at if same else timezone.now(),
    )


def _versions(pair: NearPair) -> tuple[int, int]:
    return pair.first_version_id, pair.second_version_id
