import pytest
from django.utils import timezone

from portal.core.errors import TransitionNotAllowed
from portal.core.lifecycle import Lifecycle, move
from portal.core.models import AuditEntry
from portal.notifications.enums import OutboxStatus as S
from portal.notifications.models import Outbox
from tests.race import race

# The outbox has no lifecycle of its own; its rows are the plainest ones with a status to try the engine on.
LIFECYCLE = Lifecycle(
    move("finish", sources={S.WAITING}, target=S.DONE), move("revive", sources={S.DEAD}, target=S.WAITING)
)
RIVALS = 8

pytestmark = pytest.mark.makeshift("rows of no real kind")


@pytest.fixture
def row(db):
    return Outbox.objects.create(kind="test", key="row")


@pytest.fixture
def shared_row(transactional_db):
    return Outbox.objects.create(kind="test", key="row")


def finish(row):
    return LIFECYCLE.apply(row, "finish", actor=None, done_at=timezone.now())


@pytest.mark.database
def test_a_move_changes_the_row(row):
    finish(row)

    row.refresh_from_db()
    assert row.status == S.DONE


@pytest.mark.database
def test_a_move_writes_what_goes_with_it(row):
    finish(row)

    row.refresh_from_db()
    assert row.done_at is not None


@pytest.mark.database
def test_a_move_leaves_an_audit_line(row):
    LIFECYCLE.apply(row, "finish", actor=None, reason="because", done_at=timezone.now())

    entry = AuditEntry.objects.get(object_type="notifications.outbox", object_id=str(row.pk))
    assert (entry.action, entry.before, entry.after, entry.reason) == (
        "finish",
        {"status": "waiting"},
        {"status": "done"},
        "because",
    )


@pytest.mark.database
def test_a_move_from_elsewhere_is_refused(row):
    with pytest.raises(TransitionNotAllowed):
        LIFECYCLE.apply(row, "revive", actor=None)


@pytest.mark.database
def test_a_refused_move_leaves_no_audit_line(row):
    with pytest.raises(TransitionNotAllowed):
        LIFECYCLE.apply(row, "revive", actor=None)

    assert not AuditEntry.objects.exists()


@pytest.mark.database
def test_a_stale_copy_loses(row):
    stale = Outbox.objects.get(pk=row.pk)
    finish(row)

    with pytest.raises(TransitionNotAllowed):
        finish(stale)


@pytest.mark.database
def test_of_rivals_one_wins(shared_row):
    copies = [Outbox.objects.get(pk=shared_row.pk) for _rival in range(RIVALS)]

    results = race([lambda copy=copy: finish(copy) for copy in copies])

    assert sum(isinstance(result, Outbox) for result in results) == 1


@pytest.mark.database
def test_of_rivals_one_is_in_the_audit_trail(shared_row):
    copies = [Outbox.objects.get(pk=shared_row.pk) for _rival in range(RIVALS)]

    race([lambda copy=copy: finish(copy) for copy in copies])

    assert AuditEntry.objects.filter(action="finish").count() == 1


def test_without_the_status_in_the_where_all_rivals_win(shared_row):
    """The twin: read, check, save. It shows that the race above is a real one."""

    def read_check_save(copy):
        if LIFECYCLE.allows(copy, "finish"):
            copy.status, copy.done_at = S.DONE, timezone.now()
            copy.save()
            return copy
        raise TransitionNotAllowed

    copies = [Outbox.objects.get(pk=shared_row.pk) for _rival in range(RIVALS)]

    results = race([lambda copy=copy: read_check_save(copy) for copy in copies])

    assert sum(isinstance(result, Outbox) for result in results) == RIVALS


def test_open_to_names_the_moves_that_are_possible(row):
    assert list(LIFECYCLE.open_to(row)) == ["finish"]
