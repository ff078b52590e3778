"""The front page of a competition: what it is, what is open, what one can do."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
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


def front_page(competition: Competition, *, user: Person, now: datetime) -> dict[str, Any]:
    stages = place(Stage.objects.visible_to(user).filter(competition=competition), now)
    closing, opening = closing_next(stages), opening_next(stages)
    news = Announcement.objects.visible_to(user, now=now).filter(competition=competition).for_listing()
    tracks = list(Track.objects.visible_to(user).filter(competition=competition).with_topic_count().order_by("number"))
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
        "news": list(news[:NEWS]),
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
    if has_results is None and user.is_authenticated:
        has_results = bool(_an_award(Asker.of(user)).ask(user=user.pk, competition=competition.pk))
    elif has_results is None:
        has_results = _awards(user, competition).exists()
    return reverse("judging:results", args=[competition.slug]) if has_results else ""


def _awards(user: Person, competition: Any) -> QuerySet[Award]:
    return Award.objects.visible_to(user).filter(publication__round__competition=competition)  # type: ignore[no-any-return]


@cache
def _an_award(asker: Asker) -> Prepared[int]:
    """Every page of a competition asks whether its menu leads to results."""
    return Prepared(_awards(asker, Given("competition")).order_by().values_list("pk", flat=True)[:1])


def has_team(competition: Competition, user: Person) -> bool:
    return user.is_authenticated and Team.objects.of_member(user).filter(competition=competition).exists()


def _names(stages: list[PlacedStage]) -> str:
    return pgettext("between the items of a list", ", ").join(stage.name for stage in stages)
