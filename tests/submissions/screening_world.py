"""A contest whose form has enough parts to open some and close others, and an entry that was submitted to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from submissions import services
from submissions.models import Correction, Screening, ScreeningPlan, Submission
from tests.factories.answers import fill_in
from tests.factories.forms import options, publish, section, slot
from tests.factories.submissions import SubmissionFactory, TeamFactory, captain_of
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory
from tests.submissions.people import close, submit
from tracks.enums import StageKind

REASON = "申报书第 3 页缺少盖章，数据来源表与正文不一致。"
STAGE = section("stage", "choice", options=options("pilot", "live"), is_required=True)
# Asked only of what is live already.
USERS = section("users", "line", is_required=True, shown_if={"section": "stage", "values": ["live"]})


def contest() -> Any:
    competition = CompetitionFactory(open=True)
    publish(
        competition,
        section("need", is_required=True),
        section("method", is_required=True),
        STAGE,
        USERS,
        slots=[slot("proposal", is_required=True), slot("seal")],
    )
    return competition


def submitted_entry(competition: Any = None, **fields: Any) -> Submission:
    """Version 1: stage says "pilot", so users isn't asked."""
    competition = competition or contest()
    if "topic" not in fields:
        fields["topic"] = TopicFactory(track__competition=competition)
    entry = SubmissionFactory(team=TeamFactory(competition=competition), abstract="", **fields)
    fill_in(entry, actor=captain_of(entry.team))
    submit(entry)
    return Submission.objects.get(pk=entry.pk)


def organizer_of(entry: Submission, **fields: Any) -> Any:
    return OrganizerFactory(competition=entry.team.competition, **fields).user


def plan_of(entry: Submission, **fields: Any) -> ScreeningPlan:
    return ScreeningPlan.objects.create(competition=entry.team.competition, **fields)


def returned(entry: Submission, *sections: str, slots: Any = (), actor: Any = None, **given: Any) -> Screening:
    """The stage of submitting is over by then."""
    close(entry.team.competition, StageKind.SUBMISSION)
    wanted = {
        "version": entry.versions.count(),
        "reason": REASON,
        "sections": sections,
        "slots": slots,
        "closes_at": timezone.now() + timedelta(days=5),
        **given,
    }
    return services.return_for_correction(entry, actor=actor or organizer_of(entry), **wanted)


def let_pass(entry: Submission) -> None:
    """The end of its correction was a minute ago."""
    Correction.objects.filter(screening__version__submission=entry).update(
        closes_at=timezone.now() - timedelta(minutes=1)
    )
