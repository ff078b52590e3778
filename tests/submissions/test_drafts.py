from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from portal.core.errors import Conflict
from portal.core.models import AuditEntry, StoredFile
from submissions import services
from submissions.models import Attachment, Submission
from tests.factories.accounts import UserFactory
from tests.factories.files import pdf, upload
from tests.factories.submissions import (
    AttachmentFactory,
    SubmissionFactory,
    TeamFactory,
    TeamMemberFactory,
    captain_of,
)
from tests.factories.tracks import TopicFactory
from tests.submissions.people import KEY, close, said, save, version_of, write
from tracks.enums import StageKind, TopicStatus

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def team():
    return TeamFactory()


@pytest.fixture
def topic(team):
    return TopicFactory(track__competition=team.competition)


@pytest.fixture
def draft():
    return SubmissionFactory()


def start(team, topic, **changes):
    return services.start_submission(team, topic, **{"actor": captain_of(team), "title": "山洪预警", **changes})


def attach(draft, content=None, *, name="申报书.pdf", **changes):
    wanted = {"actor": captain_of(draft.team), "upload": upload(name, content), **changes}
    return services.attach_file(draft, **wanted)


def test_an_entry_begins_as_a_draft_of_its_topics_track(team, topic):
    entry = start(team, topic)

    assert (entry.status, entry.track, entry.number) == ("draft", topic.track, "")


def test_any_member_begins_an_entry(team, topic):
    assert start(team, topic, actor=TeamMemberFactory(team=team).user).pk


def test_nobody_begins_an_entry_for_another_team(team, topic):
    with pytest.raises(PermissionDenied):
        start(team, topic, actor=UserFactory())


def test_a_withdrawn_topic_takes_no_entries(team, topic):
    topic.status = TopicStatus.WITHDRAWN
    topic.save()

    with pytest.raises(Conflict):
        start(team, topic)


def test_a_topic_of_another_competition_is_refused(team):
    with pytest.raises(ValidationError) as caught:
        start(team, TopicFactory())

    assert list(caught.value.message_dict) == ["team"]


def test_entries_begin_while_submission_is_open(team, topic):
    stage = team.competition.stages.get(kind=StageKind.SUBMISSION)

    with pytest.raises(Conflict):
        start(team, topic, now=stage.closes_at)
    assert start(team, topic, now=stage.closes_at - timedelta(microseconds=1)).pk


def test_the_same_form_twice_begins_one_entry(team, topic):
    first = start(team, topic, key=KEY)

    assert (start(team, topic, key=KEY), Submission.objects.count()) == (first, 1)


@pytest.mark.parametrize("title", ["", " ", "题" * 61, "山洪\x00预警", "山洪\n预警"])
def test_an_entry_needs_a_title_that_fits(team, topic, title):
    with pytest.raises(ValidationError) as caught:
        start(team, topic, title=title)

    assert list(caught.value.message_dict) == ["title"]


def test_saving_keeps_what_was_typed(draft):
    saved = save(draft, title="新的名称", abstract="第一段\r\n　　第二段")

    assert (saved.title, said(draft)) == ("新的名称", "第一段\n　　第二段")


def test_saving_counts_the_draft_version_up(draft):
    assert save(draft, abstract="改").draft_version == draft.draft_version + 1


def test_any_member_saves(draft):
    member = TeamMemberFactory(team=draft.team).user

    save(draft, abstract="改", actor=member)

    assert said(draft) == "改"


@pytest.mark.parametrize("somebody", ["stranger", "captain of another team"])
def test_nobody_else_saves(draft, somebody):
    other = UserFactory() if somebody == "stranger" else captain_of(TeamFactory(competition=draft.team.competition))

    with pytest.raises(PermissionDenied):
        save(draft, abstract="改", actor=other)


def test_an_older_draft_does_not_overwrite_a_newer_one(draft):
    read = version_of(draft, "abstract")
    save(draft, abstract="先到的")

    with pytest.raises(services.Clash) as caught:
        write(draft, "abstract", "后到的", expected_version=read)
    assert (caught.value.theirs.value, said(draft)) == ("先到的", "先到的")


def test_the_same_text_again_is_no_conflict(draft):
    read = version_of(draft, "abstract")
    first = write(draft, "abstract", "一样的")

    again = write(draft, "abstract", "一样的", expected_version=read)

    assert (again.version, again.is_unchanged) == (first.version, True)


def test_other_sections_may_be_saved_by_others_at_the_same_time(draft):
    read = version_of(draft, "title")
    save(draft, abstract="对方写的")

    assert write(draft, "title", "我改的名称", expected_version=read).value == "我改的名称"


