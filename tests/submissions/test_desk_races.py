"""Members of a team at the same moment: comments up to the limit, the same document asked for by all."""

import pytest
from django.db import connection

from portal.notifications.models import Outbox
from submissions import services
from submissions.enums import Edition, RenditionKind
from submissions.models import Comment, Rendition
from submissions.services import comments
from tests.factories.submissions import CommentFactory, SubmissionFactory, TeamMemberFactory, captain_of
from tests.race import race
from tests.submissions.test_races import meeting_point, then_wait

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
RIVALS = 6


@pytest.fixture
def nearly_full(monkeypatch):
    """Room for one more."""
    monkeypatch.setattr(comments, "MOST_AN_ENTRY", 2)
    return CommentFactory().submission


def all_comment(entry):
    captain = captain_of(entry.team)
    return race(
        [lambda n=n: services.add_comment(entry, actor=captain, section="", text=f"第{n}条") for n in range(RIVALS)]
    )


def test_however_many_comment_at_once_there_are_never_too_many(nearly_full):
    all_comment(nearly_full)

    assert Comment.objects.count() == 2


def test_without_the_lock_there_are_too_many(nearly_full, monkeypatch):
    monkeypatch.setattr(comments, "lock_talk", lambda submission: None)
    monkeypatch.setattr(comments, "comment_count", then_wait(comments.comment_count, meeting_point(RIVALS)))

    all_comment(nearly_full)

    assert Comment.objects.count() == (RIVALS + 1 if connection.features.has_select_for_update else 2)


def test_the_same_document_asked_for_by_all_at_once_is_made_once():
    entry = SubmissionFactory()
    people = [TeamMemberFactory(team=entry.team).user for _ in range(RIVALS)]
    wanted = {"kind": RenditionKind.PDF, "edition": Edition.TEAM}

    found = race([lambda each=each: services.request_rendition(entry, actor=each, **wanted) for each in people])

    assert set(found) == {Rendition.objects.get()}
    assert Outbox.objects.filter(kind="submissions.rendition").count() == 1
