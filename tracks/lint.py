"""What is still missing before a contest opens: pure checks over its set-up."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import TypeVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tracks.enums import StageKind, TopicStatus
from tracks.models import Competition, Stage, Topic, Track

T = TypeVar("T")

SHORT_BRIEF = 20
MOST_NAMED, LONGEST_QUOTED = 10, 40
# Without a window of these nobody can found a team, or hand anything in.
INDISPENSABLE = (StageKind.REGISTRATION, StageKind.SUBMISSION)
USUAL = (StageKind.REVIEW, StageKind.PUBLICITY)
# The others may well run side by side: entries are screened as they come in.
ONE_AFTER_ANOTHER = (StageKind.SUBMISSION, StageKind.REVIEW, StageKind.DEFENCE, StageKind.PUBLICITY)


class Severity(StrEnum):
    STOPS = "stops"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class Finding:
    """``url`` is where it is mended."""

    severity: Severity
    words: str
    url: str = ""
    is_for_site_admins: bool = False


@dataclass(frozen=True, slots=True)
class Setup:
    """A competition as it is now; the tracks come with their topics.

    ``is_to_open`` is it before it is public: what is over by then was never open.
    """

    competition: Competition
    stages: Sequence[Stage]
    tracks: Sequence[Track]
    has_notice: bool
    has_organizer: bool
    is_to_open: bool
    now: datetime

    @property
    def page(self) -> str:
        return reverse("admin:tracks_competition_change", args=[self.competition.pk])


def check(setup: Setup) -> Iterator[Finding]:
    for part in (check_competition, check_stages, check_order, check_tracks, check_briefs, check_doubles):
        yield from part(setup)


def check_competition(setup: Setup) -> Iterator[Finding]:
    if not setup.has_notice:
        words = _("There is no published privacy notice.")
        yield Finding(Severity.STOPS, words, reverse("admin:accounts_agreement_changelist"), True)
    if not setup.has_organizer:
        words = _("No organizer runs the whole competition.")
        yield Finding(Severity.LOOK, words, reverse("admin:tracks_organizer_changelist"), True)
    if not setup.competition.introduction.strip():
        yield Finding(Severity.LOOK, _("The introduction is empty."), setup.page)


def check_stages(setup: Setup) -> Iterator[Finding]:
    stages = {StageKind(stage.kind): stage for stage in setup.stages}
    for kind in (*INDISPENSABLE, *USUAL):
        if kind not in stages:
            severity = Severity.STOPS if kind in INDISPENSABLE else Severity.LOOK
            yield Finding(severity, _("The stage “%(stage)s” has no window.") % {"stage": kind.label}, setup.page)
    for kind in INDISPENSABLE:
        if setup.is_to_open and kind in stages and stages[kind].closes_at <= setup.now:
            words = _("The stage “%(stage)s” is over already.") % {"stage": kind.label}
            yield Finding(Severity.STOPS, words, setup.page)


def check_order(setup: Setup) -> Iterator[Finding]:
    stages = {StageKind(stage.kind): stage for stage in setup.stages}
    for earlier, later in pairwise(stages[kind] for kind in StageKind if kind in stages):
        if later.opens_at < earlier.opens_at:
            words = _("The stage “%(later)s” opens before “%(earlier)s”.") % {"later": later, "earlier": earlier}
            yield Finding(Severity.STOPS, words, setup.page)
    for earlier, later in pairwise(stages[kind] for kind in ONE_AFTER_ANOTHER if kind in stages):
        if earlier.opens_at <= later.opens_at < earlier.closes_at:
            words = _("The stage “%(later)s” opens while “%(earlier)s” is still open.")
            yield Finding(Severity.LOOK, words % {"later": later, "earlier": earlier}, setup.page)


def check_tracks(setup: Setup) -> Iterator[Finding]:
    if not setup.tracks:
        yield Finding(Severity.STOPS, _("There are no tracks."), reverse("admin:tracks_track_changelist"))
    for track in setup.tracks:
        if not any(map(is_open, track.topics.all())):
            words = _("%(track)s has no topic that can be entered.") % {"track": track}
            yield Finding(Severity.STOPS, words, topics_page(track))
        if gap := gaps(topic.number for topic in track.topics.all()):
            words = _("%(track)s: there is no topic %(numbers)s.") % {"track": track, "numbers": gap}
            yield Finding(Severity.LOOK, words, topics_page(track))
    if gap := gaps(track.number for track in setup.tracks):
        url = f"{reverse('admin:tracks_track_changelist')}?competition__id__exact={setup.competition.pk}"
        yield Finding(Severity.LOOK, _("There is no track %(numbers)s.") % {"numbers": gap}, url)
    for first, *others in alike((track.name, track) for track in setup.tracks):
        for other in others:
            words = _("%(first)s and %(other)s are called the same.") % {"first": first.code, "other": other}
            yield Finding(Severity.LOOK, words, reverse("admin:tracks_track_change", args=[other.pk]))


def check_briefs(setup: Setup) -> Iterator[Finding]:
    for topic in open_topics(setup):
        length = len(folded(topic.body))
        values = {"topic": named(topic), "count": length}
        if not length:
            yield Finding(Severity.STOPS, _("%(topic)s has no text.") % values, topic_page(topic))
        elif length < SHORT_BRIEF:
            words = _("%(topic)s has a text of only %(count)d characters.") % values
            yield Finding(Severity.LOOK, words, topic_page(topic))


def check_doubles(setup: Setup) -> Iterator[Finding]:
    """Two topics of one title can't be told apart in a track; across tracks they may be meant."""
    for first, *others in alike((topic.title, topic) for topic in open_topics(setup)):
        for other in others:
            words = _("%(other)s has the title of %(first)s.") % {"other": named(other), "first": code(first)}
            severity = Severity.STOPS if other.track_id == first.track_id else Severity.LOOK
            yield Finding(severity, words, topic_page(other))
    for first, *others in alike((topic.body, topic) for topic in open_topics(setup)):
        for other in others:
            words = _("%(other)s has the same text as %(first)s.") % {"other": named(other), "first": code(first)}
            yield Finding(Severity.LOOK, words, topic_page(other))


