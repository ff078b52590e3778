"""Entries that resemble each other, and what was found about them."""

from __future__ import annotations

from typing import Any

from submissions.models import NearPair, Submission
from submissions.services.near_comparing import find_near
from tests.factories.submissions import SubmissionFactory, TeamFactory, VersionFactory, write
from tests.factories.tracks import CompetitionFactory, TopicFactory, TrackFactory
from tests.made_entries import Maker

LENGTH = 900


def texts(seed: int = 1) -> tuple[str, str]:
    """One, and another that has nothing to do with it."""
    maker = Maker(seed)
    one, other = maker.honest(length=LENGTH), maker.honest(length=LENGTH)
    return "\n".join(one.texts.values()), "\n".join(other.texts.values())


COPIED, OWN = texts()


def entry(track: Any, abstract: str = COPIED, **fields: Any) -> Submission:
    team = fields.pop("team", None) or TeamFactory(competition=track.competition)
    topic = fields.pop("topic", None) or TopicFactory(track=track)
    return SubmissionFactory(team=team, topic=topic, abstract=abstract, **{"submitted": True, **fields})


def two_tracks() -> tuple[Any, Any]:
    competition = CompetitionFactory(open=True)
    return TrackFactory(competition=competition), TrackFactory(competition=competition)


def submit_anew(row: Submission, abstract: str) -> Any:
    write(row, abstract=abstract)
    return VersionFactory(submission=row)


def pairs() -> list[tuple[int, int]]:
    """What is known now, after everything that waited has been compared."""
    assert find_near() is False
    return sorted(NearPair.objects.values_list("first", "second"))
