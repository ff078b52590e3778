"""Saving a section from the page that is being written in."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from submissions import asking
from submissions.enums import SubmissionStatus
from submissions.models import Answer, Submission, UnsentText
from tests.factories.accounts import UserFactory
from tests.factories.forms import publish, section
from tests.factories.submissions import ABSTRACT, AttachmentFactory, SubmissionFactory, TeamMemberFactory, captain_of
from tests.factories.tracks import OrganizerFactory
from tests.submissions.people import client_for, close, queries_of, said, save, send_back, submit, version_of, write
from tracks.enums import StageKind

pytestmark = pytest.mark.django_db
# Session, person, agreements, entry, member, answer, revisions, and whether the competition has results.
HISTORY_COSTS = 8


@pytest.fixture
def draft():
    return SubmissionFactory()


@pytest.fixture
def captain(draft):
    return client_for(captain_of(draft.team))


def address(draft, key="abstract", page="save_section"):
    return reverse(f"submissions:{page}", args=[draft.public_id, key])


def send(client, draft, value="山洪", *, key="abstract", version=1, **more):
    body = json.dumps({"value": value, "version": version, **more})
    return client.post(address(draft, key), body, content_type="application/json")


def test_what_was_typed_is_saved(draft, captain):
    response = send(captain, draft, "第一段\r\n第二段")

    assert (response.status_code, response.json()["version"], said(draft)) == (200, 2, "第一段\n第二段")


def test_a_section_without_an_answer_begins_at_nothing(captain, draft):
    Answer.objects.filter(key="abstract").delete()

    assert send(captain, draft, version=0).json()["version"] == 1


def test_a_clash_shows_theirs_and_overwrites_nothing(draft, captain):
    save(draft, abstract="对方写的", actor=TeamMemberFactory(team=draft.team).user)

    response = send(captain, draft, "我写的", version=1)

    theirs = response.json()["theirs"]
    assert (response.status_code, theirs["text"], theirs["version"], said(draft)) == (409, "对方写的", 2, "对方写的")


def test_what_is_wrong_is_told_and_nothing_is_changed(draft, captain):
    response = send(captain, draft, "数" * 1001)

    assert (response.status_code, len(response.json()["errors"]), said(draft)) == (400, 1, ABSTRACT)


def test_what_comes_too_late_is_kept_for_its_writer_and_shown(draft, captain):
    close(draft.team.competition, StageKind.SUBMISSION)

    response = send(captain, draft, "截止后才写完")

    assert (response.status_code, "too_late" in response.json()) == (409, True)
    assert "截止后才写完" in captain.get(draft.get_absolute_url()).content.decode()
    assert UnsentText.objects.get().user == captain_of(draft.team)


def test_words_that_meet_a_decision_on_their_way_are_kept_for_their_writer(draft, captain, monkeypatch):
    """What was read before still said that the entry takes words."""
    entry = asking.to_write(captain_of(draft.team), draft.public_id, "abstract")
    Submission.objects.filter(pk=draft.pk).update(status=SubmissionStatus.WITHDRAWN)
    monkeypatch.setattr(asking, "to_write", lambda *_asked: entry)

    response = send(captain, draft, "撤回时还在写", tab="a1")

    assert (response.status_code, "too_late" in response.json(), said(draft)) == (409, True, ABSTRACT)
    assert UnsentText.objects.values_list("value", "tab").get() == ("撤回时还在写", "a1")


def late(draft, captain, *sent):
    """What is kept after ``sent``, oldest first: (page, text) each."""
    close(draft.team.competition, StageKind.SUBMISSION)
    for tab, text in sent:
        assert send(captain, draft, text, tab=tab).status_code == 409
    return list(UnsentText.objects.order_by("created_at", "pk").values_list("value", flat=True))


def test_of_each_page_that_comes_too_late_the_last_words_are_kept(draft, captain):
    assert late(draft, captain, ("a1", "甲"), ("b2", "乙"), ("a1", "甲之后"), ("b2", "乙")) == ["乙", "甲之后"]


def test_the_same_words_from_two_pages_are_kept_once(draft, captain):
    assert late(draft, captain, ("a1", "甲"), ("b2", "甲")) == ["甲"]


def test_of_many_late_texts_the_latest_twenty_are_kept(draft, captain):
    sent = [(f"{number:02x}", f"第 {number} 页") for number in range(23)]

    assert late(draft, captain, *sent) == [text for _tab, text in sent[3:]]


def test_what_two_late_forms_say_is_all_kept(draft, captain):
    assert late(draft, captain, ("", "第一次"), ("", "第二次")) == ["第一次", "第二次"]


def test_what_comes_too_late_is_nobody_elses(draft, captain):
    close(draft.team.competition, StageKind.SUBMISSION)
    send(captain, draft, "截止后才写完")

    page = client_for(TeamMemberFactory(team=draft.team).user).get(draft.get_absolute_url())
    assert "截止后才写完" not in page.content.decode()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"value": "字"}',
        '{"value": "字", "version": "1"}',
        '{"value": "字", "version": true}',
        '{"value": "字", "version": -1}',
        '{"value": "字", "version": 1e400}',
        '{"value": "\\ud800", "version": 1}',
        '{"value": "\\u0000", "version": 1}',
        '{"value": {"a": 1}, "version": 1}',
        '{"value": "字", "version": 1, "tab": 1}',
        '{"value": "字", "version": 1, "tab": "<script>"}',
        '{"value": "字", "version": 1, "tab": "' + "a" * 41 + '"}',
        b"\xff\xfe",
        "[" * 10_000,
    ],
)
def test_what_is_no_answer_is_refused(draft, captain, body):
    response = captain.post(address(draft), body, content_type="application/json")

    assert (response.status_code, said(draft)) == (400, ABSTRACT)


@pytest.mark.parametrize("depth", [3, 500, 990])
@pytest.mark.parametrize("is_over", [False, True])
def test_what_lies_deeper_than_any_answer_is_refused(draft, captain, depth, is_over):
    if is_over:
        close(draft.team.competition, StageKind.SUBMISSION)
    value = f"{'[' * depth}1{']' * depth}"

    response = captain.post(address(draft), f'{{"value": {value}, "version": 1}}', content_type="application/json")

    assert (response.status_code, UnsentText.objects.count()) == (400, 0)


@pytest.mark.parametrize("value", ["null", "5", "[]", "{}", '[{"name": null}]', "1e400", "9" * 400])
def test_what_is_no_answer_and_comes_too_late_is_kept_or_refused(draft, captain, value):
    close(draft.team.competition, StageKind.SUBMISSION)

    response = captain.post(address(draft), f'{{"value": {value}, "version": 1}}', content_type="application/json")

    assert response.status_code in {400, 409}


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "=1+1", "{{ user.password }}"])
def test_strange_words_are_kept_as_words(draft, captain, text):
    assert send(captain, draft, text).json()["value"] == text


def test_a_section_that_is_not_in_the_form_is_missing(draft, captain):
    assert send(captain, draft, key="nonsense").status_code == 404


def test_whoever_is_signed_out_is_told_so(draft):
    assert send(Client(), draft).status_code == 401


def test_for_others_there_is_no_such_entry(draft):
    assert send(client_for(UserFactory()), draft).status_code == 404


def test_an_organizer_who_may_read_may_not_write():
    entry = SubmissionFactory(submitted=True)
    organizer = client_for(OrganizerFactory(competition=entry.team.competition).user)

    assert send(organizer, entry).status_code == 403


def test_a_request_without_its_token_saves_nothing(draft):
    client = Client(enforce_csrf_checks=True)
    client.force_login(captain_of(draft.team))

    assert (send(client, draft).status_code, said(draft)) == (403, ABSTRACT)


def test_a_renewed_token_saves(draft):
    client = Client(enforce_csrf_checks=True)
    client.force_login(captain_of(draft.team))
    token = client.get(reverse("submissions:token")).json()["token"]

    response = client.post(
        address(draft),
        json.dumps({"value": "山洪", "version": 1}),
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )
    assert response.status_code == 200


def test_it_costs_six_queries(draft, captain):
    send(captain, draft, "热身")

    with CaptureQueriesContext(connection) as queries:
        assert send(captain, draft, "热身之后", version=2).status_code == 200
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) <= 6


def test_the_history_shows_what_was_said_before(draft, captain):
    save(draft, abstract="第一稿")
    write(draft, "abstract", "第二稿", actor=TeamMemberFactory(team=draft.team).user)

    revisions = captain.get(address(draft, page="section_history")).context["revisions"]

    assert [(each["revision"].value, each["is_now"]) for each in revisions] == [("第二稿", True), ("第一稿", False)]


def test_the_history_stands_in_its_competition(draft, captain):
    save(draft, abstract="第一稿")

    assert captain.get(address(draft, page="section_history")).context["competition"] == draft.team.competition


@pytest.fixture
def three_drafts(draft):
    mate = TeamMemberFactory(team=draft.team).user
    for text, who in (("第一稿", None), ("第二稿", mate), ("第三稿，完成", None)):
        write(draft, "abstract", text, actor=who)
    return {row.value: row.number for row in draft.answer_revisions.all()}


def compared(captain, draft, **pair):
    """The status, and what stood on either side."""
    response = captain.get(address(draft, page="section_history"), pair)
    shown = response.context
    return response.status_code, *(shown[side].value if side in shown else None for side in ("before", "after"))


def test_the_last_sitting_is_shown_beside_the_one_before(draft, captain, three_drafts):
    assert compared(captain, draft) == (200, "第二稿", "第三稿，完成")


def test_any_two_are_compared_the_older_one_first(draft, captain, three_drafts):
    pair = {"from": three_drafts["第三稿，完成"], "to": three_drafts["第一稿"]}

    assert compared(captain, draft, **pair) == (200, "第一稿", "第三稿，完成")


@pytest.mark.parametrize("number", ["99", "x", "", "-1", "９"])
def test_what_is_not_kept_is_not_compared(draft, captain, three_drafts, number):
    assert compared(captain, draft, **{"from": number}) == (400, None, None)


@pytest.mark.parametrize("sittings", [2, 6])
def test_the_history_costs_the_same_however_long_it_is(draft, captain, sittings):
    mates = [captain_of(draft.team), TeamMemberFactory(team=draft.team).user]
    for number in range(sittings):
        write(draft, "abstract", f"第 {number} 稿", actor=mates[number % 2])

    assert queries_of(captain, address(draft, page="section_history")) == HISTORY_COSTS


def test_bringing_a_revision_back(draft, captain):
    save(draft, abstract="第一稿")
    write(draft, "abstract", "第二稿", actor=TeamMemberFactory(team=draft.team).user)

    number = draft.answer_revisions.get(value="第一稿").number
    data = {"number": number, "version": version_of(draft, "abstract")}
    response = captain.post(address(draft, page="restore_section"), data)

    assert (response.status_code, said(draft)) == (302, "第一稿")


def bring_back_first(captain, draft):
    """What the button beside the oldest revision is answered, and whether the history shows it."""
    url = address(draft, page="restore_section")
    data = {
        "number": draft.answer_revisions.order_by("number").first().number,
        "version": version_of(draft, "abstract"),
    }
    shown = url in captain.get(address(draft, page="section_history")).content.decode()
    return captain.post(url, data).status_code, shown


def test_what_takes_no_more_has_nothing_brought_back_and_nothing_put_aside(draft, captain, three_drafts):
    close(draft.team.competition, StageKind.SUBMISSION)

    assert (bring_back_first(captain, draft), UnsentText.objects.count()) == ((409, False), 0)


def test_a_section_that_is_not_to_be_mended_has_nothing_brought_back(captain, draft, three_drafts):
    AttachmentFactory(submission=draft)
    submit(draft)
    organizer = OrganizerFactory(competition=draft.team.competition).user
    send_back(Submission.objects.get(pk=draft.pk), actor=organizer, sections=["title"])

    assert (bring_back_first(captain, draft), UnsentText.objects.count()) == ((409, False), 0)


def test_while_it_takes_words_a_revision_is_brought_back_by_a_button(captain, draft, three_drafts):
    assert bring_back_first(captain, draft) == (302, True)


def test_the_history_of_what_is_no_longer_asked_can_be_read_and_nothing_brought_back(captain, draft, three_drafts):
    publish(draft.team.competition, section("background"))

    page = captain.get(address(draft, page="section_history"))

    assert [each["text"] for each in page.context["revisions"]] == ["第三稿，完成", "第二稿", "第一稿"]
    assert (bring_back_first(captain, draft), UnsentText.objects.count()) == ((409, False), 0)


def test_what_is_no_longer_asked_leads_to_its_history(captain, draft):
    publish(draft.team.competition, section("background"))

    assert address(draft, page="section_history") in captain.get(draft.get_absolute_url()).content.decode()


@pytest.mark.parametrize("page", ["section_history", "restore_section"])
def test_the_history_is_the_teams_alone(page):
    entry = SubmissionFactory(submitted=True)
    url = address(entry, page=page)
    organizer, stranger = OrganizerFactory(competition=entry.team.competition).user, UserFactory()
    ask = "post" if page == "restore_section" else "get"
    statuses = [getattr(client_for(somebody), ask)(url).status_code for somebody in (organizer, stranger)]

    assert statuses == [403, 404]


def test_the_preview_shows_what_a_judge_will_read(draft, captain):
    page = captain.get(reverse("submissions:preview", args=[draft.public_id])).content.decode()

    assert (ABSTRACT in page, draft.team.organization.name in page) == (True, False)


def test_the_preview_bears_the_name_of_the_competition(draft, captain):
    page = captain.get(reverse("submissions:preview", args=[draft.public_id]))

    assert page.context["competition"] == draft.team.competition