def open_topics(setup: Setup) -> Iterator[Topic]:
    for track in setup.tracks:
        for topic in filter(is_open, track.topics.all()):
            topic.track = track
            yield topic


def is_open(topic: Topic) -> bool:
    return topic.status == TopicStatus.OPEN


def alike(rows: Iterable[tuple[str, T]]) -> Iterator[list[T]]:
    """Those that have one text, but for full-width letters, capitals, space and punctuation."""
    groups: defaultdict[str, list[T]] = defaultdict(list)
    for text, row in rows:
        groups[folded(text)].append(row)
    return (group for text, group in groups.items() if text and len(group) > 1)


def folded(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def gaps(numbers: Iterable[int]) -> str:
    """The numbers that are left out, in words; empty when none is."""
    present = set(numbers)
    missing = sorted(set(range(1, max(present, default=0))) - present)
    rest = "…" if len(missing) > MOST_NAMED else ""
    return pgettext("numbers", ", ").join(map(str, missing[:MOST_NAMED])) + rest


def code(topic: Topic) -> str:
    return f"{topic.track.code}-{topic.number}"


def named(topic: Topic) -> str:
    title = topic.title if len(topic.title) <= LONGEST_QUOTED else f"{topic.title[:LONGEST_QUOTED]}…"
    return _("%(code)s “%(title)s”") % {"code": code(topic), "title": title}


def topic_page(topic: Topic) -> str:
    return reverse("admin:tracks_topic_change", args=[topic.pk])


def topics_page(track: Track) -> str:
    return f"{reverse('admin:tracks_topic_changelist')}?track__id__exact={track.pk}"
