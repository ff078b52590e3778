"""The entry's page for a form of every kind, without a script: what is typed is kept, or comes back with the reason."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from submissions import completeness
from submissions.asked import definition_of
from submissions.models import UnsentText
from tests.factories.answers import fill_in
from tests.factories.files import pdf
from tests.factories.forms import columns, options, publish, section, slot
from tests.factories.submissions import AttachmentFactory, SubmissionFactory, captain_of
from tests.factories.tracks import CompetitionFactory
from tests.submissions.people import client_for, queries_of, said, submit, version_of, write

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"
FORM = [
    section("background", limit=10),
    section("place", "line", limit=10),
    section("stage", "choice", options=options("pilot", "live")),
    section("data", "choices", options=options("public", "own")),
    section("amount", "number"),
    section("since", "date", shown_if={"section": "stage", "values": ["live"]}),
    section("people", "people", columns=columns("name", limit=5, is_required=True), max_rows=3),
    section("units", "rows", columns=columns("name", "role"), max_rows=3),
]
SLOTS = [slot("proposal"), slot("slides", "slides", "pdf"), slot("evidence", max_count=2)]


@pytest.fixture
def draft():
    competition = CompetitionFactory(open=True)
    publish(competition, *FORM, slots=SLOTS)
    return SubmissionFactory(team__competition=competition, abstract="")


def page_of(draft):
    return client_for(captain_of(draft.team)).get(draft.get_absolute_url())


def send(draft, **fields):
    """As a browser would: the version of each section that the page shows, and what was typed; ``_`` stands for -."""
    sections = definition_of(draft).sections
    data = {f"v-{each.key}": version_of(draft, each.key) for each in sections}
    data |= {"a-title": draft.title, **{name.replace("_", "-"): value for name, value in fields.items()}}
    return client_for(captain_of(draft.team)).post(draft.get_absolute_url(), data)


KINDS = {
    "background": ({"a_background": "山洪\r\n预警"}, "山洪\n预警"),
    "place": ({"a_place": " 阿坝 "}, "阿坝"),
    "stage": ({"a_stage": "live"}, "live"),
    "data": ({"a_data": ["own", "public"]}, ["public", "own"]),
    "amount": ({"a_amount": "１,２００"}, "1200"),
    "since": ({"a_since": "2026-08-10"}, "2026-08-10"),
    "people": ({"a_people_0_name": "张三", "a_people_2_name": "李四"}, [{"name": "张三"}, {"name": "李四"}]),
    "units": ({"a_units_1_role": "牵头"}, [{"name": "", "role": "牵头"}]),
}


@pytest.mark.parametrize(("key", "typed", "kept"), [(key, *each) for key, each in KINDS.items()], ids=KINDS)
def test_each_kind_is_saved_from_the_page(draft, key, typed, kept):
    response = send(draft, **typed)

    assert (response.status_code, said(draft, key)) == (302, kept)


def test_a_choice_that_need_not_be_made_can_be_taken_back(draft):
    send(draft, a_stage="live")
    page = page_of(draft).content.decode()
    send(draft, a_stage="")

    assert ('name="a-stage" value=""' in page, said(draft, "stage")) == (True, "")


@pytest.mark.parametrize("key", ["data", "people"])
def test_what_is_emptied_on_the_page_is_empty(draft, key):
    send(draft, **KINDS[key][0])
    send(draft)

    assert said(draft, key) == []


BAD = {
    "one character more": ("background", {"a_background": "数" * 11}, "数" * 11),
    "one emoji more": ("background", {"a_background": "😀" * 11}, "😀" * 11),
    "one combining mark more": ("background", {"a_background": "e\u0301" * 5 + "e"}, "e\u0301" * 5 + "e"),
    "one line break more": ("background", {"a_background": "一\r\n" * 5 + "六"}, "六"),
    "NUL": ("background", {"a_background": "山洪\x00"}, "山洪"),
    "no number": ("amount", {"a_amount": "很多"}, "很多"),
    "no day": ("since", {"a_since": "2026-02-30"}, "2026-02-30"),
    "no option": ("stage", {"a_stage": "other"}, "选项live"),
    "long cell": ("people", {"a_people_0_name": "一二三四五六"}, "一二三四五六"),
    "one row more": ("people", {f"a_people_{n}_name": f"队员{n}" for n in range(4)}, "队员3"),
    "a thousand rows": ("people", {f"a_people_{n}_name": f"队员{n}" for n in range(1000)}, "队员999"),
}


@pytest.mark.parametrize(("key", "typed", "shown"), BAD.values(), ids=BAD)
def test_what_cannot_be_kept_comes_back_with_the_reason_at_its_section(draft, key, typed, shown):
    response = send(draft, a_place="阿坝", **typed)

    wrong = [box.section.key for box in response.context["page"].boxes if box.errors]
    assert (response.status_code, wrong, said(draft, key), said(draft, "place")) == (400, [key], None, "阿坝")
    assert shown in response.content.decode()


def test_ten_thousand_rows_are_refused_as_a_whole(draft):
    assert send(draft, **{f"a_people_{n}_name": "队员" for n in range(10_000)}).status_code == 400


@pytest.mark.parametrize("key", ["background", "place", "people"])
def test_strange_words_stay_words(draft, key):
    people = section("people", "people", columns=columns("name"))
    publish(draft.team.competition, section("background"), section("place", "line"), people)
    send(draft, **({"a_people_0_name": SCRIPT} if key == "people" else {f"a_{key}": SCRIPT}))

    assert (SCRIPT in str(said(draft, key)), SCRIPT in page_of(draft).content.decode()) == (True, False)


def test_a_section_that_the_form_never_had_changes_nothing(draft):
    response = send(draft, a_secret="x", v_secret="0")

    assert (response.status_code, UnsentText.objects.count()) == (302, 0)


def test_words_for_a_section_that_went_while_the_page_was_open_are_shown_to_be_copied(draft):
    publish(draft.team.competition, *FORM[1:], slots=SLOTS)

    send(draft, a_background="写了一半的背景", v_background="0")

    assert "写了一半的背景" in page_of(draft).content.decode()


def test_a_section_whose_condition_does_not_hold_is_on_the_page_and_hidden(draft):
    (box,) = [box for box in page_of(draft).context["page"].boxes if box.section.key == "since"]

    assert box.is_shown is False


def test_of_two_who_change_a_table_the_second_sees_both(draft):
    read = version_of(draft, "people")
    write(draft, "people", [{"name": "张三"}])

    response = send(draft, a_people_0_name="李四", v_people=str(read))

    page = response.content.decode()
    assert (response.status_code, "张三" in page, "李四" in page) == (409, True, True)


def attach(draft, key, *files):
    return send(draft, **{f"file_{key}": [SimpleUploadedFile(name, content) for name, content in files]})


def names(draft, key):
    return [each.name for each in draft.attachments.current().filter(slot=key).order_by("pk")]


def test_a_slot_takes_as_many_files_as_it_says(draft):
    response = attach(draft, "evidence", *[(f"证明{n}.pdf", pdf(f"{n}")) for n in range(3)])

    assert (response.status_code, names(draft, "evidence")) == (400, ["证明0.pdf", "证明1.pdf"])


def test_a_second_file_takes_the_place_of_the_first_where_there_is_room_for_one(draft):
    attach(draft, "proposal", ("一.pdf", pdf("1")))
    attach(draft, "proposal", ("二.pdf", pdf("2")))

    assert names(draft, "proposal") == ["二.pdf"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("演示.pptx", pdf()), ("演示.pdf", b"PK\x03\x04"), ("演示.mp4", b"\x00\x00\x00\x18ftypisom" + bytes(20))],
    ids=["PDF as PPTX", "ZIP as PDF", "a kind it doesn't take"],
)
def test_a_file_is_what_its_name_says_and_what_the_slot_takes(draft, name, content):
    response = attach(draft, "slides", (name, content))

    (wrong,) = [each.slot.key for each in response.context["page"].slots if each.errors]
    assert (response.status_code, wrong, names(draft, "slides")) == (400, "slides", [])


def test_a_removed_file_stays_with_what_was_submitted(draft):
    fill_in(draft, actor=captain_of(draft.team))
    attach(draft, "proposal", ("一.pdf", pdf("1")))
    version = submit(draft).version
    attachment = draft.attachments.current().get(slot="proposal")

    client_for(captain_of(draft.team)).post(f"/submissions/files/{attachment.public_id}/remove/")

    assert (names(draft, "proposal"), attachment in version.attachments.all()) == ([], True)


def test_what_another_answer_would_ask_for_is_at_hand_and_not_missing():
    competition = CompetitionFactory(open=True)
    since = section("since", "date", is_required=True, shown_if={"section": "stage", "values": ["live"]})
    publish(competition, section("stage", "choice", options=options("pilot", "live")), since)
    draft = SubmissionFactory(team__competition=competition)

    assert 'data-part="section-since" hidden' in page_of(draft).content.decode()
    assert completeness.draft_of(draft).missing == []
    write(draft, "stage", "live")

    assert 'data-part="section-since">' in page_of(draft).content.decode()


@pytest.mark.parametrize("count", [1, 20])
def test_the_page_costs_the_same_however_many_sections_and_revisions(count):
    competition = CompetitionFactory(open=True)
    publish(competition, *[section(f"s{n}") for n in range(count)], slots=[slot(f"f{n}") for n in range(count)])
    draft = SubmissionFactory(team__competition=competition)
    for number in range(count):
        write(draft, f"s{number}", "山洪预警")
    # The first page of a process reads the form, and what was asked before it.
    page_of(draft)

    assert queries_of(client_for(captain_of(draft.team)), draft.get_absolute_url()) == 9


def test_what_was_typed_beside_a_file_that_is_removed_is_saved(draft):
    file = AttachmentFactory(submission=draft, slot="proposal")

    response = client_for(captain_of(draft.team)).post(
        reverse("submissions:remove_file", args=[file.public_id]),
        {"v-background": version_of(draft, "background"), "a-background": "山洪"},
    )

    assert (response.status_code, said(draft, "background")) == (302, "山洪")


def test_what_is_refused_beside_a_file_that_is_removed_comes_back_to_be_mended(draft):
    file = AttachmentFactory(submission=draft, slot="proposal")

    response = client_for(captain_of(draft.team)).post(
        reverse("submissions:remove_file", args=[file.public_id]),
        {"v-background": version_of(draft, "background"), "a-background": "山" * 11},
    )
    page = response.content.decode()

    assert (response.status_code, "山" * 11 in page) == (400, True)
    assert f'action="{draft.get_absolute_url()}"' in page
