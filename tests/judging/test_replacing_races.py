"""Judges are given an entry while its captain hands in replaced files: either way they read the newest version.

For each of the two orders a twin without the look that comes after the audit trail.
"""

from __future__ import annotations

from functools import partial
from threading import Event

import pytest
from django.db import connection

from judging.models import Assignment
from judging.services import assign_judges, assignment
from portal.core.errors import Conflict
from submissions.services import replacing_files
from tests.factories.judging import JudgeFactory, RoundFactory
from tests.race import race, until_somebody_waits_for_a_lock
from tests.submissions.shortlists import Shortlist, announced, hand_in, put

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
PATIENCE = 60


@pytest.fixture
def entry():
    if not connection.features.has_select_for_update:
        pytest.skip("a transaction that writes is alone here")
    desk = Shortlist()
    entry = desk.entry()
    announced(desk, entry)
    put(entry)
    return entry


@pytest.fixture
def round_(entry):
    round_ = RoundFactory(competition=entry.team.competition, judges_per_submission=1)
    JudgeFactory(competition=round_.competition)
    return round_


def judged(entry):
    """The numbers of the versions that judges were given, and of the newest."""
    given = Assignment.objects.filter(submission=entry).values_list("version__number", flat=True)
    return list(given), entry.versions.latest("number").number


def replaced_after_the_look(entry, round_, monkeypatch):
    """Whoever assigns knows which version is the newest; before they write it down there is another."""
    looked, replaced = Event(), Event()
    look = assignment._versions_judged

    def look_and_wait(*args):
        found = look(*args)
        if not looked.is_set():
            looked.set()
            replaced.wait(PATIENCE)
        return found

    def replace():
        looked.wait(PATIENCE)
        try:
            return hand_in(entry)
        finally:
            replaced.set()

    monkeypatch.setattr(assignment, "_versions_judged", look_and_wait)
    return race([partial(assign_judges, round_, actor=None), replace])


def test_files_replaced_while_judges_are_assigned_are_what_they_read(entry, round_, monkeypatch):
    first, _receipt = replaced_after_the_look(entry, round_, monkeypatch)
    assign_judges(round_, actor=None)

    assert (type(first), judged(entry)) == (Conflict, ([2], 2))


def test_without_a_second_look_they_would_read_the_old_ones(entry, round_, monkeypatch):
    monkeypatch.setattr(assignment, "_require_still_eligible", lambda *args: None)
    replaced_after_the_look(entry, round_, monkeypatch)

    assert judged(entry) == ([1], 2)


def assigned_before_the_trail(entry, round_, monkeypatch):
    """Whoever hands in found no judge, and waits for the trail of those who are giving the entry to one."""
    recorded, awaited = Event(), Event()
    last_look = assignment._require_still_eligible

    def look_and_wait(*args):
        last_look(*args)
        recorded.set()
        awaited.wait(PATIENCE)

    def replace():
        recorded.wait(PATIENCE)
        return hand_in(entry)

    def watch():
        """From outside: within one transaction PostgreSQL shows who waits as it was at the first look."""
        recorded.wait(PATIENCE)
        until_somebody_waits_for_a_lock()
        awaited.set()

    monkeypatch.setattr(assignment, "_require_still_eligible", look_and_wait)
    return race([partial(assign_judges, round_, actor=None), replace, watch])


def test_whoever_hands_in_meanwhile_is_asked_once_more_and_judges_read_it(entry, round_, monkeypatch):
    _made, first, _watched = assigned_before_the_trail(entry, round_, monkeypatch)
    hand_in(entry)

    assert (type(first), judged(entry)) == (Conflict, ([2], 2))


def test_without_looking_again_after_the_trail_they_would_keep_the_old_ones(entry, round_, monkeypatch):
    class OnceOnly:
        @staticmethod
        def send(*, is_recorded, **news):
            return [] if is_recorded else replaced_signal.send(is_recorded=is_recorded, **news)

    replaced_signal = replacing_files.files_replaced
    monkeypatch.setattr(replacing_files, "files_replaced", OnceOnly)
    assigned_before_the_trail(entry, round_, monkeypatch)

    assert judged(entry) == ([1], 2)
