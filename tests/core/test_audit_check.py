"""The walk through all chains: in one go, in steps, and against what was found earlier."""

import pytest
from django.db import connection

from portal.core import audit, audit_check
from portal.core.audit import ACCESS, GENESIS, Thing
from portal.core.audit_check import Walk
from portal.core.models import AuditEntry, AuditHead
from tests.append_only import changes_allowed

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.makeshift("rows and lines of no real kind")]
SOMETHING = Thing("core.test", "1")


def add(scope, count):
    return [audit.record("step", SOMETHING, actor=None, scope=scope) for _ in range(count)]


def found(walk):
    walk.go_on()
    return [(each.scope, each.sequence, each.why) for each in walk.breaks]


@pytest.fixture
def trail():
    return add(ACCESS, 5) + add("competition:1", 3) + add("site", 1)


def rewritten_to_the_end(scope, first):
    """As somebody would who knows how lines are chained: everything from ``first`` on anew, the head too."""
    with changes_allowed(connection):
        lines = list(AuditEntry.objects.filter(scope=scope).order_by("sequence"))
        before = lines[first - 2].hash if first > 1 else GENESIS
        for line in lines[first - 1 :]:
            line.reason, line.previous_hash = "nothing happened", before
            line.hash = before = audit.digest(line)
            AuditEntry.objects.filter(pk=line.pk).update(
                reason=line.reason, previous_hash=line.previous_hash, hash=line.hash
            )
        AuditHead.objects.filter(scope=scope).update(hash=before)


@pytest.mark.parametrize("most", [1, 2, 4, 9, 10, 100])
def test_steps_of_any_length_see_every_line_once(trail, most):
    walk = Walk()
    while not walk.go_on(most):
        pass

    assert (walk.lines, sorted(walk.ends), walk.breaks) == (9, ["access", "competition:1", "site"], [])


def test_a_step_is_no_longer_than_it_may_be(trail):
    walk = Walk()
    walk.go_on(4)

    assert (walk.lines, walk.position[:2]) == (4, ["access", 4])


def test_lines_that_are_added_meanwhile_are_no_break(trail):
    walk = Walk()
    walk.go_on(4)
    add(ACCESS, 3)
    add("competition:2", 1)

    assert found(walk) == []


def test_a_break_is_found_whichever_step_it_falls_into(trail):
    with changes_allowed(connection):
        AuditEntry.objects.filter(scope="competition:1", sequence=2).update(reason="nothing happened")
    walk = Walk()
    while not walk.go_on(2):
        pass

    assert [(each.scope, each.sequence) for each in walk.breaks] == [("competition:1", 2)]


def test_what_was_rewritten_with_its_head_is_found_by_where_the_chain_once_ended(trail):
    earlier = Walk()
    earlier.go_on()
    rewritten_to_the_end(ACCESS, 3)

    assert found(Walk(earlier=earlier.ends)) == [("access", 5, audit_check.REWRITTEN)]


def test_without_an_earlier_walk_it_would_not_be(trail):
    rewritten_to_the_end(ACCESS, 3)

    assert found(Walk()) == []


def test_a_chain_that_was_cut_with_its_head_is_found_as_well(trail):
    earlier = Walk()
    earlier.go_on()
    with changes_allowed(connection):
        AuditEntry.objects.filter(scope=ACCESS, sequence=5).delete()
        AuditHead.objects.filter(scope=ACCESS).update(sequence=4, hash=trail[3].hash)

    assert found(Walk(earlier=earlier.ends)) == [("access", 5, audit_check.CUT)]


def test_lines_behind_the_head_are_found(trail):
    AuditHead.objects.filter(scope=ACCESS).update(sequence=4, hash=trail[3].hash)

    assert found(Walk()) == [("access", 5, audit_check.OTHER_END)]


def test_a_chain_without_a_head_is_found(trail):
    AuditHead.objects.filter(scope="site").delete()

    assert found(Walk()) == [("site", 2, audit_check.OTHER_END)]


def test_a_line_that_was_moved_out_of_its_competition_is_found(trail):
    with changes_allowed(connection):
        AuditEntry.objects.filter(scope="competition:1", sequence=2).update(competition_id=None)

    assert found(Walk()) == [("competition:1", 2, audit_check.CHANGED)]


def test_a_trail_that_is_wrecked_wholly_is_not_listed_wholly(trail, monkeypatch):
    monkeypatch.setattr(audit_check, "MOST_BREAKS", 3)
    with changes_allowed(connection):
        AuditEntry.objects.update(reason="nothing happened")

    assert len(found(Walk())) == 3


def test_a_walk_holds_a_chunk_of_lines_and_no_more(trail, django_assert_num_queries):
    """Three chains: what comes next, its head, its lines; and that nothing is left."""
    with django_assert_num_queries(3 * 3 + 2):
        Walk().go_on()
