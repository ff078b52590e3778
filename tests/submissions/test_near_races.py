"""Entries that are compared at the same moment, and the twin that keeps what is no longer true without its lock."""

from __future__ import annotations

from threading import Event

import pytest
from django.db import connection

from submissions.models import Fingerprint, NearNote, NearPair
from submissions.services import near_comparing, near_sketching, note_pair
from submissions.services.near_comparing import find_near
from tests.factories.tracks import OrganizerFactory
from tests.race import race, until_somebody_waits_for_a_lock
from tests.submissions.alike import OWN, entry, pairs, submit_anew, two_tracks

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.database,
    pytest.mark.makeshift("versions made by hand"),
]


@pytest.fixture
def copies():
    track, _other = two_tracks()
    return [entry(track), entry(track)]


def test_whoever_compares_at_once_finds_the_pair_once(copies):
    results = race([find_near] * 3)

    assert (results, NearPair.objects.count(), Fingerprint.objects.count()) == ([False] * 3, 1, 2)


def overtaken(copies, monkeypatch, *, has_lock):
    """The other entry is submitted anew after the last look at its version: sketched and compared at once."""
    looked, stands, over = Event(), Event(), Event()
    put = near_comparing._put

    def put_late(*args):
        if not looked.is_set():
            looked.set()
            # On SQLite a transaction that writes is alone from its beginning.
            if connection.features.has_select_for_update:
                (stands if has_lock else over).wait(timeout=60)
        put(*args)

    def compare():
        near_comparing.Comparison(list(Fingerprint.objects.order_by("pk")[:1])).carry_out()

    def submit():
        looked.wait(timeout=60)
        submit_anew(copies[1], OWN)
        find_near()
        over.set()

    def watch():
        """From outside: within one transaction PostgreSQL shows who waits as it was at the first look."""
        looked.wait(timeout=60)
        until_somebody_waits_for_a_lock()
        stands.set()

    while near_sketching.sketch_next():
        pass
    monkeypatch.setattr(near_comparing, "_put", put_late)
    assert [*filter(None, race([compare, submit, *([watch] if has_lock else [])]))] == []
    return NearPair.objects.count()


def test_what_is_overtaken_by_a_later_version_does_not_stay(copies, monkeypatch):
    assert overtaken(copies, monkeypatch, has_lock=True) == 0


def test_without_the_lock_it_stays(copies, monkeypatch):
    def look(entries):
        return dict(Fingerprint.objects.filter(submission__in=entries).values_list("submission", "version"))

    monkeypatch.setattr(near_comparing, "hold", look)

    expected = 1 if connection.features.has_select_for_update else 0
    assert overtaken(copies, monkeypatch, has_lock=False) == expected


def test_a_double_click_is_one_note(copies):
    pairs()
    pair = NearPair.objects.get()
    organizer = OrganizerFactory(competition=copies[0].team.competition).user

    race([lambda: note_pair(pair, actor=organizer, versions=pair.versions, text="看过")] * 4)

    assert NearNote.objects.count() == 1
