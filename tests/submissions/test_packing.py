"""The files of entries as one archive: each at its place, whatever it is called, and a list of them."""

from __future__ import annotations

import csv
import io
import tracemalloc
import unicodedata
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from portal.core import files
from portal.core.models import AuditEntry
from submissions.packing import safe_part, unique_name
from tests.factories.accounts import UserFactory
from tests.factories.submissions import (
    AttachmentFactory,
    ReceiptFactory,
    SubmissionFactory,
    TeamFactory,
    VersionFactory,
    captain_of,
)
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory, TrackFactory
from tests.submissions.people import client_for

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def competition():
    return CompetitionFactory(open=True)


@pytest.fixture
def topic(competition):
    track = TrackFactory(competition=competition, number=1, name="应急管理")
    return TopicFactory(track=track, number=3, title="山洪预警")


@pytest.fixture
def organizer(competition):
    return OrganizerFactory(competition=competition).user


def entry(topic, *names, **fields):
    """Submitted with files of these names, each with a content of its own."""
    made = SubmissionFactory(
        team__competition=topic.track.competition, topic=topic, history=False, has_been_submitted=True,
        status="submitted", **fields,
    )  # fmt: skip
    for name in names:
        AttachmentFactory(submission=made, name=name, file=files.store(ContentFile(f"{name} {made.pk}".encode())))
    ReceiptFactory(version=VersionFactory(submission=made))
    return made


def address(competition, query=""):
    return reverse("submissions:export_files", args=[competition.slug]) + query


def archive(user, competition, query=""):
    response = client_for(user).get(address(competition, query))
    assert response.status_code == 200
    opened = ZipFile(io.BytesIO(response.getvalue()))
    assert opened.testzip() is None
    return opened


def listed(opened):
    return list(csv.DictReader(io.StringIO(opened.read("清单.csv").decode("utf-8-sig"))))


def test_each_file_lies_in_the_folder_of_its_entry(organizer, competition, topic):
    made = entry(topic, "申报书.pdf", team__name="预警队")

    opened = archive(organizer, competition)
    path = f"T01 应急管理/03 山洪预警/{made.number}_预警队/申报书.pdf"
    assert opened.namelist() == [path, "清单.csv"]
    assert opened.read(path) == f"申报书.pdf {made.pk}".encode()


def test_the_list_names_each_with_its_hash(organizer, competition, topic):
    made = entry(topic, "申报书.pdf")

    (row,) = listed(archive(organizer, competition))
    stored = made.attachments.get().file
    assert (row["编号"], row["文件名"], row["SHA-256"], row["处理结果"]) == (
        made.number,
        "申报书.pdf",
        stored.sha256,
        "已打包",
    )


def test_what_lies_in_the_draft_is_not_in_it(organizer, competition, topic):
    AttachmentFactory(submission=entry(topic, "申报书.pdf"), name="草稿.pdf")

    assert [row["文件名"] for row in listed(archive(organizer, competition))] == ["申报书.pdf"]


def test_of_several_versions_the_last(organizer, competition, topic):
    made = entry(topic, "旧.pdf")
    made.attachments.update(replaced_at=timezone.now())
    AttachmentFactory(submission=made, name="新.pdf")
    ReceiptFactory(version=VersionFactory(submission=made))

    assert [row["文件名"] for row in listed(archive(organizer, competition))] == ["新.pdf"]


def test_a_file_that_is_missing_is_named_and_the_rest_comes(organizer, competition, topic):
    gone = entry(topic, "丢失.pdf").attachments.get().file
    kept = entry(topic, "在.pdf")
    default_storage.delete(gone.path)

    opened = archive(organizer, competition)
    assert {row["文件名"]: row["处理结果"] for row in listed(opened)} == {"丢失.pdf": "存储中缺失", "在.pdf": "已打包"}
    assert [name for name in opened.namelist() if name.endswith(".pdf")] == [
        f"T01 应急管理/03 山洪预警/{kept.number}_{kept.team.name}/在.pdf"
    ]


def test_a_file_that_was_changed_is_named(organizer, competition, topic):
    stored = entry(topic, "申报书.pdf").attachments.get().file
    default_storage.delete(stored.path)
    default_storage.save(stored.path, ContentFile(b"something else"))

    assert [row["处理结果"] for row in listed(archive(organizer, competition))] == ["已损坏：内容与提交时不一致"]


