"""Which chain a line goes into, what it is found by, and how much of the same the trail is told."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.core import audit, audit_check
from portal.core.audit import ACCESS, Limit, Thing
from portal.core.context import current_real_actor
from portal.core.models import AuditEntry, AuditHead
from tests.factories.accounts import UserFactory
from tests.factories.submissions import SubmissionFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory
from tests.race import race

pytestmark = [pytest.mark.database, pytest.mark.django_db]
SOMETHING = Thing("core.test", "1")


def test_a_line_knows_competition_and_track_of_what_it_is_about():
    entry = SubmissionFactory()

    line = audit.record("attach", entry, actor=None)

    assert (line.competition_id, line.track_id) == (entry.team.competition_id, entry.track_id)


def test_a_line_about_a_role_knows_whose_it_is():
    role = OrganizerFactory()

    assert audit.record("appoint", role, actor=None).person_id == role.user_id


def test_what_was_read_goes_into_a_chain_beside_the_competitions():
    competition = CompetitionFactory()

    line = audit.record("read", competition, actor=None, scope=audit.reading_scope(competition))

    assert (line.scope, line.competition_id) == (f"reading:{competition.pk}", competition.pk)


def test_what_belongs_to_no_competition_is_read_in_the_chain_of_accounts():
    assert audit.reading_scope(UserFactory()) == ACCESS


@pytest.mark.parametrize("scope", ["site", "access", "competition:x", "competition:1:2", ""])
def test_other_chains_are_no_competitions(scope):
    assert audit.competition_of(scope) is None


def test_who_acts_for_somebody_stands_beside_them():
    person, admin = UserFactory(), UserFactory()
    token = current_real_actor.set(admin.pk)
    lines = [audit.record("step", SOMETHING, actor=each) for each in (person, admin, None)]
    current_real_actor.reset(token)

    assert [line.real_actor_id for line in lines] == [admin.pk, None, None]


@pytest.mark.parametrize("column", ["real_actor_id", "person_id", "track_id"])
def test_the_hash_covers_the_columns_that_came_later(column):
    line = audit.record("step", SOMETHING, actor=None)
    setattr(line, column, 7)

    assert audit.digest(line) != line.hash


def test_lines_from_before_those_columns_keep_their_hash():
    """Made by the portal as it was before they came."""
    old = AuditEntry(
        scope="site",
        sequence=1,
        at=datetime(2026, 7, 1, tzinfo=UTC),
        action="step",
        object_type="core.test",
        object_id="1",
        previous_hash=audit.GENESIS,
    )

    assert audit.digest(old) == "3aaedb687a83840dcd59974a324762f3be83b4966513bed6d8c46487bd1a54c4"


def test_no_more_lines_than_the_limit():
    lines = [audit.record_sparingly(Limit(3), "step", SOMETHING, actor=None, scope=ACCESS) for _ in range(5)]

    assert [line is not None for line in lines] == [True, True, True, False, False]


def test_the_limit_is_for_each_person_thing_and_action():
    person = UserFactory()
    limit = Limit(1)
    audit.record_sparingly(limit, "step", SOMETHING, actor=None, scope=ACCESS)

    others = [("step", SOMETHING, person), ("step", Thing("core.test", "2"), None), ("other", SOMETHING, None)]

    for action, thing, actor in others:
        assert audit.record_sparingly(limit, action, thing, actor=actor, scope=ACCESS) is not None


def test_after_its_time_the_limit_is_new(time_machine):
    time_machine.move_to("2026-07-01T12:00:00Z", tick=False)
    limit = Limit(1, timedelta(hours=1))
    audit.record_sparingly(limit, "step", SOMETHING, actor=None, scope=ACCESS)
    time_machine.shift(3600)

    assert audit.record_sparingly(limit, "step", SOMETHING, actor=None, scope=ACCESS) is not None


def test_twenty_first_lines_at_once_make_one_chain(transactional_db):
    race([lambda: audit.record("step", SOMETHING, actor=None, scope=ACCESS)] * 20)

    assert (AuditHead.objects.get(scope=ACCESS).sequence, audit_check.verify()) == (20, [])


def test_of_many_at_once_no_more_get_in_than_the_limit_allows(transactional_db):
    race([lambda: audit.record_sparingly(Limit(3), "step", SOMETHING, actor=None, scope=ACCESS)] * 12)

    assert AuditEntry.objects.count() == 3


def test_counted_without_the_chain_at_hand_more_get_in(transactional_db, monkeypatch):
    """The twin: what is asked before the lock alone lets everybody in who asks at the same moment."""
    asked_first = [False] * 12
    monkeypatch.setattr(audit, "_is_reached", lambda limit, entry: asked_first.pop() if asked_first else False)

    race([lambda: audit.record_sparingly(Limit(3), "step", SOMETHING, actor=None, scope=ACCESS)] * 12)

    assert AuditEntry.objects.count() == 12
