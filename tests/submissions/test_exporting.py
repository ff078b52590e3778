"""The list of entries as a table: what was submitted last, of one's own tracks, harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
import tracemalloc
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from portal.core import service
from portal.core.enums import ServiceMode
from portal.core.models import AuditEntry
from submissions import entry_rows, services
from submissions.models import Attachment, Correction, Receipt, Submission, SubmissionVersion, TeamOrganization
from tests.factories.accounts import UserFactory
from tests.factories.submissions import (
    OrganizationFactory,
    SubmissionFactory,
    TeamFactory,
    TeamMemberFactory,
    captain_of,
    write,
)
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory, TrackFactory
from tests.submissions.people import client_for

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def competition():
    return CompetitionFactory(open=True, short_name="川赛")


@pytest.fixture
def topic(competition):
    return TopicFactory(track=TrackFactory(competition=competition, number=1))


@pytest.fixture
def organizer(competition):
    return OrganizerFactory(competition=competition).user


def entry(topic, **fields):
    state = {} if fields.keys() & {"eligible", "returned", "rejected"} else {"submitted": True}
    return SubmissionFactory(**{"team__competition": topic.track.competition, "topic": topic, **state, **fields})


def put_on_shortlist(made, organizer, step):
    end = timezone.now() + timedelta(days=3)
    if step:
        services.shortlist([made.public_id], actor=organizer)
    if step == "announce":
        services.announce_shortlist([made.public_id], actor=organizer, closes_at=end)


def address(competition, kind="csv", query=""):
    return reverse("submissions:export_entries", args=[competition.slug, kind]) + query


def table(user, competition, query=""):
    response = client_for(user).get(address(competition, "csv", query))
    assert response.status_code == 200
    text = response.getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_row_says_what_was_submitted_and_what_was_decided(organizer, competition, topic):
    made = entry(topic, returned=True, title="山洪预警")
    screening = made.versions.get().screening
    end = timezone.now() + timedelta(days=5)
    Correction.objects.create(screening=screening, closes_at=end)
    type(screening).objects.filter(pk=screening.pk).update(code="seal", reason="请补盖公章。")
    TeamOrganization.objects.create(team=made.team, organization=OrganizationFactory(name="合作单位"))

    (row,) = table(organizer, competition)
    said = {name: row[name] for name in ("编号", "项目名称", "团队", "联合单位", "队长", "版本", "状态", "形式审查")}
    assert said == {
        "编号": made.number,
        "项目名称": "山洪预警",
        "团队": made.team.name,
        "联合单位": "合作单位",
        "队长": captain_of(made.team).full_name,
        "版本": "1",
        "状态": "退回补正",
        "形式审查": "退回补正",
    }
    assert (row["理由代码"], row["理由"], row["决定人"]) == ("seal", "请补盖公章。", screening.decided_by.full_name)
    assert row["补正截止"] == timezone.localtime(end).strftime("%Y-%m-%d %H:%M:%S")
    assert (row["文件数"], row["文件"]) == ("1", "申报书.pdf")


def test_what_the_team_writes_now_is_not_in_it(organizer, competition, topic):
    write(entry(topic, title="提交时的名称"), title="草稿里的名称")

    assert [row["项目名称"] for row in table(organizer, competition)] == ["提交时的名称"]


def test_drafts_are_not_in_it(organizer, competition, topic):
    SubmissionFactory(team__competition=competition, topic=topic)

    assert table(organizer, competition) == []


def test_entries_of_other_tracks_are_not_in_it(competition, topic):
    entry(TopicFactory(track=TrackFactory(competition=competition, number=2)))
    mine = entry(topic)
    helper = OrganizerFactory(competition=competition, tracks=[topic.track]).user

    assert [row["编号"] for row in table(helper, competition)] == [mine.number]


@pytest.mark.parametrize("attack", ["=1+1", "@SUM(A1)", "＝cmd", "-2", "+3", "|calc"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_is_a_formula(organizer, competition, topic, attack, kind):
    entry(topic, title=attack, team__name=f"{attack}队")

    content = client_for(organizer).get(address(competition, kind)).getvalue()
    if kind == "csv":
        cells = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1]
    else:
        (_head, row) = load_workbook(io.BytesIO(content)).active.iter_rows()
        assert {cell.data_type for cell in row} <= {"s", "n", "d", "inlineStr"}
        cells = [cell.value for cell in row]
    assert (cells[1], cells[4]) == (f"'{attack}", f"'{attack}队")


def test_a_table_for_excel_begins_with_its_mark(organizer, competition, topic):
    assert client_for(organizer).get(address(competition)).getvalue().startswith(b"\xef\xbb\xbf")


def test_a_workbook_has_the_same_rows(organizer, competition, topic):
    made = entry(topic)

    content = client_for(organizer).get(address(competition, "xlsx")).getvalue()
    rows = list(load_workbook(io.BytesIO(content), read_only=True).active.values)
    assert (rows[0][0], rows[1][0], len(rows)) == ("编号", made.number, 2)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "submitted eligible other"),
        ("?state=eligible", "eligible"),
        ("?track=2", "other"),
        ("?state=eligible&track=2", ""),
        ("?q=内涝", "submitted"),
        ("?q=晴空队", "eligible"),
        ("?q=T02-", "other"),
        ("?q=省气象局", "other"),
        ("?state=&track=&q=&without_video=on", "submitted eligible other"),
    ],
)
def test_filters_narrow_it(organizer, competition, topic, query, found):
    second = TopicFactory(track=TrackFactory(competition=competition, number=2))
    made = {
        "submitted": entry(topic, title="城市内涝"),
        "eligible": entry(topic, eligible=True, title="别的", team__name="晴空队"),
        "other": entry(second, title="又一个", team__organization__name="省气象局"),
    }

    assert [row["编号"] for row in table(organizer, competition, query)] == [
        made[name].number for name in found.split()
    ]


@pytest.mark.parametrize(
    "query", ["?state=draft", "?state=x", "?track=99", "?q=%00", "?status=eligible", "?q=" + "长" * 101]
)
def test_a_filter_that_makes_no_sense_is_refused(organizer, competition, topic, query):
    assert client_for(organizer).get(address(competition, "csv", query)).status_code == 400


def test_a_track_of_somebody_else_is_as_if_there_were_none(competition, topic):
    TrackFactory(competition=competition, number=2)
    helper = OrganizerFactory(competition=competition, tracks=[topic.track]).user
    client = client_for(helper)

    answers = [client.get(address(competition, "csv", f"?track={number}")) for number in (2, 99)]
    assert [each.status_code for each in answers] == [400, 400]
    assert answers[0].content.replace(b"99", b"2") == answers[1].content.replace(b"99", b"2")


def test_that_it_was_taken_is_in_the_trail(organizer, competition, topic):
    entry(topic)

    table(organizer, competition, "?state=submitted")
    line = AuditEntry.objects.get(action="export_entries")
    assert (line.actor_id, line.after, line.scope) == (
        organizer.pk,
        {"count": 1, "format": "csv", "state": "submitted"},
        f"reading:{competition.pk}",
    )


def test_who_decided_about_one_s_own_team_is_not_told(organizer, competition, topic):
    made = entry(topic, returned=True)
    type(made.versions.get().screening).objects.update(code="seal")
    TeamMemberFactory(team=made.team, user=organizer)

    (row,) = table(organizer, competition)
    assert (row["决定人"], row["理由代码"], row["形式审查"]) == ("", "", "退回补正")


@pytest.mark.parametrize(
    ("step", "said"), [("", "未入围"), ("shortlist", "已入围，未通知"), ("announce", "已入围，已通知")]
)
def test_a_row_says_how_far_it_is_on_the_shortlist(organizer, competition, topic, step, said):
    made = entry(topic, eligible=True)
    put_on_shortlist(made, organizer, step)

    (row,) = table(organizer, competition)
    assert row["入围"] == said


@pytest.mark.parametrize(("step", "said"), [("shortlist", "未入围"), ("announce", "已入围，已通知")])
def test_whoever_is_in_the_team_learns_of_the_shortlist_with_it(organizer, competition, topic, step, said):
    made = entry(topic, eligible=True)
    put_on_shortlist(made, organizer, step)
    TeamMemberFactory(team=made.team, user=organizer)

    (row,) = table(organizer, competition)
    assert row["入围"] == said


def test_what_was_taken_off_the_shortlist_is_not_on_it(organizer, competition, topic):
    made = entry(topic, eligible=True)
    put_on_shortlist(made, organizer, "announce")
    services.undo_shortlist([made.public_id], actor=organizer, reason="名额有误")

    (row,) = table(organizer, competition)
    assert row["入围"] == "未入围"


def test_nobody_else_gets_it(competition, topic):
    people = [UserFactory(), captain_of(TeamFactory(competition=competition)), OrganizerFactory().user]

    assert [client_for(person).get(address(competition)).status_code for person in people] == [404, 404, 404]
    assert not AuditEntry.objects.filter(action="export_entries").exists()


def test_another_kind_of_table_is_missing(organizer, competition):
    assert client_for(organizer).get(address(competition, "ods")).status_code == 404


def test_it_waits_while_only_submissions_count(organizer, competition, topic, monkeypatch):
    monkeypatch.setattr(service, "_known", service.State(ServiceMode.SUBMISSIONS_ONLY))

    assert client_for(organizer).get(address(competition)).status_code == 503


def many(topic, count):
    """Entries without their rows one by one, on one file."""
    first = entry(topic)
    version, file = first.versions.get(), first.attachments.get()
    now = timezone.now()
    entries = Submission.objects.bulk_create(
        Submission(
            **{name: getattr(first, name) for name in ("team", "topic", "track", "topic_revision", "title", "status")},
            number=f"T01-{number + 2:04}",
            submitted_at=now,
        )
        for number in range(count)
    )
    copied = {name: getattr(version, name) for name in ("topic_revision", "form", "form_sha256", "submitted_by")}
    versions = SubmissionVersion.objects.bulk_create(
        SubmissionVersion(submission=each, number=1, created_at=now, **copied) for each in entries
    )
    files = Attachment.objects.bulk_create(
        Attachment(submission=each, file=file.file, name=file.name, uploaded_by=file.uploaded_by) for each in entries
    )
    through = SubmissionVersion.attachments.through
    through.objects.bulk_create(
        through(submissionversion=version, attachment=file) for version, file in zip(versions, files, strict=True)
    )
    Receipt.objects.bulk_create(
        Receipt(version=each, files=version.receipt.files, received_at=now, committed_at=now) for each in versions
    )


def peak(client, where):
    tracemalloc.start()
    try:
        for _chunk in client.get(where).streaming_content:
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.makeshift("1,200 entries put down at once; the question about the books is planned for a handful")
def test_memory_stays_the_same_however_many_there_are(competition, topic, monkeypatch):
    monkeypatch.setattr(entry_rows, "A_BATCH", 50)
    larger = TopicFactory(track=TrackFactory(competition=CompetitionFactory(open=True), number=1))
    many(topic, 300)
    many(larger, 900)
    peaks = []
    for each in (topic, topic, larger):
        client = client_for(OrganizerFactory(competition=each.track.competition).user)
        peaks.append(peak(client, address(each.track.competition)))

    assert peaks[2] < peaks[1] + 150_000


def test_each_batch_takes_as_many_queries(organizer, competition, topic, monkeypatch):
    many(topic, 9)
    client = client_for(organizer)

    def asked(batch):
        monkeypatch.setattr(entry_rows, "A_BATCH", batch)
        with CaptureQueriesContext(connection) as queries:
            client.get(address(competition)).getvalue()
        return len(queries)

    asked(10)
    assert asked(5) - asked(10) == 9
