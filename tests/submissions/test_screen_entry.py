"""The page on which an organizer screens one entry: what it shows, what it takes, and to whom."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from portal.core import files
from portal.core.models import AuditEntry
from submissions.models import (
    Correction,
    ScreeningNote,
    Submission,
)
from submissions.models import Screening as Decision
from tests.factories.accounts import UserFactory
from tests.factories.files import pdf
from tests.factories.submissions import (
    AttachmentFactory,
    ReceiptFactory,
    TeamMemberFactory,
    VersionFactory,
    captain_of,
    write,
)
from tests.factories.tracks import OrganizerFactory, TopicFactory
from tests.submissions.people import client_for
from tests.submissions.screening import REASON, Screening, opened

pytestmark = [pytest.mark.django_db, pytest.mark.database]
SPACES = "  \n\t "


@pytest.fixture
def house():
    return Screening()


@pytest.fixture
def entry(house):
    return house.entry()


def status_of(entry):
    return Submission.objects.get(pk=entry.pk).status


def page(house, entry, client=None):
    return (client or house.client).get(house.address(entry)).content.decode()


def resubmit(entry, **answers):
    write(entry, **answers)
    Submission.objects.filter(pk=entry.pk).update(status="submitted")
    return ReceiptFactory(version=VersionFactory(submission=entry)).version


def test_it_passes_and_the_next_one_comes(house, entry):
    following = house.entry()
    answer = house.decide(entry, "pass", reason="")

    assert (status_of(entry), answer.url) == ("eligible", house.address(following))


def test_after_the_last_one_comes_the_queue(house, entry):
    assert house.decide(entry, "pass").url == house.url("screening_queue")


def test_the_track_that_was_chosen_is_kept_on_the_way(house, entry):
    following, address = house.entry(), f"{house.address(entry)}?track={house.topic.track.number}"
    answer = house.client.post(address, {"decide": "pass", "version": 1})

    assert answer.url == f"{house.address(following)}?track={house.topic.track.number}"


def test_it_is_returned_with_what_may_be_mended(house, entry):
    house.decide(entry, "return", **opened(slots=["proposal"]))
    correction = Correction.objects.get()

    assert (status_of(entry), correction.sections, correction.slots) == ("returned", ["abstract"], ["proposal"])


def test_it_is_rejected_for_a_reason_from_the_list(house, entry):
    house.decide(entry, "reject", code="off_topic", reason="")
    made = Decision.objects.get()

    assert (made.outcome, made.code, made.reason) == ("rejected", "off_topic", "内容与赛题不符。")


def test_what_was_typed_counts_before_the_text_of_the_list(house, entry):
    house.decide(entry, "reject", code="off_topic")

    assert Decision.objects.get().reason == REASON


def test_a_reason_of_another_decision_is_none(house, entry):
    house.decide(entry, "pass", code="no_seal")

    assert Decision.objects.get().code == ""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("内容与赛题不符。", ""),
        (" 内容与赛题不符。\r\n", ""),
        (f"{REASON}\r\n内容与赛题不符。", REASON),
        (f"内容与赛题不符。{REASON}", f"内容与赛题不符。{REASON}"),
    ],
)
def test_the_text_of_a_rejection_doesnt_go_out_with_a_pass(house, entry, typed, kept):
    house.decide(entry, "pass", code="off_topic", reason=typed)
    made = Decision.objects.get()

    assert (made.outcome, made.code, made.reason) == ("passed", "", kept)


def test_nor_with_a_return_which_asks_for_words_of_its_own(house, entry):
    answer = house.decide(entry, "return", code="off_topic", reason="内容与赛题不符。", **opened())

    assert (answer.status_code, status_of(entry)) == (400, "submitted")
    assert list(answer.context["form"].errors) == ["reason"]


def test_what_was_ticked_is_kept(house, entry):
    house.decide(entry, "pass", checks=["seal"])

    assert Decision.objects.get().checks == {"seal": True, "names": False}


@pytest.mark.parametrize(
    ("what", "typed"),
    [
        ("reject", {"reason": SPACES}),
        ("reject", {"code": ""}),
        ("reject", {"reason": "", "code": ""}),
        ("reject", {"reason": "😀" * 4000}),
        ("reject", {"reason": "a\x00b"}),
        ("return", opened(reason=SPACES)),
        ("return", opened(closes_at="2020-01-01T00:00")),
        ("return", opened(closes_at="")),
        ("return", opened(closes_at="tomorrow")),
        ("return", opened(closes_at="9999-12-31T23:59")),
        ("return", opened(sections=[])),
        ("return", opened(sections=["nothing"])),
        ("return", opened(slots=["nothing"])),
        ("pass", {"version": "x"}),
        ("pass", {"version": 2**40}),
        ("pass", {"checks": ["nothing"]}),
        ("explode", {}),
    ],
)
def test_bad_input_decides_nothing_and_stays_on_the_page(house, entry, what, typed):
    answer = house.decide(entry, what, **typed)

    assert (answer.status_code, status_of(entry)) == (400, "submitted")


def test_what_was_typed_comes_back_with_the_fault(house, entry):
    answer = house.decide(entry, "return", **opened(closes_at="2020-01-01T00:00"))

    assert REASON in answer.content.decode()


def test_one_that_was_decided_meanwhile_is_a_conflict_that_says_by_whom(house, entry):
    other = OrganizerFactory(competition=house.competition, user__full_name="何晓")
    house.decide(entry, "pass", client=client_for(other.user))
    answer = house.decide(entry, "return", **opened())

    assert (answer.status_code, "何晓" in answer.content.decode(), status_of(entry)) == (409, True, "eligible")


def test_a_newer_version_is_a_conflict_and_the_next_attempt_is_about_it(house, entry):
    resubmit(entry, abstract="新的简述")
    answer = house.decide(entry, "reject", version=1)
    text = answer.content.decode()

    assert (answer.status_code, status_of(entry)) == (409, "submitted")
    assert ('name="version" value="2"' in text, REASON in text) == (True, True)


@pytest.mark.makeshift("versions made by hand")
def test_a_resubmission_shows_what_changed(house, entry):
    write(entry, abstract="旧的简述。")
    house.decide(entry, "return", **opened())
    resubmit(entry, abstract="改过的简述。")
    changes = house.client.get(house.address(entry)).context["changes"]

    assert [(change.title, change.was_open) for change in changes.sections] == [("项目简介", True)]


@pytest.mark.makeshift("versions made by hand")
def test_a_resubmission_shows_which_files_came_and_went(house, entry):
    house.decide(entry, "return", **opened(slots=["proposal"]))
    entry.attachments.update(replaced_at=timezone.now())
    AttachmentFactory(submission=entry, name="盖章版.pdf", file=files.store(ContentFile(pdf("盖章版"))))
    resubmit(entry)
    (change,) = house.client.get(house.address(entry)).context["changes"].files

    assert (change.come, change.was_open) == (["盖章版.pdf"], True)


def test_a_first_version_has_nothing_to_compare_with(house, entry):
    assert house.client.get(house.address(entry)).context["changes"] is None


def test_a_note_is_for_organizers_alone(house, entry):
    house.client.post(house.url("screen_note", entry.public_id), {"note-text": "电话核实过"})
    member = client_for(captain_of(entry.team)).get(entry.get_absolute_url()).content.decode()

    assert ("电话核实过" in page(house, entry), "电话核实过" in member) == (True, False)


def test_the_trail_says_that_there_is_a_note_and_not_what_it_says(house, entry):
    house.client.post(house.url("screen_note", entry.public_id), {"note-text": "电话核实过"})
    line = AuditEntry.objects.get(action="add_note")

    assert "电话" not in f"{line.after}{line.reason}"


@pytest.mark.parametrize("text", ["", SPACES, "😀" * 2001, "a\x00b"])
def test_a_note_that_says_nothing_or_too_much_is_refused(house, entry, text):
    answer = house.client.post(house.url("screen_note", entry.public_id), {"note-text": text})

    assert (answer.status_code, ScreeningNote.objects.count()) == (400, 0)


def test_a_pdf_shows_itself_in_the_page(house, entry):
    file = entry.versions.last().attachments.get()
    answer = house.client.get(house.url("screen_file", entry.public_id, file.public_id))

    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_a_file_that_lies_in_the_draft_is_not_there(house, entry):
    draft = AttachmentFactory(submission=entry, name="草稿.pdf", file=files.store(ContentFile(pdf("草稿"))))

    assert house.client.get(house.url("screen_file", entry.public_id, draft.public_id)).status_code == 404


def test_reading_it_leaves_a_line(house, entry):
    page(house, entry)

    assert AuditEntry.objects.filter(action="read", actor_id=house.organizer.pk).exists()


@pytest.mark.parametrize("name", ["screen_entry", "screen_undo", "screen_extend", "screen_note", "screen_claim"])
def test_an_organizer_in_the_team_decides_nothing_about_it(house, entry, name):
    TeamMemberFactory(team=entry.team, user=house.organizer)

    assert house.client.post(house.url(name, entry.public_id)).status_code == 403


@pytest.mark.parametrize("part", ["captain", "stranger", "another track"])
def test_nobody_else_finds_the_page(house, entry, part):
    role = OrganizerFactory(competition=house.competition)
    role.tracks.add(TopicFactory(track__competition=house.competition).track)
    people = {"captain": captain_of(entry.team), "stranger": UserFactory(), "another track": role.user}

    assert client_for(people[part]).get(house.address(entry)).status_code == 404


def test_an_entry_of_another_competition_is_not_there(house):
    elsewhere = Screening().entry()

    assert house.client.get(house.address(elsewhere)).status_code == 404


def test_hostile_words_stand_there_as_words(house):
    text = page(house, house.entry(title="<script>alert(1)</script>", abstract="<img src=x onerror=alert(1)>" * 30))

    assert ("<script>alert(1)" in text, "<img src=x" in text) == (False, False)
