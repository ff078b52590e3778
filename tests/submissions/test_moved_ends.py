"""An organizer moves the end while teams submit: each receipt stands in the trail before the move that would refuse it.

On SQLite whoever writes is alone from the beginning of the transaction, so there the twin shows no harm.
"""

from __future__ import annotations

from datetime import timedelta
from threading import Event

import pytest
from django.db import connection
from django.db.models import DateTimeField, Value
from django.utils import timezone

from portal.core.models import AuditEntry
from submissions import services, windows
from submissions.models import LateAttempt, Receipt
from tests.factories.submissions import ExtensionFactory, TeamFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory
from tests.race import race
from tests.submissions.people import complete_draft, submit
from tracks.enums import StageKind
from tracks.services import set_stage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
RIVALS = 5


@pytest.fixture
def competition():
    return CompetitionFactory(open=True)


@pytest.fixture
def organizer(competition):
    return OrganizerFactory(competition=competition).user


def drafts_of(competition, count):
    topic = TopicFactory(track__competition=competition)
    return [complete_draft(team=TeamFactory(competition=competition), topic=topic) for _team in range(count)]


def end_now(competition, organizer):
    """The end is set to a moment before all that arrives in these tests."""
    stage = competition.stages.get(kind=StageKind.SUBMISSION)
    ends = timezone.now() - timedelta(minutes=10)
    return set_stage(competition, actor=organizer, kind=stage.kind, opens_at=stage.opens_at, closes_at=ends)


def receipts_after_the_move():
    moved = AuditEntry.objects.get(action="set_window").sequence
    return AuditEntry.objects.filter(action="issue_receipt", sequence__gt=moved).count()


def test_no_receipt_comes_after_the_move_that_would_have_refused_it(competition, organizer):
    drafts = drafts_of(competition, RIVALS)

    race(
        [
            *(lambda draft=draft: services.hand_in(draft, **captained(draft)) for draft in drafts),
            lambda: end_now(competition, organizer),
        ]
    )

    kept = Receipt.objects.count() + LateAttempt.objects.count()
    assert (receipts_after_the_move(), kept) == (0, RIVALS)


def captained(draft):
    return {
        "actor": draft.team.members.get(role="captain").user,
        "expected_version": type(draft).objects.get(pk=draft.pk).draft_version,
    }


def test_without_the_lock_a_receipt_comes_after_the_move(competition, organizer, monkeypatch):
    (draft,) = drafts_of(competition, 1)
    has_looked, has_moved = Event(), Event()
    waits = connection.features.has_select_for_update

    def look(rows, **beside):
        found = list(rows.annotate(**{name: Value(None, DateTimeField()) for name in beside}))
        has_looked.set()
        if waits:
            has_moved.wait(timeout=60)
        return found

    def move():
        has_looked.wait(timeout=60)
        end_now(competition, organizer)
        has_moved.set()

    monkeypatch.setattr(windows, "shared", look)
    if not waits:
        # Whoever is alone has read the stage with the entry, and holds nothing.
        has_looked.set()
    race([lambda: submit(draft), move])

    assert receipts_after_the_move() == (1 if waits else 0)


def test_time_that_is_taken_back_waits_for_whoever_submits_with_it(competition, organizer):
    (draft,) = drafts_of(competition, 1)
    end_now(competition, organizer)
    extension = ExtensionFactory(team=draft.team)

    race([lambda: submit(draft), lambda: services.revoke_extension(extension, actor=organizer, reason="误批")])

    taken = AuditEntry.objects.get(action="revoke_extension").sequence
    assert not AuditEntry.objects.filter(action="issue_receipt", sequence__gt=taken).exists()


def test_the_receipt_says_by_which_rule_although_the_end_has_moved_since(competition, organizer):
    (draft,) = drafts_of(competition, 1)
    receipt = submit(draft)
    end_now(competition, organizer)

    assert Receipt.objects.get().document == receipt.document
