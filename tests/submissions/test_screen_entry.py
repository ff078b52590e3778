"""The page on which an organizer screens one entry: what it shows, what it takes, and to whom."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from portal.core import files
from portal.core.models import AuditEntry
from submissions import services
from submissions.models import (
    Correction,
    ScreeningClaim,
    ScreeningNote,
    ScreeningPlan,
    ScreeningProposal,
    Submission,
    UndoneScreening,
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
from tests.submissions.screening import REASON, Screening, local, opened

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


def test_opening_it_claims_it(house, entry):
    page(house, entry)

    assert ScreeningClaim.objects.get().user == house.organizer


def test_whoever_comes_second_is_told_who_has_it(house, entry):
    house.client.get(house.address(entry))
    other = client_for(OrganizerFactory(competition=house.competition).user)

    assert f'<b data-name="">{house.organizer}</b>' in page(house, entry, other).replace("data-name>", 'data-name="">')


def test_an_entry_that_is_decided_is_claimed_by_nobody(house):
    page(house, house.entry(status="eligible"))

    assert ScreeningClaim.objects.count() == 0


def claim(house, entry, **said):
    return house.client.post(house.url("screen_claim", entry.public_id), said).json()


def until_of(house, entry):
    """What an open page gives up when it is left."""
    return house.client.get(house.address(entry)).context["until"]


def test_an_open_page_keeps_the_claim_and_gives_it_up(house, entry):
    page(house, entry)
    kept = claim(house, entry)
    left = claim(house, entry, leave="1", until=kept["until"])

    assert (kept["other"], left, ScreeningClaim.objects.count()) == ("", {"other": "", "until": ""}, 0)


def test_a_page_that_is_left_before_it_said_anything_gives_it_up(house, entry):
    claim(house, entry, leave="1", until=until_of(house, entry))

    assert not ScreeningClaim.objects.exists()


@pytest.mark.parametrize(
    "follow",
    [
        page,
        lambda house, entry: house.decide(entry, "reject", reason=SPACES),
        lambda house, entry: house.client.post(house.url("screen_note", entry.public_id), {"note-text": SPACES}),
        claim,
    ],
    ids=["reload", "refused decision", "refused note", "another tab"],
)
def test_what_a_page_gives_up_late_stays_with_the_page_that_followed(house, entry, follow):
    old = until_of(house, entry)
    follow(house, entry)
    claim(house, entry, leave="1", until=old)

    assert ScreeningClaim.objects.get().user == house.organizer


def test_a_form_that_comes_back_has_it_in_hand(house, entry):
    answer = house.decide(entry, "reject", reason=SPACES)
    claim(house, entry, leave="1", until=answer.context["until"])

    assert (bool(answer.context["until"]), ScreeningClaim.objects.exists()) == (True, False)


@pytest.mark.parametrize("until", ["", "x", "2026-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_whoever_doesnt_say_what_they_had_gives_nothing_up(house, entry, until):
    page(house, entry)
    claim(house, entry, leave="1", until=until)

    assert ScreeningClaim.objects.exists()


def test_an_open_page_learns_who_has_it_by_now(house, entry):
    other = OrganizerFactory(competition=house.competition)
    page(house, entry, client_for(other.user))

    answer = house.client.post(house.url("screen_claim", entry.public_id))
    assert answer.json() == {"other": str(other.user), "until": ""}


def test_a_page_still_open_claims_nothing_that_is_decided(house, entry):
    page(house, entry)
    house.decide(entry, "pass")

    assert (claim(house, entry), ScreeningClaim.objects.count()) == ({"other": "", "until": ""}, 0)


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


def undo(house, entry, decision, reason="看错了版本"):
    data = {"undo-reason": reason, "undo-decision": decision}
    return house.client.post(house.url("screen_undo", entry.public_id), data)


def decision_shown(house, entry):
    return house.client.get(house.address(entry)).context["decision"].pk


def test_a_decision_is_undone_with_a_reason(house, entry):
    house.decide(entry, "reject")
    undo(house, entry, decision_shown(house, entry))

    assert (status_of(entry), UndoneScreening.objects.get().why_undone) == ("submitted", "看错了版本")


@pytest.mark.parametrize("seen", ["an earlier one", ""])
def test_from_an_old_page_no_decision_is_undone_that_nobody_looked_at(house, entry, seen):
    other = OrganizerFactory(competition=house.competition, user__full_name="何晓")
    house.decide(entry, "reject")
    read = decision_shown(house, entry)
    services.undo_screening(entry, actor=other.user, reason="盖章页在附件里")
    house.decide(entry, "pass", client=client_for(other.user))
    answer = undo(house, entry, read if seen else "")

    assert (answer.status_code, status_of(entry)) == (409, "eligible")
    assert "何晓" in str(answer.context["conflict"])


def test_what_is_shown_then_may_be_undone(house, entry):
    house.decide(entry, "pass")
    answer = undo(house, entry, "0")
    undo(house, entry, answer.context["decision"].pk)

    assert status_of(entry) == "submitted"


def test_undoing_takes_a_reason(house, entry):
    house.decide(entry, "reject")
    answer = undo(house, entry, decision_shown(house, entry), SPACES)

    assert (answer.status_code, status_of(entry)) == (400, "rejected")


def test_what_was_not_decided_cant_be_undone(house, entry):
    answer = house.client.post(house.url("screen_undo", entry.public_id), {"undo-reason": REASON})

    assert answer.status_code == 409


def extend(house, entry, correction, end):
    data = {"extend-closes_at": local(end), "extend-reason": "系统维护", "extend-correction": correction}
    return house.client.post(house.url("screen_extend", entry.public_id), data)


def test_a_team_is_given_more_time(house, entry):
    house.decide(entry, "return", **opened())
    Correction.objects.update(closes_at=timezone.now() - timedelta(hours=1))
    end = timezone.now() + timedelta(days=9)
    extend(house, entry, house.client.get(house.address(entry)).context["correction"].pk, end)

    assert Correction.objects.get().closes_at == end.replace(second=0, microsecond=0)


@pytest.mark.parametrize("seen", ["an earlier one", ""])
def test_from_an_old_page_no_correction_gets_more_time_that_nobody_looked_at(house, entry, seen):
    other = OrganizerFactory(competition=house.competition, user__full_name="何晓")
    house.decide(entry, "return", **opened())
    read = Correction.objects.get().pk
    services.undo_screening(entry, actor=other.user, reason="还缺一份材料")
    house.decide(entry, "return", client=client_for(other.user), **opened(slots=["proposal"]))
    end = Correction.objects.get().closes_at
    answer = extend(house, entry, read if seen else "", timezone.now() + timedelta(days=9))

    assert (answer.status_code, Correction.objects.get().closes_at) == (409, end)
    assert "何晓" in str(answer.context["conflict"])


def test_more_time_in_the_past_is_refused(house, entry):
    house.decide(entry, "return", **opened())
    data = {"extend-closes_at": "2020-01-01T00:00", "extend-reason": "x"}

    assert house.client.post(house.url("screen_extend", entry.public_id), data).status_code == 400


def test_an_overdue_entry_can_be_rejected_on_its_page(house, entry):
    house.decide(entry, "return", **opened())
    Correction.objects.update(closes_at=timezone.now() - timedelta(hours=1))
    house.decide(entry, "reject")

    assert status_of(entry) == "rejected"


class TestSecondLook:
    @pytest.fixture
    def house(self):
        return Screening(needs_second_look=True)

    @pytest.fixture
    def second(self, house):
        return client_for(OrganizerFactory(competition=house.competition).user)

    def answer(self, house, entry, client, what, reason="", about=None):
        last = ScreeningProposal.objects.last()
        data = {"second-answer": what, "second-reason": reason, "second-proposal": about or (last.pk if last else "")}
        return client.post(house.url("screen_second_look", entry.public_id), data)

    def test_a_rejection_waits_for_it(self, house, entry):
        house.decide(entry, "reject")

        assert (status_of(entry), house.numbers(state="second_look")) == ("submitted", [entry.number])

    def test_another_organizer_agrees(self, house, entry, second):
        house.decide(entry, "reject")
        self.answer(house, entry, second, "agree")

        assert (status_of(entry), Decision.objects.get().proposed_by) == ("rejected", house.organizer)

    def test_another_organizer_sends_it_back(self, house, entry, second):
        house.decide(entry, "reject")
        self.answer(house, entry, second, "decline", "证据不足")

        assert (ScreeningProposal.objects.get().status, house.numbers()) == ("declined", [entry.number])

    def test_sending_it_back_takes_a_reason(self, house, entry, second):
        house.decide(entry, "reject")

        assert self.answer(house, entry, second, "decline", SPACES).status_code == 400

    def test_nobody_agrees_with_themselves(self, house, entry):
        house.decide(entry, "reject")

        assert self.answer(house, entry, house.client, "agree").status_code == 403

    def test_where_nothing_was_proposed_there_is_nothing_to_agree_to(self, house, entry, second):
        assert self.answer(house, entry, second, "agree").status_code == 409

    def test_a_second_answer_is_a_conflict(self, house, entry, second):
        house.decide(entry, "reject")
        self.answer(house, entry, second, "agree")

        assert self.answer(house, entry, second, "agree").status_code == 409

    def another_proposal(self, house, entry):
        """Of somebody else, about what the team has submitted since; gives the one that was read."""
        house.decide(entry, "reject")
        read = ScreeningProposal.objects.get()
        ScreeningProposal.objects.all().lapse(timezone.now())
        resubmit(entry, abstract="新的简述")
        other = client_for(OrganizerFactory(competition=house.competition).user)
        house.decide(entry, "reject", client=other, reason="联合单位未盖章。")
        return read

    @pytest.mark.parametrize("what", ["agree", "decline"])
    def test_the_answer_is_about_the_proposal_that_was_read(self, house, entry, second, what):
        read = self.another_proposal(house, entry)
        answer = self.answer(house, entry, second, what, "证据不足", about=read.pk)

        assert (answer.status_code, status_of(entry)) == (409, "submitted")
        assert ScreeningProposal.objects.open().exists()

    def test_whoever_read_another_one_is_told_what_changed_and_shown_the_new_one(self, house, entry, second):
        read = self.another_proposal(house, entry)
        answer = self.answer(house, entry, second, "agree", about=read.pk)
        new = ScreeningProposal.objects.open().get()

        assert "第 2 版" in str(answer.context["conflict"])
        assert f'name="second-proposal" value="{new.pk}"' in answer.content.decode()

    @pytest.mark.parametrize("about", ["x", "0", "9" * 30, "7" * 9])
    def test_an_answer_about_nothing_that_is_there_is_a_conflict(self, house, entry, second, about):
        house.decide(entry, "reject")

        assert (self.answer(house, entry, second, "agree", about=about).status_code, status_of(entry)) == (
            409,
            "submitted",
        )

    def test_a_proposal_about_another_entry_is_not_answered_from_this_page(self, house, entry, second):
        house.decide(entry, "reject")
        other = house.entry()

        assert self.answer(house, other, second, "agree").status_code == 409
        assert (status_of(entry), ScreeningProposal.objects.open().exists()) == ("submitted", True)

    def test_its_page_shows_who_proposed_what(self, house, entry, second):
        house.decide(entry, "reject")
        text = page(house, entry, second)

        assert (REASON in text, 'name="second-answer"' in text) == (True, True)

    @pytest.mark.parametrize(("needs_second_look", "offered"), [(True, ["take_back"]), (False, ["agree", "take_back"])])
    def test_whoever_proposed_it_takes_it_back_and_agrees_only_without_a_second_look(
        self, house, entry, needs_second_look, offered
    ):
        house.decide(entry, "reject")
        ScreeningPlan.objects.update(needs_second_look=needs_second_look)

        assert re.findall('name="second-answer" value="([a-z_]+)"', page(house, entry)) == offered

    def test_taken_back_it_can_be_decided_about_again(self, house, entry):
        house.decide(entry, "reject")
        self.answer(house, entry, house.client, "take_back")
        context = house.client.get(house.address(entry)).context

        assert (context["proposal"], context["can_take"], house.numbers()) == (None, True, [entry.number])
        assert [past.then for past in context["past"]] == [f"{house.organizer} 已撤回"]


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
