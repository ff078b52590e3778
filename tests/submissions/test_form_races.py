"""Forms, sections and files written at the same moment, each with a twin that shows what its guard is for."""

from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection

from submissions import services
from submissions.models import Answer, EntryFormVersion
from submissions.services import Saved, files, forms, writing
from tests.factories.files import pdf
from tests.factories.forms import form_of, publish, section, slot
from tests.factories.submissions import SubmissionFactory, captain_of
from tests.factories.tracks import CompetitionFactory, OrganizerFactory
from tests.race import meeting_point, race, wait_then
from tests.submissions.people import said, version_of, write
from tests.submissions.test_races import RIVALS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
ROOM = 2


def save_all(draft):
    """Several windows of one captain, who has read the same text in each."""
    captain, read = captain_of(draft.team), version_of(draft, "abstract")
    return race(
        [
            lambda n=n: write(draft, "abstract", f"第 {n} 窗", actor=captain, expected_version=read)
            for n in range(RIVALS)
        ]
    )


@pytest.fixture
def draft():
    draft = SubmissionFactory()
    write(draft, "abstract", "初稿")
    return draft


def count(results, kind):
    return sum(isinstance(result, kind) for result in results)


def test_of_all_who_have_read_the_same_text_one_writes_on_it(draft):
    results = save_all(draft)

    (kept,) = [result.value for result in results if isinstance(result, Saved)]
    assert (count(results, services.Clash), said(draft)) == (RIVALS - 1, kept)


def test_without_the_version_they_overwrite_each_other_unseen(draft, monkeypatch):
    def write_unchecked(entry, key, version, state):
        return Answer.objects.filter(pk=entry.answer_pk).update(**state, version=version) == 1

    monkeypatch.setattr(writing, "_write", write_unchecked)
    # Each has read the text by then, and none is in a transaction yet.
    monkeypatch.setattr(writing, "clean_value", wait_then(Barrier(RIVALS, timeout=60), writing.clean_value))

    assert count(save_all(draft), Saved) == RIVALS


@pytest.fixture
def edited():
    """A form with a change that nobody has published yet."""
    competition = CompetitionFactory(open=True)
    publish(competition, section("background", limit=500))
    form_of(competition).sections.update(limit=800)
    return form_of(competition)


def publish_all(form):
    organizer = OrganizerFactory(competition=form.competition).user
    return race([lambda: services.publish_form(form, actor=organizer)] * RIVALS)


def test_publishing_from_many_windows_makes_one_version(edited):
    assert publish_all(edited) == [EntryFormVersion.objects.get(number=2)] * RIVALS


def test_without_the_lock_only_one_window_is_answered(edited, monkeypatch):
    monkeypatch.setattr(forms, "lock_forms", lambda competition: None)
    # By then each has seen which number is the next.
    check = wait_then(meeting_point(RIVALS), EntryFormVersion.clean_fields)
    monkeypatch.setattr(EntryFormVersion, "clean_fields", check)

    results = publish_all(edited)

    refused = RIVALS - 1 if connection.features.has_select_for_update else 0
    assert count(results, IntegrityError) == refused


@pytest.fixture
def with_room():
    competition = CompetitionFactory(open=True)
    publish(competition, section("background"), slots=[slot("evidence", max_count=ROOM)])
    return SubmissionFactory(team__competition=competition)


def attach_all(draft):
    captain = captain_of(draft.team)

    def attach(number):
        upload = SimpleUploadedFile(f"证明{number}.pdf", pdf(f"proof {number}"))
        return services.attach_file(draft, actor=captain, slot="evidence", upload=upload)

    return race([lambda n=n: attach(n) for n in range(RIVALS)])


def test_however_many_files_come_at_once_a_slot_never_holds_too_many(with_room):
    attach_all(with_room)

    assert with_room.attachments.current().count() == ROOM


def test_without_the_lock_a_slot_holds_too_many(with_room, monkeypatch):
    # The team's lock, which is there for the quota, would let them in one by one as well.
    monkeypatch.setattr(files, "lock_team", lambda team: None)
    monkeypatch.setattr(files, "_lock_draft", lambda *draft: None)
    monkeypatch.setattr(files, "count_change", wait_then(meeting_point(RIVALS), files.count_change))

    attach_all(with_room)

    expected = RIVALS if connection.features.has_select_for_update else ROOM
    assert with_room.attachments.current().count() == expected
