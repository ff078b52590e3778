"""What an import would do, in words for the person who runs it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tracks.guide.document import GuideDocument
from tracks.guide.plan import Change, Moved, Place, Plan, TopicStep, TrackStep

SIGNS = {Change.ADDED: "+", Change.CHANGED: "~", Change.RENAMED: "~", Change.GONE: "-"}


def describe(plan: Plan, document: GuideDocument) -> Iterator[str]:
    for repair in document.repairs:
        values = {"line": repair.line, "removed": repair.removed}
        yield _("Line %(line)d: took out “%(removed)s”, which the end of a page had doubled.") % values
    for track in plan.tracks:
        yield from describe_track(track)
    yield _("In all: %(counts)s") % {"counts": describe_counts(plan.counts)}


def describe_track(track: TrackStep) -> Iterator[str]:
    values = {"number": track.number, "name": track.name, "before": track.name_before}
    if track.change is Change.ADDED:
        heading = _("Track %(number)d %(name)s (new)")
    elif track.change is Change.RENAMED:
        heading = _("Track %(number)d %(name)s (was: %(before)s)")
    elif track.change is Change.GONE:
        heading = _("Track %(number)d %(name)s (not in the guide any more; it stays)")
    else:
        heading = _("Track %(number)d %(name)s")
    yield f"{heading % values}: {describe_counts(track.counts)}"
    for topic in track.topics:
        yield from describe_topic(topic)


def describe_topic(step: TopicStep) -> Iterator[str]:
    if step.change in SIGNS:
        yield f"  {SIGNS[step.change]} {step.number}. {step.title}"
    if step.change in {Change.CHANGED, Change.RENAMED}:
        yield from (f"      {line}" for line in step.diff())


def describe_counts(counts: Counter[Change]) -> str:
    words = {
        Change.ADDED: pgettext("topics", "%(count)d new"),
        Change.CHANGED: pgettext("topics", "%(count)d changed"),
        Change.RENAMED: pgettext("topics", "%(count)d with another title"),
        Change.GONE: pgettext("topics", "%(count)d not in the guide any more (they stay)"),
        Change.UNCHANGED: pgettext("topics", "%(count)d unchanged"),
    }
    parts = [words[change] % {"count": counts[change]} for change in words if counts[change]]
    return pgettext("list", ", ").join(parts) or pgettext("topics", "none")


def describe_move(move: Moved) -> str:
    values = {"name": move.name, "before": describe_place(move.before), "after": describe_place(move.after)}
    return _("“%(name)s” is %(before)s; the guide has it as %(after)s, and entries stand on that number.") % values


def describe_place(place: Place) -> str:
    track, topic = place
    if topic:
        return _("track %(track)d, topic %(topic)d") % {"track": track, "topic": topic}
    return _("track %(number)d") % {"number": track}
