"""What is handed in after the end: kept, told honestly, and counted only once organizers accept it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from portal.core.errors import Conflict
from portal.core.models import AuditEntry
from portal.notifications import relay
from submissions import retention, services
from submissions.models import (
    Attachment,
    Fingerprint,
    LateAttempt,
    LateDecision,
    Receipt,
    Submission,
    SubmissionVersion,
    VersionFacts,
)
from submissions.services import late as late_service
from tests.factories.submissions import (
    AttachmentFactory,
    ExtensionFactory,
    SubmissionFactory,
    TeamMemberFactory,
    captain_of,
)
from tests.factories.tracks import OrganizerFactory, TrackFactory
from tests.race import race
from tests.submissions.people import KEY, close, complete_draft, save, submit
from tracks.enums import StageKind

pytestmark = pytest.mark.django_db
REASON = "报送系统当晚故障，情况属实"


@pytest.fixture
def draft():
    entry = complete_draft()
    close(entry.team.competition, StageKind.SUBMISSION)
    return entry


@pytest.fixture
def organizer(draft):
    return OrganizerFactory(competition=draft.team.competition).user


def hand_in(entry, **changes):
    entry = Submission.objects.get(pk=entry.pk)
    wanted = {"actor": captain_of(entry.team), "expected_version": entry.draft_version, **changes}
    return services.hand_in(entry, **wanted)


def letters():
    relay.drain()
    return mail.outbox


def test_it_is_kept_with_its_time_and_hashes(draft):
    moment = timezone.now() - timedelta(seconds=3)
    attempt = hand_in(draft, received_at=moment)

    sent = draft.attachments.get()
    files = [{"name": sent.name, "size": sent.file.size, "sha256": sent.file.sha256}]
    assert (attempt.received_at, attempt.files, attempt.title) == (moment, files, draft.title)


def test_it_takes_no_place_in_the_competition(draft):
    hand_in(draft)

    draft.refresh_from_db()
    counts = (SubmissionVersion.objects.count(), Receipt.objects.count())
    assert (draft.status, draft.number, counts) == ("draft", "", (0, 0))


def test_the_official_version_stays_what_it_was():
    entry = complete_draft()
    receipt = submit(entry)
    save(entry, abstract="改")
    close(entry.team.competition, StageKind.SUBMISSION)

    hand_in(entry)

    assert (Receipt.objects.get(), entry.versions.count()) == (receipt, 1)


def test_what_was_received_in_time_is_not_late_when_it_comes_again():
    entry = complete_draft()
    submit(entry)
    close(entry.team.competition, StageKind.SUBMISSION)

    with pytest.raises(Conflict):
        hand_in(entry)
    assert not LateAttempt.objects.exists()


def test_in_time_it_is_submitted():
    assert isinstance(hand_in(complete_draft()), Receipt)


def test_in_the_hidden_grace_it_is_submitted(draft):
    draft.team.competition.stages.update(grace=3600)

    assert isinstance(hand_in(draft), Receipt)


def test_the_same_key_gives_the_same_attempt(draft):
    first = hand_in(draft, key=KEY)

    assert (hand_in(draft, key=KEY), LateAttempt.objects.count()) == (first, 1)


def test_the_same_content_is_kept_once(draft):
    assert hand_in(draft) == hand_in(draft)


def test_a_retry_of_what_was_in_time_gives_its_receipt():
    entry = complete_draft()
    receipt = hand_in(entry, key=KEY)
    close(entry.team.competition, StageKind.SUBMISSION)

    assert hand_in(entry, key=KEY, expected_version=entry.draft_version) == receipt


def test_what_is_incomplete_is_refused_with_all_that_is_missing():
    entry = SubmissionFactory(abstract="")
    close(entry.team.competition, StageKind.SUBMISSION)

    with pytest.raises(ValidationError) as caught:
        hand_in(entry)
    assert sorted(caught.value.message_dict) == ["section-abstract", "slot-proposal"]


def test_before_the_stage_opens_nothing_is_late():
    entry = complete_draft()
    soon = timezone.now() + timedelta(days=1)
    entry.team.competition.stages.update(opens_at=soon, closes_at=soon + timedelta(days=1))

    with pytest.raises(Conflict):
        hand_in(entry)
    assert not LateAttempt.objects.exists()


@pytest.mark.parametrize("state", ["eligible", "rejected"])
def test_what_was_decided_about_takes_nothing_late(state):
    entry = SubmissionFactory(**{state: True})
    close(entry.team.competition, StageKind.SUBMISSION)

    with pytest.raises(Conflict):
        hand_in(entry)


def test_only_the_captain_hands_in(draft):
    member = TeamMemberFactory(team=draft.team).user

    with pytest.raises(PermissionDenied):
        hand_in(draft, actor=member)


def test_the_team_is_told_that_it_is_no_receipt(draft):
    TeamMemberFactory(team=draft.team)
    hand_in(draft)

    assert sorted(each.to[0] for each in letters()) == sorted(each.user.email for each in draft.team.members.all())
    assert "不是回执" in mail.outbox[0].body


def test_accepted_it_becomes_the_next_version_with_a_receipt_that_says_so(draft, organizer):
    attempt = hand_in(draft)
    receipt = services.accept_late(attempt, actor=organizer, reason=REASON)

    version = receipt.version
    said = receipt.document["receipt"]
    assert (said["rule"], receipt.received_at, version.form, version.submitted_by) == (
        "late",
        attempt.received_at,
        attempt.form,
        attempt.submitted_by,
    )
    assert list(version.attachments.all()) == list(attempt.attachments.all())


def test_accepted_the_entry_competes(draft, organizer):
    services.accept_late(hand_in(draft), actor=organizer, reason=REASON)

    draft.refresh_from_db()
    assert (draft.status, bool(draft.number)) == ("submitted", True)


def test_accepted_it_counts_for_what_was_handed_in_not_for_the_draft_of_today(draft, organizer):
    attempt = hand_in(draft)
    Attachment.objects.update(replaced_at=timezone.now())
    AttachmentFactory(submission=draft, name="另一个.pdf")

    receipt = services.accept_late(attempt, actor=organizer, reason=REASON)
    assert [each["name"] for each in receipt.files] == ["申报书.pdf"]


def test_declined_it_stays_on_record_and_nothing_else_changes(draft, organizer):
    attempt = hand_in(draft)
    services.decline_late(attempt, actor=organizer, reason=REASON)

    draft.refresh_from_db()
    assert (LateAttempt.objects.get().status, draft.status, Receipt.objects.count()) == ("declined", "draft", 0)


@pytest.mark.parametrize(("decide", "word"), [("accept_late", "已认可"), ("decline_late", "未认可")])
def test_the_team_is_told_with_the_reason(draft, organizer, decide, word):
    attempt = hand_in(draft)
    relay.drain()
    mail.outbox.clear()
    getattr(services, decide)(attempt, actor=organizer, reason=REASON)

    letter = letters()[0]
    assert (word in letter.subject, REASON in letter.body) == (True, True)


@pytest.mark.parametrize(("decide", "action"), [("accept_late", "accept_late"), ("decline_late", "decline_late")])
def test_it_leaves_a_line_with_the_reason(draft, organizer, decide, action):
    getattr(services, decide)(hand_in(draft), actor=organizer, reason=REASON)

    line = AuditEntry.objects.get(action=action)
    assert (line.reason, line.actor_id) == (REASON, organizer.pk)


@pytest.mark.parametrize("first", ["accept_late", "decline_late"])
@pytest.mark.parametrize("second", ["accept_late", "decline_late"])
def test_what_was_decided_is_not_decided_again(draft, organizer, first, second):
    attempt = hand_in(draft)
    getattr(services, first)(attempt, actor=organizer, reason=REASON)

    with pytest.raises(Conflict):
        getattr(services, second)(attempt, actor=organizer, reason=REASON)


@pytest.mark.parametrize("reason", ["", " \n ", "a\x00b", "a\u202eb", "数" * 1001], ids=ascii)
def test_a_reason_is_asked_for(draft, organizer, reason):
    attempt = hand_in(draft)

    with pytest.raises(ValidationError) as refused:
        services.accept_late(attempt, actor=organizer, reason=reason)
    assert list(refused.value.error_dict) == ["reason"]


def test_a_newer_version_that_came_in_time_is_not_overruled(draft, organizer):
    attempt = hand_in(draft)
    ExtensionFactory(team=draft.team)
    save(draft, abstract="改")
    submit(draft)

    with pytest.raises(Conflict):
        services.accept_late(attempt, actor=organizer, reason=REASON)


def test_nobody_decides_about_their_own_team(draft):
    captain = captain_of(draft.team)
    OrganizerFactory(competition=draft.team.competition, user=captain)

    with pytest.raises(PermissionDenied):
        services.accept_late(hand_in(draft), actor=captain, reason=REASON)


def test_an_organizer_of_other_tracks_neither_sees_nor_decides(draft):
    track = TrackFactory(competition=draft.team.competition)
    helper = OrganizerFactory(competition=draft.team.competition, tracks=[track]).user
    attempt = hand_in(draft)

    assert not LateAttempt.objects.visible_to(helper).exists()
    with pytest.raises(PermissionDenied):
        services.decline_late(attempt, actor=helper, reason=REASON)


def test_an_organizer_reads_the_files_of_a_draft_that_was_handed_in_late(draft, organizer):
    before = Attachment.objects.visible_to(organizer).count()
    hand_in(draft)

    assert (before, Attachment.objects.visible_to(organizer).count()) == (0, 1)


def test_what_was_handed_in_late_outlives_the_draft_s_time(draft):
    hand_in(draft)
    draft.team.competition.stages.update(closes_at=timezone.now() - timedelta(days=1))

    assert not retention.drafts(timezone.now()).exists()


@pytest.mark.database
@pytest.mark.parametrize("model", [LateAttempt, LateDecision])
def test_the_database_keeps_it_as_it_is(draft, organizer, model):
    services.decline_late(hand_in(draft), actor=organizer, reason=REASON)
    column = {LateAttempt: "form_sha256", LateDecision: "reason"}[model]

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.update(**{column: "x"})


# At the same moment


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_told(draft, organizer):
    attempt = hand_in(draft)
    other = OrganizerFactory(competition=draft.team.competition).user

    results = race(
        [
            lambda: services.accept_late(attempt, actor=organizer, reason=REASON),
            lambda: services.decline_late(attempt, actor=other, reason=REASON),
        ]
    )

    assert ([isinstance(each, Conflict) for each in results].count(True), LateDecision.objects.count()) == (1, 1)


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_second_runs_into_the_database(draft, organizer, monkeypatch):
    """It is refused all the same, but nobody is told in words."""
    from tests.submissions.test_races import meeting_point, then_wait

    attempt = hand_in(draft)
    other = OrganizerFactory(competition=draft.team.competition).user
    unlocked = Submission.objects.select_related("team__competition", "topic", "track")
    monkeypatch.setattr(late_service, "lock_submission", lambda entry: unlocked.get(pk=entry.pk))
    monkeypatch.setattr(late_service, "_to_decide", then_wait(late_service._to_decide, meeting_point(2)))

    results = race(
        [
            lambda: services.decline_late(attempt, actor=organizer, reason=REASON),
            lambda: services.decline_late(attempt, actor=other, reason=REASON),
        ]
    )

    told = [isinstance(each, Conflict) for each in results].count(True)
    assert (told, LateDecision.objects.count()) == (0 if connection.features.has_select_for_update else 1, 1)


def test_what_is_accepted_is_looked_at_like_what_came_in_time(draft, organizer):
    receipt = services.accept_late(hand_in(draft), actor=organizer, reason=REASON)
    relay.drain()
    # What is handed in within a moment is compared together.
    relay.drain(now=timezone.now() + timedelta(minutes=1))

    looked_at = VersionFacts.objects.filter(version=receipt.version), Fingerprint.objects.exclude(compared_at=None)
    assert [rows.count() for rows in looked_at] == [1, 1]


def test_what_is_declined_is_not(draft, organizer):
    services.decline_late(hand_in(draft), actor=organizer, reason=REASON)
    relay.drain()

    assert (VersionFacts.objects.count(), Fingerprint.objects.count()) == (0, 0)
