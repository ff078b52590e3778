from datetime import timedelta
from threading import local
from types import SimpleNamespace

import pytest
from django.core import mail as outgoing
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from portal.notifications import registry, relay, services, tasks
from portal.notifications.enums import OutboxStatus
from portal.notifications.models import Outbox
from tests.race import meeting_point, race, then_wait

pytestmark = [pytest.mark.database, pytest.mark.makeshift("rows and lines of no real kind")]


@pytest.fixture
def carried_out(monkeypatch):
    """The keys of the rows of kind "note" that were carried out, in order."""
    keys = []
    monkeypatch.setitem(registry.HANDLERS, "note", registry.Handler(lambda *, key, **_: keys.append(key), False))
    monkeypatch.setitem(registry.HANDLERS, "poison", registry.Handler(fail, False))
    return keys


def fail(*, key, **_payload):
    raise ValueError("poisoned")


def put(key="one", kind="note", **options):
    services.enqueue(kind, key=key, payload={}, **options)


def test_what_is_due_is_carried_out(db, carried_out):
    put()
    relay.drain()

    assert carried_out == ["one"]


def test_what_is_done_is_not_carried_out_again(db, carried_out):
    put()
    relay.drain()
    relay.drain()

    assert carried_out == ["one"]


def test_the_same_key_is_one_row(db, carried_out):
    put()
    put()
    relay.drain()

    assert carried_out == ["one"]


def test_what_is_for_later_waits(db, carried_out):
    put(available_at=timezone.now() + timedelta(hours=1))
    relay.drain()

    assert carried_out == []


def test_what_was_for_later_comes(db, carried_out):
    put(available_at=timezone.now() + timedelta(hours=1))
    relay.drain(now=timezone.now() + timedelta(hours=1))

    assert carried_out == ["one"]


def test_a_poisoned_row_lets_the_next_pass(db, carried_out):
    put("bad", kind="poison")
    put("good")
    relay.drain()

    assert carried_out == ["good"]


def test_what_was_carried_out_is_done_though_the_next_cannot_be_claimed(db, carried_out, monkeypatch):
    put("one")
    take = relay._take

    def take_one(now):
        if carried_out:
            raise DatabaseError("deadlock detected")
        return take(now)

    monkeypatch.setattr(relay, "_take", take_one)
    with pytest.raises(DatabaseError, match="deadlock"):
        relay.drain()

    assert Outbox.objects.get(key="one").status == OutboxStatus.DONE


def test_a_failure_is_tried_later(db, carried_out):
    put("bad", kind="poison")
    relay.drain()

    row = Outbox.objects.get()
    assert (row.status, row.last_error, row.available_at > timezone.now()) == (
        OutboxStatus.WAITING,
        "ValueError: poisoned",
        True,
    )


def test_after_the_last_attempt_a_row_is_given_up(db, carried_out):
    put("bad", kind="poison")
    Outbox.objects.update(attempts=relay.MAX_ATTEMPTS - 1)
    relay.drain()

    assert Outbox.objects.get().status == OutboxStatus.DEAD


def test_an_unknown_kind_is_a_failure_like_any_other(db, carried_out):
    put("odd", kind="nobody knows")
    relay.drain()

    assert Outbox.objects.get().last_error.startswith("KeyError")


def test_a_row_under_a_lease_is_left_alone(db, carried_out):
    put()
    Outbox.objects.update(lease_until=timezone.now() + timedelta(seconds=30))
    relay.drain()

    assert carried_out == []


def test_a_lease_that_ran_out_is_taken_over(db, carried_out):
    put()
    Outbox.objects.update(lease_until=timezone.now())
    relay.drain()

    assert carried_out == ["one"]


def test_a_row_that_killed_its_worker_each_time_is_given_up(db, carried_out):
    put("deadly")
    put("next")
    Outbox.objects.filter(key="deadly").update(attempts=relay.MAX_ATTEMPTS, lease_until=timezone.now())
    relay.drain()

    assert (carried_out, Outbox.objects.get(key="deadly").status) == (["next"], OutboxStatus.DEAD)


def test_a_row_that_kills_its_worker_lets_others_go_first(db, carried_out):
    put("deadly")
    relay._claim_next(timezone.now())  # and there the worker died
    put("next")
    Outbox.objects.filter(key="deadly").update(lease_until=timezone.now())
    relay.drain()

    assert carried_out == ["next"]


def test_a_secret_is_forgotten_once_it_is_sent(db):
    services.enqueue_mail(key="m", to="li@example.cn", subject="s", body="https://example.cn/open", is_secret=True)
    relay.drain()

    assert Outbox.objects.get().payload == {}


def test_a_mail_goes_out_with_an_id_that_follows_from_its_key(db):
    services.enqueue_mail(key="m", to="li@example.cn", subject="s", body="b")
    relay.drain()
    Outbox.objects.update(status=OutboxStatus.WAITING, done_at=None, available_at=timezone.now())
    relay.drain()

    ids = [message.extra_headers["Message-ID"] for message in outgoing.outbox]
    assert (len(ids), len(set(ids))) == (2, 1)


def test_what_is_undone_leaves_nothing_in_the_outbox(db):
    with transaction.atomic():
        put()
        transaction.set_rollback(True)

    assert not Outbox.objects.exists()


def test_the_bell_rings_after_the_commit(db, monkeypatch, django_capture_on_commit_callbacks):
    rings = []
    monkeypatch.setattr(tasks, "ring", lambda: rings.append("ring"))

    with django_capture_on_commit_callbacks(execute=True):
        put()
        assert rings == []

    assert rings == ["ring"]


def test_a_dead_broker_does_not_hurt_the_deed(db, monkeypatch, django_capture_on_commit_callbacks):
    def refuse(**_options):
        raise ConnectionError

    monkeypatch.setattr(tasks.drain_outbox, "apply_async", refuse)

    with django_capture_on_commit_callbacks(execute=True):
        put()

    assert Outbox.objects.get().status == OutboxStatus.WAITING


def test_of_many_workers_one_takes_each_row(transactional_db, carried_out):
    for number in range(12):
        put(f"row-{number}")

    race([relay.drain] * 4)

    assert sorted(carried_out) == sorted(f"row-{number}" for number in range(12))


def test_without_the_lock_rows_are_taken_twice(transactional_db, carried_out, monkeypatch):
    """The twin: workers that read and then write what they claim."""
    if connection.vendor == "sqlite":
        assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"  # the lock there
        return
    monkeypatch.setattr(relay, "_due", each_waits_once(relay._due(is_locked=False).first))
    for number in range(12):
        put(f"row-{number}")

    race([relay.drain] * 4)

    assert carried_out.count("row-0") == 4


def each_waits_once(look):
    """Looked at without a lock: nobody takes a row before all four have looked once."""
    mine, meet = local(), then_wait(look, meeting_point(4))

    def first(**given):
        has_looked, mine.has_looked = getattr(mine, "has_looked", False), True
        return (look if has_looked else meet)(**given)

    return lambda *, is_locked: SimpleNamespace(first=first)
