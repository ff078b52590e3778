import hashlib
import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from portal.accounts.enums import AgreementKind
from portal.accounts.models import Agreement, AgreementSeries, Consent
from portal.core.errors import Conflict, TransitionNotAllowed
from portal.core.models import AuditEntry
from portal.notifications.models import Outbox
from submissions import services
from submissions.canonical import sha256_of
from submissions.models import Receipt, Submission, SubmissionVersion
from tests.append_only import changes_allowed
from tests.factories.submissions import ABSTRACT, AttachmentFactory, SubmissionFactory, TeamMemberFactory, captain_of
from tests.factories.tracks import RevisionFactory, TopicFactory, TrackFactory
from tests.submissions.people import KEY, client_for, close, complete_draft, save, submit
from tests.submissions.test_late import hand_in
from tracks.enums import StageKind, TopicStatus
from tracks.models import Pledge

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def draft():
    return complete_draft()


def test_a_submitted_entry_says_so(draft):
    submit(draft)

    assert Submission.objects.get().status == "submitted"


def test_the_first_submit_gives_the_entry_its_number(draft):
    draft.track.number = 7
    draft.track.save()

    submit(draft)

    assert Submission.objects.get().number == "T07-0001"


def test_numbers_go_on_within_a_track(draft):
    SubmissionFactory(team__competition=draft.team.competition, topic=draft.topic, submitted=True)

    assert submit(draft).version.submission.number == f"{draft.track.code}-0002"


def test_each_track_counts_its_own(draft):
    SubmissionFactory(
        team__competition=draft.team.competition,
        topic=TopicFactory(track=TrackFactory(competition=draft.team.competition)),
        submitted=True,
    )

    assert submit(draft).version.submission.number == f"{draft.track.code}-0001"


def test_a_withdrawn_entry_keeps_its_number(draft):
    other = SubmissionFactory(team__competition=draft.team.competition, topic=draft.topic, submitted=True)
    services.withdraw(other, actor=captain_of(other.team))

    assert submit(draft).version.submission.number == f"{draft.track.code}-0002"


def test_an_entry_keeps_its_number_when_it_is_submitted_again(draft):
    first = submit(draft).version.submission.number
    save(draft, abstract="改")

    assert submit(draft).version.submission.number == first


def test_the_version_holds_what_was_written(draft):
    version = submit(draft).version

    assert version.form == {
        "competition": draft.team.competition.slug,
        "track": draft.track.number,
        "topic": {"number": draft.topic.number, "revision": 1, "title": draft.topic.title},
        "title": draft.title,
        "form": {"versions": [None, None]},
        "answers": {"abstract": ABSTRACT},
        "pledge": None,
    }


