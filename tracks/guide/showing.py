"""A plan as its page shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import pgettext

from tracks.diffing import Row, side_by_side
from tracks.guide.plan import Change, Plan, TopicStep, TrackStep
from tracks.guide.report import describe_counts, topic_notes, track_notes

# A page with more of them takes longer to make and to show than anybody reads it; the counts say how many there are.
MOST_DIFFS = 300
MOST_DIFF_CHARACTERS = 2_000_000


@dataclass(frozen=True, slots=True)
class ShownTopic:
    step: TopicStep
    labels: list[tuple[Change, str]]
    notes: list[str]
    title: list[Row] = field(default_factory=list)
    body: list[Row] = field(default_factory=list)
    is_withheld: bool = False


@dataclass(frozen=True, slots=True)
class ShownTrack:
    step: TrackStep
    counts: str
    notes: list[str]
    topics: list[ShownTopic]

    @property
    def is_the_same(self) -> bool:
        return not self.topics and self.step.changes == (Change.UNCHANGED,)


def shown(plan: Plan) -> list[ShownTrack]:
    """The tracks with those of their topics that something happens to."""
    budget = _Budget()
    return [
        ShownTrack(
            track,
            describe_counts(track.counts),
            list(track_notes(track)),
            [shown_topic(step, budget) for step in track.topics if step.changes != (Change.UNCHANGED,)],
        )
        for track in plan.tracks
    ]


@dataclass(slots=True)
class _Budget:
    diffs: int = MOST_DIFFS
    characters: int = MOST_DIFF_CHARACTERS

    def allows(self, step: TopicStep) -> bool:
        self.diffs -= 1
        self.characters -= sum(len(side.body) for side in (step.before, step.after) if side)
        return self.diffs >= 0 and self.characters >= 0


def shown_topic(step: TopicStep, budget: _Budget) -> ShownTopic:
    labels, notes = list(change_labels(step)), list(topic_notes(step))
    if not (step.before and step.after and step.has_new_text):
        return ShownTopic(step, labels, notes)
    if not budget.allows(step):
        return ShownTopic(step, labels, notes, is_withheld=True)
    title = side_by_side(step.before.title, step.after.title) if Change.RENAMED in step.changes else []
    return ShownTopic(step, labels, notes, title, side_by_side(step.before.body, step.after.body))


def change_labels(step: TopicStep) -> Iterator[tuple[Change, str]]:
    words = {
        Change.ADDED: pgettext("topic", "new"),
        Change.WITHDRAWN_HERE: pgettext("topic", "withdrawn here"),
        Change.CHANGED: pgettext("topic", "text changed"),
        Change.RENAMED: pgettext("topic", "title changed"),
        Change.MOVED: pgettext("topic", "moved"),
        Change.GONE: pgettext("topic", "not in the guide"),
    }
    yield from ((change, words[change]) for change in step.changes if change in words)
