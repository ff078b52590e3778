"""The front page of a competition: what it is, what is open, what one can do."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.db.models import DateTimeField, Exists, OuterRef
from django.urls import reverse
from django.utils.translation import pgettext

from judging.models import Award
from portal.core.people import Person
from portal.core.prepared import Asker, Given, Prepared
from portal.dashboards.calendar import PlacedStage, clock_minute, closing_next, opening_next, place
from submissions.models import Team
from tracks.enums import StageKind
from tracks.models import Announcement, Competition, Stage, Track

NEWS = 3
ENTERING = {StageKind.REGISTRATION, StageKind.SUBMISSION}


class Front(NamedTuple):
    stages: Prepared[Stage]
    tracks: Prepared[Track]
    news: Prepared[Announcement]


def for_choosing(user: Person, now: datetime) -> list[Competition]:
    """Those that ``user`` may see, what is going on first, with what the front page of each says of it."""
    return _for_choosing(Asker.of(user)).ask(user=user.pk, now=now)


def front_page(competition: Competition, *, user: Person, now: datetime) -> dict[str, Any]:
    rows, told = _front(Asker.of(user)), {"user": user.pk, "competition": competition.pk, "now": now}
    stages = place(rows.stages.ask(**told), now)
    closing, opening = closing_next(stages), opening_next(stages)
    tracks: list[Any] = rows.tracks.ask(**told)
    return {
        "competition": competition,
        "competition_nav": {"results_url": results_url(competition, user)},
        "paragraphs": [line for line in competition.introduction.splitlines() if line.strip()],
        "stages": stages,
        "closing": closing,
        "closing_names": _names(closing),
        "opening": opening,
        "opening_names": _names(opening),
        "can_enter": any(stage.phase == "now" and stage.kind in ENTERING for stage in stages),
        "tracks": tracks,
        "topic_count": sum(track.topic_count for track in tracks),
        "has_team": has_team(competition, user),
        "news": rows.news.ask(**told),
        "now": clock_minute(now),
    }


def chooser(found: list[Competition], current: list[Competition], *, now: datetime) -> dict[str, Any]:
    return {"current": current, "others": [row for row in found if row not in current], "now": now}


def with_results(competitions: Any, user: Person) -> Any:
    """``has_results``: are there any that ``user`` may see?"""
    awards = Award.objects.visible_to(user).filter(publication__round__competition=OuterRef("pk"))
    return competitions.annotate(has_results=Exists(awards))


def results_url(competition: Competition, user: Person) -> str:
    """Where the published results are, or nothing as long as there are none."""
    has_results = getattr(competition, "has_results", None)
    if has_results is None:
        has_results = bool(_an_award(Asker.of(user)).ask(user=user.pk, competition=competition.pk))
    return reverse("judging:results", args=[competition.slug]) if has_results else ""


@cache
def _an_award(asker: Asker) -> Prepared[int]:
    """Every page of a competition asks whether its menu leads to results."""
    awards = Award.objects.visible_to(asker).filter(publication__round__competition=Given("competition"))
    return Prepared(awards.order_by().values_list("pk", flat=True)[:1])


@cache
def _for_choosing(asker: Asker) -> Prepared[Competition]:
    now = Given("now", DateTimeField())
    visible = with_results(Competition.objects.visible_to(asker), asker)
    return Prepared(visible.with_contents(asker, now).for_choosing(now))


@cache
def _front(asker: Asker) -> Front:
    now: Any = Given("now", DateTimeField())
    here = Given("competition")
    tracks = Track.objects.visible_to(asker).filter(competition=here).with_topic_count().order_by("number")
    news = Announcement.objects.visible_to(asker, now=now).filter(competition=here).for_listing()
    stages = Stage.objects.visible_to(asker).filter(competition=here)
    return Front(Prepared(stages), Prepared(tracks), Prepared(news[:NEWS]))


def has_team(competition: Competition, user: Person) -> bool:
    return user.is_authenticated and Team.objects.of_member(user).filter(competition=competition).exists()


def _names(stages: list[PlacedStage]) -> str:
    return pgettext("between the items of a list", ", ").join(stage.name for stage in stages)