@pytest.mark.parametrize(
    ("section", "text"), [("title", ""), ("title", "题" * 61), ("abstract", "数" * 1001), ("abstract", "数\x00据")]
)
def test_what_cannot_be_kept_is_refused(draft, section, text):
    before = said(draft, section)

    with pytest.raises(ValidationError):
        write(draft, section, text)
    assert said(draft, section) == before


def test_a_section_that_the_form_does_not_have_is_missing(draft):
    with pytest.raises(services.NoSuchSection):
        write(draft, "nonsense", "字")


def test_a_draft_may_be_saved_while_submission_is_open(draft):
    stage = draft.team.competition.stages.get(kind=StageKind.SUBMISSION)

    save(draft, abstract="改", now=stage.closes_at - timedelta(microseconds=1))
    with pytest.raises(services.TooLate):
        save(draft, abstract="太晚", now=stage.closes_at)
    assert said(draft) == "改"


def test_what_comes_too_late_is_kept_for_its_writer(draft):
    close(draft.team.competition, StageKind.SUBMISSION)

    with pytest.raises(services.TooLate) as caught:
        save(draft, abstract="截止后才写完的一段")
    assert (caught.value.unsent.value, caught.value.unsent.user) == ("截止后才写完的一段", captain_of(draft.team))


def test_a_returned_entry_may_be_mended_after_the_deadline():
    entry = SubmissionFactory(returned=True)
    close(entry.team.competition, StageKind.SUBMISSION)

    save(entry, abstract="补正")

    assert said(entry) == "补正"


@pytest.mark.parametrize("state", ["eligible", "rejected"])
def test_an_entry_that_was_decided_about_stays_as_it_is(state):
    with pytest.raises(Conflict):
        save(SubmissionFactory(**{state: True}), abstract="改")


def test_a_submitted_entry_has_a_draft_that_goes_on():
    assert save(SubmissionFactory(submitted=True), abstract="改").status == "submitted"


def test_a_file_is_kept_with_its_hash(draft):
    attachment = attach(draft, pdf("hello"))

    assert (attachment.name, attachment.file.size) == ("申报书.pdf", len(pdf("hello")))


def test_a_new_file_replaces_the_old_one(draft):
    old = AttachmentFactory(submission=draft)

    new = attach(draft, pdf("new"))

    old.refresh_from_db()
    assert (list(draft.attachments.current()), old.replaced_at is None) == ([new], False)


def test_the_same_file_again_changes_nothing(draft):
    first = attach(draft)

    assert (attach(draft), Attachment.objects.count()) == (first, 1)


def test_a_new_file_makes_the_draft_another_one(draft):
    attach(draft)

    assert Submission.objects.get().draft_version == 2


def test_a_file_is_in_the_audit_trail_by_its_hash(draft):
    attachment = attach(draft)

    assert AuditEntry.objects.get(action="attach").after["sha256"] == attachment.file.sha256


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/申报书.pdf", "申报书.pdf"), ("申报\u202e书.PDF", "申报书.PDF"), ("=HYPERLINK.pdf", "=HYPERLINK.pdf")],
)
def test_a_file_name_is_kept_tidy(draft, name, kept):
    assert attach(draft, name=name).name == kept


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("申报书.pdf.exe", None),
        ("申报书.docx", None),
        ("..pdf", None),
        ("申报书.pdf", b"<html><script>alert(1)</script>%PDF-1.7"),
        ("申报书.pdf", b"MZ\x90\x00"),
        ("申报书.pdf", b"PK\x03\x04"),
        ("申报书.pdf", b""),
    ],
)
def test_what_is_no_pdf_is_refused_and_not_kept(draft, name, content):
    with pytest.raises(ValidationError) as caught:
        attach(draft, content, name=name)

    assert list(caught.value.message_dict) == ["file"]
    assert not StoredFile.objects.exists()


def test_a_file_of_exactly_the_limit_is_kept(draft):
    limit(draft, len(pdf()))

    assert attach(draft).file.size == len(pdf())


def test_a_file_of_one_byte_more_is_refused(draft):
    limit(draft, len(pdf()) - 1)

    with pytest.raises(ValidationError, match="字节"):
        attach(draft)


def limit(draft, size):
    draft.team.competition.max_file_size = size
    draft.team.competition.save()


def test_what_finds_no_room_is_refused_before_a_byte_is_kept(draft, settings):
    content = pdf("large")
    settings.TEAM_QUOTA = len(content) - 1
    with pytest.raises(ValidationError, match="file"):
        attach(draft, content)

    assert StoredFile.objects.count() == 0
