from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from portal.core import audit, audit_check
from portal.core.models import AuditEntry, AuditHead
from portal.notifications.models import Outbox
from tests.append_only import changes_allowed
from tests.race import meeting_point, race, then_wait

pytestmark = [pytest.mark.database, pytest.mark.makeshift("rows and lines of no real kind")]


@pytest.fixture
def subject(db):
    return Outbox.objects.create(kind="test", key="subject")


@pytest.fixture
def trail(subject):
    return [audit.record(f"step_{number}", subject, actor=None, after={"字": number}) for number in range(4)]


def tamper(**changes):
    with changes_allowed(connection):
        AuditEntry.objects.filter(sequence=2).update(**changes)


def test_lines_are_numbered_without_gaps(trail):
    assert [entry.sequence for entry in trail] == [1, 2, 3, 4]


def test_each_line_names_the_one_before(trail):
    assert [entry.previous_hash for entry in trail] == [audit.GENESIS, *(entry.hash for entry in trail[:-1])]


def test_an_untouched_trail_holds(trail):
    assert audit_check.verify() == []


def test_the_database_refuses_to_change_a_line(trail):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(sequence=2).update(reason="nothing happened")


def test_the_database_refuses_to_delete_a_line(trail):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(sequence=2).delete()


@pytest.mark.parametrize(
    "changes",
    [
        {"actor_id": 70_000_007},
        {"action": "other"},
        {"after": {"字": 9}},
        {"reason": "x"},
        {"object_id": "none of the rows"},
        {"request_id": "r"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_changed_line_is_found(trail, changes):
    tamper(**changes)

    assert [(found.sequence, found.why) for found in audit_check.verify()] == [(2, "was changed")]


def test_a_removed_line_is_found(trail):
    with changes_allowed(connection):
        AuditEntry.objects.filter(sequence=2).delete()

    assert [(found.sequence, found.why) for found in audit_check.verify()] == [(2, "missing")]


def test_a_cut_end_is_found(trail):
    with changes_allowed(connection):
        AuditEntry.objects.filter(sequence=4).delete()

    assert [found.sequence for found in audit_check.verify()] == [4]


def test_a_line_rewritten_with_a_fitting_hash_breaks_the_next(trail):
    entry = AuditEntry.objects.get(sequence=2)
    entry.reason = "nothing happened"
    tamper(reason=entry.reason, hash=audit.digest(entry))

    assert [found.sequence for found in audit_check.verify()] == [3]


def test_a_missing_head_is_found(trail):
    AuditHead.objects.all().delete()

    assert [found.sequence for found in audit_check.verify()] == [5]


def test_the_command_says_that_the_trail_holds(trail):
    out = StringIO()

    call_command("verify_audit", stdout=out)

    assert "holds" in out.getvalue()


def test_the_command_fails_on_a_broken_trail(trail):
    tamper(reason="x")

    with pytest.raises(CommandError, match="1 place"):
        call_command("verify_audit", stderr=StringIO())


def test_a_line_goes_with_the_deed_that_is_undone(subject):
    with transaction.atomic():
        audit.record("step", subject, actor=None)
        transaction.set_rollback(True)

    assert not AuditEntry.objects.exists()


def test_rivals_write_one_chain(transactional_db):
    subject = Outbox.objects.create(kind="test", key="subject")

    race([lambda: audit.record("step", subject, actor=None)] * 8)

    assert (AuditEntry.objects.count(), audit_check.verify()) == (8, [])


def test_without_the_lock_rivals_break_the_chain(transactional_db, monkeypatch):
    """The twin: the same race with a head that nobody locks."""
    if connection.vendor == "sqlite":
        # There the lock is the database's own: a writer waits for the writer before it, head locked or not.
        assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
        return
    subject = Outbox.objects.create(kind="test", key="subject")
    audit.record("first", subject, actor=None)
    unlocked = then_wait(lambda scope: AuditHead.objects.get(scope=scope), meeting_point(8))
    monkeypatch.setattr(audit, "_locked_head", unlocked)

    race([lambda: audit.record("step", subject, actor=None)] * 8)

    # All took the same number for theirs.
    assert AuditEntry.objects.count() == 2


def test_lines_added_together_are_links_of_the_chain_like_others(trail, subject):
    with transaction.atomic(), audit.together():
        for number in range(3):
            audit.record(f"joint_{number}", subject, actor=None)

    assert [entry.action for entry in AuditEntry.objects.order_by("sequence")][4:] == ["joint_0", "joint_1", "joint_2"]
    assert audit_check.verify() == []


def test_lines_added_together_ask_three_times(trail, subject, django_assert_num_queries):
    with transaction.atomic(), django_assert_num_queries(3), audit.together():
        for number in range(3):
            audit.record(f"joint_{number}", subject, actor=None)


def fail_after_a_line(subject):
    with transaction.atomic(), audit.together():
        audit.record("joint", subject, actor=None)
        raise ZeroDivisionError


def test_of_a_deed_that_fails_no_line_is_added(trail, subject):
    with pytest.raises(ZeroDivisionError):
        fail_after_a_line(subject)
    audit.record("next", subject, actor=None)

    assert (AuditEntry.objects.count(), audit_check.verify()) == (len(trail) + 1, [])


def test_of_a_part_that_fails_and_is_caught_no_line_is_added(trail, subject):
    with transaction.atomic(), audit.together():
        audit.record("before", subject, actor=None)
        with pytest.raises(ZeroDivisionError):
            fail_after_a_line(subject)
        audit.record("after", subject, actor=None)

    assert [entry.action for entry in AuditEntry.objects.order_by("sequence")][4:] == ["before", "after"]


def test_lines_of_two_chains_are_not_added_together(subject):
    def add():
        with transaction.atomic(), audit.together():
            audit.record("here", subject, actor=None, scope="here")
            audit.record("there", subject, actor=None, scope="there")

    with pytest.raises(ValueError, match="one chain"):
        add()
