"""What writers of a competition wait for, and what they let pass."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models.query import QuerySet

from tests.factories.tracks import (
    AnnouncementFactory,
    CompetitionFactory,
    DocumentFactory,
    QuestionFactory,
    TopicFactory,
)
from tests.race import race
from tracks import services
from tracks.models import Stage

OPENS = datetime(2026, 6, 1, tzinfo=UTC)
DEEDS = {
    "announcement written": lambda: services.write_announcement(
        CompetitionFactory(), actor=None, title="通知", body="正文"
    ),
    "announcement": lambda: services.change_announcement(AnnouncementFactory(), actor=None, title="新标题"),
    "question": lambda: services.change_question(QuestionFactory(), actor=None, answer="两个。"),
    "document": lambda: services.change_document(DocumentFactory(), actor=None, title="新标题"),
    "topic": lambda: services.revise_topic(TopicFactory(), actor=None, title="新标题", body="新正文"),
    "competition": lambda: services.change_competition(CompetitionFactory(), actor=None, host="新的主办单位"),
    "stage": lambda: set_window(CompetitionFactory()),
}


def set_window(competition):
    return services.set_stage(
        competition, actor=None, kind="review", opens_at=OPENS, closes_at=OPENS + timedelta(days=1)
    )


@pytest.fixture
def locks(monkeypatch):
    """How each lock of a row in this test was asked for."""
    asked = []
    genuine = QuerySet.select_for_update

    def noting(rows, **how):
        asked.append((rows.model._meta.label, how.get("no_key", False), how.get("of", ())))
        return genuine(rows, **how)

    monkeypatch.setattr(QuerySet, "select_for_update", noting)
    return asked


@pytest.mark.django_db
@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_a_lock_lets_those_pass_who_only_refer_to_the_row(deed, locks):
    deed()

    own = [lock for lock in locks if lock[0].startswith("tracks.")]
    assert {no_key for _label, no_key, _of in own} == {True}


@pytest.mark.django_db
def test_a_topic_is_locked_without_its_track(locks):
    topic = TopicFactory()

    services.revise_topic(topic, actor=None, title="新标题", body="新正文")

    assert [lock for lock in locks if lock[0].startswith("tracks.")] == [("tracks.Topic", True, ())]


@pytest.mark.django_db
def test_a_first_window_waits_at_the_competition(locks):
    set_window(CompetitionFactory())

    assert locks[0][0] == "tracks.Competition"


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_two_who_give_a_stage_its_first_window_at_once_make_one_stage():
    competition = CompetitionFactory()

    outcomes = race([lambda: set_window(competition)] * 2)

    assert [type(outcome) for outcome in outcomes] == [Stage, Stage]
