"""More rows of kinds that the world has, each set hidden from some: what they are shown must not change by it."""

from __future__ import annotations

from collections.abc import Callable

from portal.core import audit
from tests.factories.accounts import ExportFactory
from tests.factories.judging import (
    AssignmentFactory,
    ConflictFactory,
    DecisionFactory,
    JudgeFactory,
    RankingEntryFactory,
    RankingFactory,
    ReviewFactory,
    RoundFactory,
)
from tests.factories.submissions import (
    CommentFactory,
    ExtensionFactory,
    InvitationFactory,
    RenditionFactory,
    SubmissionFactory,
    TeamFactory,
)
from tests.factories.tracks import (
    AnnouncementFactory,
    CompetitionFactory,
    DocumentFactory,
    OrganizerFactory,
    QuestionFactory,
    StageFactory,
    TopicFactory,
    TrackFactory,
)
from tests.visibility.actors import RUN, RUN_1, RUN_2, RUN_BETA, SITE, people
from tests.visibility.world.building import World
from tests.visibility.world.entries import near
from tracks.enums import StageKind

GAMMA = people("OR TI SU SE")
Adding = Callable[[World], None]


def add_all_hidden_from(world: World, actor: str) -> None:
    for add, readers in ADDITIONS:
        if actor not in readers:
            add(world)


def _unpublished_competition(world: World) -> None:
    made = CompetitionFactory(is_published=False, open=True, year=2027)
    TopicFactory(track__competition=made)
    OrganizerFactory(competition=made)


def _in_preparation(world: World) -> None:
    TopicFactory(track=TrackFactory(competition=world.gamma))
    StageFactory(competition=world.gamma, kind=StageKind.PUBLICITY)
    for factory in (AnnouncementFactory, DocumentFactory, QuestionFactory):
        factory(competition=world.gamma)


def _unpublished_news(world: World) -> None:
    for factory in (AnnouncementFactory, DocumentFactory, QuestionFactory):
        factory(competition=world.alpha, published_at=None)


def _unpublished_news_of_beta(world: World) -> None:
    for factory in (AnnouncementFactory, DocumentFactory, QuestionFactory):
        factory(competition=world.beta, published_at=None)


def _team_that_begins(world: World) -> None:
    team = TeamFactory(competition=world.alpha)
    entry = SubmissionFactory(team=team, topic=world.topic)
    CommentFactory(submission=entry)
    RenditionFactory(submission=entry)
    InvitationFactory(team=team)
    ExtensionFactory(team=team)


def _entry_in_track_1(world: World) -> None:
    SubmissionFactory(team__competition=world.alpha, topic=world.topic, submitted=True)


def _entry_in_track_2(world: World) -> None:
    SubmissionFactory(team__competition=world.alpha, topic=world.topic2, submitted=True)


def _near_in_track_2(world: World) -> None:
    made = SubmissionFactory(team__competition=world.alpha, topic=world.topic2, submitted=True)
    near(world.elsewhere, made)


def _entry_in_beta(world: World) -> None:
    SubmissionFactory(team__competition=world.beta, topic=world.beta_topic, submitted=True)


def _round(world: World) -> None:
    made = RoundFactory(competition=world.alpha)
    audit.record("open", made, actor=world.users["J2"], reason="另一轮")


def _round_of_beta(world: World) -> None:
    made = RoundFactory(competition=world.beta, open=True)
    entry = world.beta_entry
    AssignmentFactory(round=made, submission=entry, version=entry.version, judge=world.judge_beta)
    audit.record("open", made, actor=world.users["J2"], reason="另一轮")


def _judging(world: World) -> None:
    judge = JudgeFactory(competition=world.alpha)
    owed = {"round": world.open, "submission": world.rival, "version": world.rival.version}
    ReviewFactory(assignment=AssignmentFactory(judge=judge, **owed), points=[70])
    ConflictFactory(judge=judge, submission=world.judged)


def _ranking(world: World) -> None:
    ranking = RankingFactory(round=RoundFactory(competition=world.alpha, closed=True))
    DecisionFactory(entry=RankingEntryFactory(ranking=ranking, submission=world.ranked, review=False))


def _somebodys_own(world: World) -> None:
    ExportFactory(user=world.users["J2"], ready=True)


# What is added, and who may notice.
ADDITIONS: list[tuple[Adding, frozenset[str]]] = [
    (_unpublished_competition, SITE),
    (_in_preparation, GAMMA),
    (_unpublished_news, RUN),
    (_unpublished_news_of_beta, RUN_BETA),
    (_team_that_begins, RUN),
    (_entry_in_track_1, RUN_1),
    (_entry_in_track_2, RUN_2),
    (_near_in_track_2, RUN_2),
    (_entry_in_beta, RUN_BETA),
    (_round, RUN),
    (_round_of_beta, RUN_BETA),
    (_judging, RUN),
    (_ranking, RUN),
    (_somebodys_own, SITE),
]