def test_a_file_that_breaks_off_leaves_an_archive_that_opens(organizer, competition, topic, monkeypatch):
    entry(topic, "a.pdf", "b.pdf")

    def breaking(self, *_args):
        yield b"the beginning"
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("django.core.files.base.File.chunks", breaking)
    assert {row["处理结果"] for row in listed(archive(organizer, competition))} == {"已损坏：内容与提交时不一致"}


def test_videos_may_stay_behind(organizer, competition, topic):
    entry(topic, "申报书.pdf", "演示.MP4")

    opened = archive(organizer, competition, "?without_video=on")
    assert len(opened.namelist()) == 2
    assert {row["文件名"]: row["处理结果"] for row in listed(opened)} == {
        "申报书.pdf": "已打包",
        "演示.MP4": "未打包：视频",
    }


def test_with_nothing_in_it_there_is_still_a_list(organizer, competition):
    assert archive(organizer, competition).namelist() == ["清单.csv"]


def test_entries_of_other_tracks_are_not_in_it(competition, topic):
    entry(TopicFactory(track=TrackFactory(competition=competition, number=2)), "别人的.pdf")
    entry(topic, "我的.pdf")
    helper = OrganizerFactory(competition=competition, tracks=[topic.track]).user

    assert [row["文件名"] for row in listed(archive(helper, competition))] == ["我的.pdf"]


def test_that_they_were_taken_is_in_the_trail(organizer, competition, topic):
    entry(topic, "a.pdf")

    archive(organizer, competition, "?track=1&without_video=on")
    line = AuditEntry.objects.get(action="export_files")
    assert (line.actor_id, line.after) == (organizer.pk, {"count": 1, "track": "1", "without_video": True})


def test_nobody_else_gets_them(competition, topic):
    people = [UserFactory(), captain_of(TeamFactory(competition=competition)), OrganizerFactory().user]

    assert [client_for(person).get(address(competition)).status_code for person in people] == [404, 404, 404]


HOSTILE = [
    "../../../etc/passwd",
    "..\\..\\boot.ini",
    "a/b/c.pdf",
    "CON.pdf",
    "nul",
    "a\x00b\r\nc.pdf",
    "\u202efdp.exe",
    "...",
    "   ",
    "a. ",
    "长" * 200 + ".pdf",
    "😀" * 4000,
    "=cmd|' /C calc'!A0.pdf",
    'a<b>:"|?*.pdf',
    "\ud800.pdf",
    "e\u0301.pdf",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_leads_anywhere_or_breaks_a_system(name):
    found = safe_part(name, 120)

    assert found not in {"", ".", ".."}
    assert not set(found) & set('<>:"/\\|?*\r\n\x00\u202e')
    assert len(found.encode()) <= 121
    assert found == unicodedata.normalize("NFC", found)
    assert found == found.strip(" .")
    assert found.partition(".")[0].casefold() not in {"con", "nul"}


def test_a_long_name_keeps_its_ending():
    assert safe_part("长" * 200 + ".pdf", 120).endswith("长.pdf")


def test_no_two_are_the_same_where_capitals_do_not_count():
    taken: set[str] = set()

    assert [unique_name(name, taken) for name in ("A.pdf", "a.PDF", "a.pdf", "b")] == [
        "A.pdf",
        "a (2).PDF",
        "a (3).pdf",
        "b",
    ]


def test_hostile_names_stay_below_their_entry(organizer, competition, topic):
    made = entry(topic, "../../x.pdf", "CON.pdf", "../../X.pdf", team__name="..")

    names = archive(organizer, competition).namelist()
    assert {name.rpartition("/")[0] for name in names} == {f"T01 应急管理/03 山洪预警/{made.number}_", ""}
    assert len(set(names)) == 4


def test_memory_stays_the_same_however_large_the_files_are(organizer, competition, topic):
    """What is sent is forty times as much as what is kept at once."""
    made = SubmissionFactory(team__competition=competition, topic=topic, history=False, has_been_submitted=True,
                             status="submitted")  # fmt: skip
    for number in range(4):
        content = ContentFile(bytes([number]) * (10 * 1024**2))
        AttachmentFactory(submission=made, name=f"{number}.bin", file=files.store(content))
    ReceiptFactory(version=VersionFactory(submission=made))
    client = client_for(organizer)
    tracemalloc.start()
    try:
        sent = sum(len(block) for block in client.get(address(competition)).streaming_content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert (sent > 40 * 1024**2, peak < 8 * 1024**2) == (True, True)