def test_the_hash_of_the_form_can_be_computed_again(draft):
    version = submit(draft).version

    canonical = json.dumps(version.form, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert version.form_sha256 == hashlib.sha256(canonical.encode()).hexdigest()


def test_the_version_answers_the_latest_revision_of_its_topic(draft):
    revision = RevisionFactory(topic=draft.topic, number=2, title="修订后的标题")

    assert submit(draft).version.topic_revision == revision


def test_the_version_has_the_file(draft):
    assert list(submit(draft).version.attachments.all()) == list(draft.attachments.all())


def test_the_receipt_names_the_file_by_its_hash(draft):
    stored = draft.attachments.get().file

    assert submit(draft).files == [{"name": "申报书.pdf", "size": stored.size, "sha256": stored.sha256}]


def test_the_receipt_says_when_the_request_arrived(draft):
    arrived = timezone.now() - timedelta(seconds=40)

    receipt = submit(draft, received_at=arrived)

    assert (receipt.received_at, receipt.version.created_at) == (arrived, arrived)
    assert receipt.committed_at > arrived


@pytest.mark.parametrize("model", [SubmissionVersion, Receipt])
def test_the_database_refuses_to_change_what_was_submitted(draft, model):
    submit(draft)

    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(id=1)


def test_only_the_captain_submits(draft):
    with pytest.raises(PermissionDenied):
        submit(draft, actor=TeamMemberFactory(team=draft.team).user)


def test_the_last_microsecond_before_the_deadline_is_in_time(draft):
    closes_at = draft.team.competition.stages.get(kind=StageKind.SUBMISSION).closes_at

    assert submit(draft, received_at=closes_at - timedelta(microseconds=1)).pk


def test_the_deadline_itself_is_too_late(draft):
    closes_at = draft.team.competition.stages.get(kind=StageKind.SUBMISSION).closes_at

    with pytest.raises(Conflict):
        submit(draft, received_at=closes_at)


def test_what_arrived_in_time_is_in_time_however_late_its_turn_comes(draft):
    close(draft.team.competition, StageKind.SUBMISSION)

    assert submit(draft, received_at=timezone.now() - timedelta(minutes=2)).pk


def test_a_returned_entry_may_be_submitted_after_the_deadline():
    entry = SubmissionFactory(returned=True)
    close(entry.team.competition, StageKind.SUBMISSION)

    assert submit(entry).version.number == 2


def test_a_draft_on_a_topic_that_was_withdrawn_meanwhile_may_be_submitted(draft):
    draft.topic.status = TopicStatus.WITHDRAWN
    draft.topic.save()

    assert submit(draft).pk


def test_all_that_is_missing_is_named(draft):
    entry = SubmissionFactory(abstract="\n　\n")

    with pytest.raises(ValidationError) as caught:
        submit(entry)

    assert sorted(caught.value.message_dict) == ["section-abstract", "slot-proposal"]


def test_a_file_that_was_replaced_does_not_count_twice(draft):
    draft.attachments.update(replaced_at=timezone.now())
    new = AttachmentFactory(submission=draft)

    assert list(submit(draft).version.attachments.all()) == [new]


def test_a_draft_that_has_changed_since_is_a_conflict(draft):
    save(draft, abstract="改")

    with pytest.raises(Conflict):
        submit(draft, expected_version=draft.draft_version)


@pytest.mark.parametrize("state", ["eligible", "rejected"])
def test_what_was_decided_about_is_not_submitted_again(state):
    with pytest.raises(Conflict):
        submit(SubmissionFactory(**{state: True}))


def test_the_same_key_gives_the_same_receipt(draft):
    first = submit(draft, key=KEY)

    assert (submit(draft, key=KEY), SubmissionVersion.objects.count()) == (first, 1)


def test_the_same_key_gives_the_receipt_even_after_a_change(draft):
    first = submit(draft, key=KEY)
    save(draft, abstract="改")

    assert submit(draft, key=KEY, expected_version=draft.draft_version) == first


def test_the_same_content_again_gives_the_receipt_that_is_there(draft):
    assert submit(draft, key=KEY) == submit(draft, key=KEY[::-1])


def test_a_changed_draft_makes_the_next_version(draft):
    submit(draft)
    save(draft, abstract="改")

    assert submit(draft).version.number == 2


def test_each_member_is_told_once(draft):
    people = {captain_of(draft.team).pk, TeamMemberFactory(team=draft.team).user_id}

    receipt = submit(draft, key=KEY)
    submit(draft, key=KEY)

    rows = Outbox.objects.filter(kind="submissions.submitted")
    assert {row.payload["user"] for row in rows} == people
    assert [row.payload["about"] for row in rows] == [receipt.pk] * 2


def test_the_audit_trail_holds_the_proof(draft):
    receipt = submit(draft)

    line = AuditEntry.objects.get(action="issue_receipt")
    assert line.after == {
        "version": 1,
        "form_sha256": receipt.version.form_sha256,
        "files": [receipt.files[0]["sha256"]],
    }


def test_a_submit_that_is_refused_leaves_nothing_behind():
    entry = SubmissionFactory()

    with pytest.raises(ValidationError):
        submit(entry, key=KEY)

    entry.refresh_from_db()
    assert (entry.status, entry.number, Outbox.objects.count()) == ("draft", "", 0)


@pytest.mark.parametrize("state", [{}, {"submitted": True}, {"returned": True}])
def test_the_captain_may_withdraw(state):
    entry = SubmissionFactory(**state)

    assert services.withdraw(entry, actor=captain_of(entry.team)).status == "withdrawn"


def test_withdrawing_twice_changes_nothing(draft):
    services.withdraw(draft, actor=captain_of(draft.team))
    services.withdraw(draft, actor=captain_of(draft.team))

    assert AuditEntry.objects.filter(action="withdraw").count() == 1


def test_only_the_captain_withdraws(draft):
    with pytest.raises(PermissionDenied):
        services.withdraw(draft, actor=TeamMemberFactory(team=draft.team).user)


@pytest.mark.parametrize("state", ["eligible", "rejected"])
def test_nothing_is_withdrawn_once_it_was_decided_about(state):
    entry = SubmissionFactory(**{state: True})

    with pytest.raises(TransitionNotAllowed):
        services.withdraw(entry, actor=captain_of(entry.team))


def test_a_withdrawn_entry_is_not_submitted(draft):
    services.withdraw(draft, actor=captain_of(draft.team))

    with pytest.raises(Conflict):
        submit(draft)


@pytest.fixture
def pledge(draft):
    """In two versions, the newer one in force."""
    series = AgreementSeries.objects.create(slug="pledge-tried", kind=AgreementKind.PLEDGE)
    Pledge.objects.create(competition=draft.team.competition, series=series)
    texts = {"title": "承诺书", "body": "一、内容真实。", "published_at": timezone.now()}
    return [Agreement.objects.create(series=series, version=number, **texts) for number in (1, 2)]


def test_the_version_says_which_pledge_the_captain_has_given(draft, pledge):
    for each in pledge:
        Consent.objects.create(user=captain_of(draft.team), agreement=each)

    assert submit(draft).version.form["pledge"] == {"version": 2}


def test_a_pledge_that_only_somebody_else_has_given_is_none_of_the_version(draft, pledge):
    Consent.objects.create(user=TeamMemberFactory(team=draft.team).user, agreement=pledge[0])
    Consent.objects.create(user=captain_of(draft.team), agreement=pledge[0], withdrawn_at=timezone.now())

    assert submit(draft).version.form["pledge"] is None


def test_a_late_attempt_says_the_same(draft, pledge):
    Consent.objects.create(user=captain_of(draft.team), agreement=pledge[0])
    close(draft.team.competition, StageKind.SUBMISSION)

    assert hand_in(draft).form["pledge"] == {"version": 1}


def kept_without_a_pledge(draft):
    """As versions were before they said anything of it."""
    receipt = submit(draft)
    version = receipt.version
    form = {key: value for key, value in version.form.items() if key != "pledge"}
    with changes_allowed(connection):
        SubmissionVersion.objects.filter(pk=version.pk).update(form=form, form_sha256=sha256_of(form))
    return receipt


def test_a_version_from_before_they_said_it_is_the_same_with_a_pledge_given(draft, pledge):
    Consent.objects.create(user=captain_of(draft.team), agreement=pledge[1])
    receipt = kept_without_a_pledge(draft)

    assert submit(draft) == receipt


def test_a_pledge_given_since_makes_another_version(draft, pledge):
    submit(draft)
    Consent.objects.create(user=captain_of(draft.team), agreement=pledge[1])

    assert submit(draft).version.number == 2


SUBMIT = 'form="submit"'


def last_look(draft):
    return client_for(captain_of(draft.team)).get(f"{draft.get_absolute_url()}submit/").content.decode()


def test_the_last_look_lets_a_pledge_be_submitted_that_was_given_since(draft, pledge):
    submit(draft)
    before = SUBMIT in last_look(draft)
    Consent.objects.create(user=captain_of(draft.team), agreement=pledge[1])

    assert (before, SUBMIT in last_look(draft)) == (False, True)


def test_the_last_look_says_of_a_version_from_before_that_nothing_has_changed(draft, pledge):
    Consent.objects.create(user=captain_of(draft.team), agreement=pledge[1])
    kept_without_a_pledge(draft)

    assert SUBMIT not in last_look(draft)


@pytest.mark.parametrize("has_given", [True, False])
def test_the_last_look_says_whether_the_pledge_was_given(draft, pledge, has_given):
    if has_given:
        Consent.objects.create(user=captain_of(draft.team), agreement=pledge[1])
    page = last_look(draft)

    assert [("第 2 版，队长已签署" in page), ("队长尚未签署" in page)] == [has_given, not has_given]
