"""What an import would do, in words for the person who runs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tracks.guide.document import GuideDocument, Repair, Unit
from tracks.guide.matching import Place
from tracks.guide.plan import Change, Plan, TopicStep, TrackStep

# What was done with some of those that are gone, and of those that had been withdrawn.
WITHDRAWN, REOPENED = "withdrawn", "reopened"
SIGNS = {
    Change.ADDED: "+",
    Change.GONE: "-",
    Change.CHANGED: "~",
    Change.RENAMED: "~",
    Change.WITHDRAWN_HERE: "~",
    Change.MOVED: ">",
}


def describe(plan: Plan, document: GuideDocument) -> Iterator[str]:
    for repair in document.repairs:
        yield describe_repair(repair, document.unit)
    for track in plan.tracks:
        yield from describe_track(track)
    yield _("In all: %(counts)s") % {"counts": describe_counts(plan.counts)}


def describe_repair(repair: Repair, unit: Unit) -> str:
    values = {"place": unit.at(repair.line), "removed": repair.removed}
    return _("%(place)s: took out “%(removed)s”, which the end of a page had doubled.") % values


def describe_track(track: TrackStep) -> Iterator[str]:
    heading = _("Track %(number)d %(name)s") % {"number": track.number, "name": track.name}
    yield f"{heading}{in_brackets(track_notes(track))}: {describe_counts(track.counts)}"
    for topic in track.topics:
        yield from describe_topic(topic)


def track_notes(track: TrackStep) -> Iterator[str]:
    if Change.ADDED in track.changes:
        yield pgettext("track", "new")
    if track.before and Change.RENAMED in track.changes:
        yield _("was: %(before)s") % {"before": track.before.name}
    if track.before and Change.MOVED in track.changes:
        yield _("was number %(number)d") % {"number": track.before.number}
    if Change.GONE in track.changes:
        yield _("not in the guide any more; it stays")


def describe_topic(step: TopicStep) -> Iterator[str]:
    sign = next((SIGNS[change] for change in SIGNS if change in step.changes), None)
    if sign is None:
        return
    yield f"  {sign} {step.number}. {step.title}{in_brackets(topic_notes(step))}"
    if step.has_new_text:
        yield from (f"      {line}" for line in step.diff())


def topic_notes(step: TopicStep) -> Iterator[str]:
    if Change.WITHDRAWN_HERE in step.changes:
        yield _("withdrawn here")
    if step.was and step.is_moved:
        yield _("was %(place)s") % {"place": describe_place(step.was)}
    if step.is_moved and step.after is None:
        yield _("another topic takes its number")


def in_brackets(notes: Iterator[str]) -> str:
    return "".join(pgettext("note", " (%(note)s)") % {"note": note} for note in notes)


def describe_counts(counts: Mapping[Any, int]) -> str:
    words: dict[str, str] = {
        Change.ADDED: pgettext("topics", "%(count)d new"),
        Change.CHANGED: pgettext("topics", "%(count)d changed"),
        Change.RENAMED: pgettext("topics", "%(count)d with another title"),
        Change.MOVED: pgettext("topics", "%(count)d moved"),
        Change.WITHDRAWN_HERE: pgettext("topics", "%(count)d withdrawn here"),
        Change.GONE: pgettext("topics", "%(count)d not in the guide any more"),
        WITHDRAWN: pgettext("topics", "%(count)d withdrawn"),
        REOPENED: pgettext("topics", "%(count)d open again"),
        Change.UNCHANGED: pgettext("topics", "%(count)d unchanged"),
    }
    parts = [words[change] % {"count": counts[change]} for change in words if counts.get(change)]
    return pgettext("list", ", ").join(parts) or pgettext("topics", "none")


def describe_place(place: Place) -> str:
    track, topic = place
    return _("track %(track)d, topic %(topic)d") % {"track": track, "topic": topic}
