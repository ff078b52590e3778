"""What happens at the same moment around the shortlist, and for each race a twin that loses without its lock."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection

from portal.core.errors import Conflict
from submissions import replacing, services
from submissions.models import Attachment, Shortlisting, Submission, SubmissionVersion
from submissions.services import files, replacing_files, shortlisting
from tests.factories.submissions import captain_of
from tests.factories.tracks import OrganizerFactory
from tests.race import race
from tests.submissions.shortlists import Shortlist, announced, hand_in, put
from tests.submissions.test_races import meeting_point, then_wait

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
RIVALS = 4
HAS_LOCKS = connection.features.has_select_for_update


@pytest.fixture
def desk():
    return Shortlist()


@pytest.fixture
def entry(desk):
    entry = desk.entry()
    announced(desk, entry)
    return entry


def list_at_once(desk):
    entry = desk.entry()
    people = [OrganizerFactory(competition=desk.competition).user for _each in range(RIVALS)]
    return race([lambda each=each: services.shortlist([entry.public_id], actor=each) for each in people])


def test_of_many_who_shortlist_at_once_one_does_and_the_others_are_told(desk):
    results = list_at_once(desk)

    lost = sum(isinstance(each, Conflict) for each in results)
    assert (Shortlisting.objects.count(), lost) == (1, RIVALS - 1)


def test_without_the_lock_they_run_into_the_database(desk, monkeypatch):
    rows = Submission._default_manager.get_queryset().__class__
    monkeypatch.setattr(rows, "select_for_update", lambda self, **how: self)
    monkeypatch.setattr(shortlisting, "_not_to_choose", then_wait(shortlisting._not_to_choose, meeting_point(RIVALS)))

    results = list_at_once(desk)

    assert sum(isinstance(each, IntegrityError) for each in results) == (RIVALS - 1 if HAS_LOCKS else 0)


def hand_in_at_once(entry):
    put(entry)
    seen = Submission.objects.get(pk=entry.pk).draft_version
    return race([lambda: hand_in(entry, expected_version=seen)] * RIVALS)


def test_pressed_many_times_at_once_it_is_one_version(entry):
    results = hand_in_at_once(entry)

    assert ({each.pk for each in results}, SubmissionVersion.objects.count()) == ({results[0].pk}, 2)


def test_without_the_lock_they_all_make_one(entry, monkeypatch):
    def unlocked(submission):
        rows = Submission.objects.with_form().select_related("team__competition", "topic", "track", "topic_revision")
        return rows.get(pk=submission.pk)

    monkeypatch.setattr(replacing_files, "lock_submission", unlocked)
    monkeypatch.setattr(replacing, "files_of", then_wait(replacing.files_of, meeting_point(RIVALS)))

    results = hand_in_at_once(entry)

    assert sum(isinstance(each, IntegrityError) for each in results) == (RIVALS - 1 if HAS_LOCKS else 0)


def put_while_undone(desk, entry, monkeypatch):
    """Whoever sends a file has found the slot open; meanwhile the shortlisting is taken back."""
    meeting = meeting_point(2)
    # Once for the slot that was found open, and once for the shortlisting that is gone.
    monkeypatch.setattr(files, "keep_upload", then_wait(then_wait(files.keep_upload, meeting), meeting))

    def undo():
        meeting.wait()
        undone = services.undo_shortlist([entry.public_id], actor=desk.organizer, reason="名额有误")
        meeting.wait()
        return undone

    return race([lambda: put(entry), undo])


def test_a_file_that_comes_while_it_is_taken_back_is_refused(desk, entry, monkeypatch):
    if not HAS_LOCKS:
        pytest.skip("a transaction that writes is alone here")
    results = put_while_undone(desk, entry, monkeypatch)

    assert isinstance(results[0], Conflict)
    assert not Attachment.objects.filter(slot="slides").exists()


def test_without_a_second_look_it_would_lie_there(desk, entry, monkeypatch):
    if not HAS_LOCKS:
        pytest.skip("a transaction that writes is alone here")
    monkeypatch.setattr(files, "_lock_draft", lambda *draft: None)
    put_while_undone(desk, entry, monkeypatch)

    assert Attachment.objects.filter(slot="slides").exists()


def test_two_members_who_replace_one_file_leave_one(entry):
    race([lambda name=name: put(entry, name=f"{name}.pdf", actor=captain_of(entry.team)) for name in "ab"])

    assert Attachment.objects.current().filter(slot="slides").count() == 1
