"""After the end: exactly the registered file is taken, for as long as the stage says."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from portal.core.errors import Conflict
from portal.core.models import AuditEntry
from portal.notifications import relay
from submissions import services, windows
from submissions.completeness import draft_of
from submissions.enums import InspectionState
from submissions.models import Attachment, Inspection, LateAttempt, RegisteredFile, Submission
from submissions.pages import screening_page
from submissions.services import awaiting, registering, submitting
from tests.factories.submissions import (
    AttachmentFactory,
    ExtensionFactory,
    SubmissionFactory,
    TeamMemberFactory,
    captain_of,
)
from tests.factories.tracks import OrganizerFactory
from tests.race import race
from tests.submissions.people import complete_draft, save, submit
from tests.submissions.test_races import meeting_point, then_wait
from tests.submissions.test_registered_files import CONTENT, OTHER, SHA256, allow, end, of_submission, register, upload
from tracks.enums import StageKind

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def entry():
    """A draft without its file, where files may follow for two hours."""
    return allow(SubmissionFactory())


def send(row, content=CONTENT, **changes):
    row = RegisteredFile.objects.get(pk=row.pk)
    wanted = {"actor": captain_of(row.submission.team), "upload": upload(content), **changes}
    return services.send_registered(row, **wanted)


@pytest.fixture
def awaited(entry):
    """Registered, submitted, and the end was a minute ago."""
    row = register(entry)
    submit(entry)
    end(entry)
    return row


def letters(word):
    relay.drain()
    return [letter.to[0] for letter in mail.outbox if word in letter.subject]


# After the end


def test_exactly_the_registered_file_follows(awaited):
    attachment = send(awaited)

    version = awaited.submission.versions.get()
    assert (list(version.attachments.all()), attachment.name, attachment.file.sha256) == (
        [attachment],
        "申报书.pdf",
        SHA256,
    )


def test_until_it_is_there_the_version_has_a_gap(awaited):
    assert not awaited.submission.versions.get().attachments.exists()


def test_another_file_of_the_same_size_is_refused_with_both_hashes(awaited):
    other = CONTENT[:-1] + b" "
    with pytest.raises(ValidationError) as caught:
        send(awaited, other)
    message = " ".join(caught.value.message_dict["file"])

    assert (SHA256 in message, hashlib.sha256(other).hexdigest() in message) == (True, True)
    assert not Attachment.objects.exists()


def test_another_size_is_refused_before_it_is_stored(awaited):
    with pytest.raises(ValidationError) as caught:
        send(awaited, OTHER + b"%")
    assert list(caught.value.message_dict) == ["file"]


@pytest.mark.parametrize(
    ("span", "is_taken"), [(timedelta(), True), (2 * HOUR - timedelta(microseconds=1), True), (2 * HOUR, False)]
)
def test_it_follows_from_the_end_for_as_long_as_the_stage_says(awaited, span, is_taken):
    closes_at = of_submission(awaited.submission).get().closes_at
    with suppress(windows.Closed):
        send(awaited, now=closes_at + span)
    assert Attachment.objects.exists() == is_taken


def test_a_team_with_more_time_has_more_time_for_its_files(awaited):
    end(awaited.submission, ago=3 * HOUR)
    ExtensionFactory(team=awaited.submission.team, closes_at=timezone.now() - HOUR)

    assert send(awaited)


@pytest.mark.parametrize("status", ["withdrawn", "rejected"])
@pytest.mark.makeshift("its state is set by hand")
def test_an_entry_that_is_out_takes_no_file(awaited, status):
    Submission.objects.update(status=status)

    with pytest.raises(Conflict):
        send(awaited)


def test_what_was_registered_and_never_submitted_does_not_follow(entry):
    row = register(entry)
    end(entry)

    with pytest.raises(Conflict):
        send(row)


def test_nor_is_it_handed_in_late(entry):
    register(entry)
    end(entry)
    late = Submission.objects.get(pk=entry.pk)

    with pytest.raises(ValidationError):
        services.hand_in(late, actor=captain_of(entry.team), expected_version=late.draft_version)
    assert not LateAttempt.objects.exists()


def test_a_version_without_it_no_longer_waits(entry):
    row = register(entry)
    submit(entry)
    services.attach_file(entry, actor=captain_of(entry.team), upload=upload(OTHER))
    submit(entry)
    end(entry)

    with pytest.raises(Conflict):
        send(row)


def test_what_was_submitted_goes_on_counting_on_it_whatever_the_draft_does(entry):
    row = register(entry)
    submit(entry)
    services.attach_file(entry, actor=captain_of(entry.team), upload=upload(OTHER))
    end(entry)
    attachment = send(row)

    assert list(entry.versions.get().attachments.all()) == [attachment]
    assert [each.file.sha256 for each in entry.attachments.current()] == [hashlib.sha256(OTHER).hexdigest()]


def test_sent_before_the_end_it_belongs_to_what_was_submitted(entry):
    register(entry)
    submit(entry)
    attachment = services.attach_file(entry, actor=captain_of(entry.team), upload=upload())

    assert list(entry.versions.get().attachments.all()) == [attachment]


@pytest.mark.makeshift("its state is set by hand")
def test_sent_for_a_correction_long_after_it_changes_nothing_submitted(awaited):
    end(awaited.submission, ago=3 * HOUR)
    Submission.objects.update(status="returned")
    entry = Submission.objects.get()
    services.attach_file(entry, actor=captain_of(entry.team), upload=upload())

    assert not entry.versions.get().attachments.exists()


def test_the_same_again_gives_the_file_that_is_there(awaited):
    row, first = awaited, send(awaited)
    stored = first.file

    again = registering.take_registered(row, stored, actor=first.uploaded_by, now=timezone.now())
    assert (again, Attachment.objects.count()) == (first, 1)


def test_what_was_found_out_before_is_refused(awaited, entry):
    other = complete_draft()
    kept = services.attach_file(other, actor=captain_of(other.team), upload=upload()).file
    Inspection.objects.create(
        file=kept, kind="pdf", state=InspectionState.REFUSED, findings=[["virus", "x"]], inspected_at=timezone.now()
    )

    with pytest.raises(ValidationError):
        send(awaited)


def test_it_is_looked_at_like_every_file(awaited):
    attachment = send(awaited)
    relay.drain()

    assert Inspection.objects.filter(file=attachment.file).exists()


def test_the_team_is_told_that_it_arrived(awaited):
    TeamMemberFactory(team=awaited.submission.team)
    send(awaited)

    assert sorted(letters("已收到")) == sorted(each.user.email for each in awaited.submission.team.members.all())


def test_each_step_leaves_a_line(awaited):
    send(awaited)

    deeds = AuditEntry.objects.filter(action__in=["register_file", "follow_file"]).order_by("pk")
    assert [line.after["sha256"] for line in deeds] == [SHA256, SHA256]


# Reminders


@pytest.mark.parametrize(
    ("ago", "count"), [(-MINUTE, 0), (MINUTE, 1), (HOUR + MINUTE, 1), (2 * HOUR - MINUTE, 1), (2 * HOUR, 0)]
)
def test_the_team_is_reminded_once_the_end_is_over(entry, ago, count):
    register(entry)
    submit(entry)
    end(entry, ago=ago)
    awaiting.remind()

    assert len(letters("请补交")) == count


def test_asked_again_it_reminds_once(awaited):
    assert (awaiting.remind(), awaiting.remind()) == (1, 0)


def test_whose_file_is_there_is_not_reminded(awaited):
    awaiting.remind()
    send(awaited)

    assert letters("请补交") == []


# Who sees what


def test_organizers_see_what_is_awaited_and_what_never_followed(awaited):
    organizer = OrganizerFactory(competition=awaited.submission.team.competition).user
    entry = Submission.objects.get()
    states = []
    for ago in (MINUTE, 2 * HOUR):
        end(entry, ago=ago)
        states += [row.state for row in screening_page(organizer, entry)["registered"]]

    assert states == ["awaited", "missing"]


def test_organizers_see_only_what_something_submitted_counts_on(entry):
    organizer = OrganizerFactory(competition=entry.team.competition).user
    row = register(entry)
    before = RegisteredFile.objects.visible_to(organizer).exists()
    submit(entry)

    assert (before, RegisteredFile.objects.visible_to(organizer).get()) == (False, row)


def test_the_draft_has_news_when_another_file_is_registered(entry):
    AttachmentFactory(submission=entry)
    version = submit(entry).version
    attachment = entry.attachments.get()
    services.remove_file(attachment, actor=captain_of(entry.team))
    row = register(entry)
    assert draft_of(Submission.objects.get(), [row]).differs(version)


def test_the_draft_has_no_news_once_the_file_is_there(awaited):
    send(awaited)
    entry = Submission.objects.get()
    assert not draft_of(entry).differs(entry.versions.get())


# At the same moment


@pytest.mark.database
@pytest.mark.parametrize(
    "changes", [{"attachment": None, "followed_at": timezone.now()}, {"size": 0}], ids=["no time without file", "size"]
)
def test_the_database_keeps_rows_whole(entry, changes):
    register(entry)

    with pytest.raises(IntegrityError), transaction.atomic():
        RegisteredFile.objects.update(**changes)


@pytest.mark.database
def test_a_slot_has_one_registration(entry):
    row = register(entry)
    row.pk, row.public_id = None, "00000000-0000-0000-0000-000000000001"

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_of_two_who_register_at_once_the_later_takes_the_place(entry):
    actor = captain_of(entry.team)
    results = race([lambda each=each: register(entry, actor=actor, sha256=each * 64) for each in "ab"])

    assert (sorted(each.sha256[0] for each in results), RegisteredFile.objects.current().count()) == (["a", "b"], 1)


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_the_file_at_once_one_gives_it(awaited, monkeypatch):
    # Both had begun while it was awaited: whoever begins after the other has ended is told that it no longer is.
    monkeypatch.setattr(registering, "keep_upload", then_wait(registering.keep_upload, Barrier(2, timeout=60)))
    results = race([lambda: send(awaited)] * 2)

    assert (results[0], Attachment.objects.count()) == (results[1], 1)


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_second_runs_into_the_database(awaited, monkeypatch):
    """The file is there once all the same, but nobody is told in words."""
    unlocked = Submission.objects.with_form().select_related("team__competition", "topic", "track", "topic_revision")
    monkeypatch.setattr(registering, "lock_submission", lambda entry: unlocked.get(pk=entry.pk))
    monkeypatch.setattr(
        registering, "require_not_refused", then_wait(registering.require_not_refused, meeting_point(2))
    )
    results = race([lambda: send(awaited)] * 2)

    failed = [isinstance(each, IntegrityError) for each in results].count(True)
    assert (failed, Attachment.objects.count()) == (int(connection.features.has_select_for_update), 1)


def test_submitting_asks_nothing_more_where_files_may_not_follow(django_assert_num_queries):
    """What a draft counts on is read only where it may count on something."""
    entry = complete_draft()
    window = windows.stage_of(entry.team.competition, StageKind.SUBMISSION)

    with django_assert_num_queries(0):
        assert submitting._registered(entry, window, timezone.now()) is None


def test_a_saved_section_keeps_what_is_registered(entry):
    register(entry)
    save(entry, abstract="改过的简介")

    assert RegisteredFile.objects.current().count() == 1
