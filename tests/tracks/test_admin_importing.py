"""A guide comes in through the administration: upload, plan, import."""

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.core.models import AuditEntry
from tests.factories.accounts import UserFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory, TrackFactory
from tracks.enums import TopicStatus
from tracks.guide.importing import apply_import, plan_import, present_tracks
from tracks.guide.parser import parse_guide
from tracks.models import GuideImport, Topic, TopicRevision
from tracks.services import revise_topic

pytestmark = pytest.mark.django_db

GUIDE = Path(__file__).parents[1] / "data" / "2026-sichuan-topic-guide.md"
SMALL = """\
# 某某大赛赛题指南

## 赛道一：甲赛道

### 一、第一题

第一句，第二句，第三句，第四句，第五句，第六句。

### 二、第二题

甲二的正文，说的是另一件事情。

## 赛道二：乙赛道

### 一、另一题

乙一的正文，与前面两题都不相同。
"""
EDITED = SMALL.replace("第二句", "新的一句")
SHORTER = SMALL.replace("### 二、第二题\n\n甲二的正文，说的是另一件事情。\n", "")


@pytest.fixture
def competition():
    competition = CompetitionFactory()
    apply_import(competition, plan_import(competition, parse_guide(SMALL)), actor=None, reason="建立")
    return competition


@pytest.fixture
def organizer(competition):
    return OrganizerFactory(competition=competition).user


@pytest.fixture
def page(client, organizer):
    """The organizer's browser, in English."""
    client.force_login(organizer)
    client.cookies.load({"django_language": "en"})
    return client


def start(competition) -> str:
    return reverse("admin:tracks_competition_guide", args=[competition.pk])


def send(client, competition, text, name="guide.md"):
    data = text.encode() if isinstance(text, str) else text
    return client.post(start(competition), {"content": SimpleUploadedFile(name, data)})


def uploaded(client, competition, text, name="guide.md") -> str:
    """The address of the plan."""
    return send(client, competition, text, name).headers["Location"]


def fingerprint(html: str) -> str:
    return re.search(r'name="fingerprint" value="(\w{64})"', html)[1]


def apply(client, address, *, seen=None, **data):
    seen = seen or client.get(address)
    return client.post(address, {"fingerprint": fingerprint(seen.content.decode()), "reason": "勘误", **data})


def state(competition):
    return present_tracks(competition), TopicRevision.objects.count()


def topic(title="第一题"):
    return Topic.objects.get(title=title)


# Upload


def test_the_competition_leads_to_it(page, competition):
    html = page.get(reverse("admin:tracks_competition_change", args=[competition.pk])).content.decode()

    assert start(competition) in html


def test_an_upload_changes_nothing_and_leads_to_its_plan(page, competition):
    before = state(competition)
    response = send(page, competition, EDITED)

    assert (response.status_code, state(competition)) == (302, before)
    assert response.headers["Location"] == f"{start(competition)}{GuideImport.objects.get().pk}/"


def test_an_upload_is_noted(page, competition, organizer):
    send(page, competition, EDITED)
    upload = GuideImport.objects.get()

    assert (upload.uploaded_by, upload.file_name, upload.applied_at) == (organizer, "guide.md", None)
    assert AuditEntry.objects.filter(action="upload", actor_id=organizer.pk, object_id=str(upload.pk)).count() == 1


BAD = {
    "doubled number": (SMALL.replace("### 二、", "### 一、"), "Line 9: topic 1 appears twice; topic 2 was expected."),
    "missing track": (SMALL.replace("赛道二：", "赛道三："), "Line 13: track 3 stands where track 2 was expected."),
    "empty topic": (SMALL.replace("甲二的正文，说的是另一件事情。", ""), "Line 9: topic 2 has no text."),
    "long title": (SMALL.replace("第二题", "长" * 121), "Line 9: Ensure this value has at most 120 characters"),
    "GB18030": (SMALL.encode("gb18030"), "Line 1: the text is not UTF-8 but GB18030"),
    "NUL": (SMALL.replace("第三句", "第\x00句"), "Line 7: the character U+0000 has no place in a text."),
    "half a character": (SMALL.encode().replace("第三句".encode(), b"\xed\xa0\x80"), "Line 7: the text is not UTF-8."),
    "10 MB": (b"#" * (10 * 1024**2 + 1), "The file is larger than 10 MB."),
    "100,000 headings": ("# 指南\n" + "### 一、题\n" * 100_000, "Line 10001: a guide has at most 10000 headings."),
    "no Markdown": (b"%PDF-1.7\n", "This is a PDF."),
}


@pytest.mark.parametrize(("content", "complaint"), BAD.values(), ids=BAD)
def test_a_guide_without_sense_is_refused_at_the_field(page, competition, content, complaint):
    before = state(competition)
    response = send(page, competition, content)

    assert (response.status_code, state(competition), GuideImport.objects.count()) == (400, before, 0)
    assert complaint in response.context["form"].errors["content"][0]


@pytest.mark.parametrize("name", ["guide.exe", "guide", "guide.docx.pdf"])
def test_a_file_of_another_kind_is_refused(page, competition, name):
    response = send(page, competition, SMALL, name)

    assert response.context["form"].errors["content"][0].startswith("The name of a guide ends in one of")


def test_no_file_is_refused(page, competition):
    assert page.post(start(competition), {}).status_code == 400


# Who may


def test_others_learn_nothing(client, competition, organizer):
    upload = uploaded_by(organizer, competition)
    track_organizer = OrganizerFactory(competition=competition, tracks=[competition.tracks.first()]).user
    elsewhere = OrganizerFactory(competition=CompetitionFactory()).user
    found = []
    for user in (track_organizer, elsewhere, UserFactory(is_staff=True)):
        client.force_login(user)
        found += [client.get(address).status_code for address in addresses(upload)]

    assert found == [404] * 9


def test_whoever_is_no_organizer_is_sent_to_sign_in(client, competition, organizer):
    client.force_login(UserFactory())

    assert [client.get(url).status_code for url in addresses(uploaded_by(organizer, competition))] == [302] * 3


def test_a_plan_belongs_to_its_competition(page, competition, organizer):
    other = OrganizerFactory(user=organizer, competition=CompetitionFactory()).competition
    upload = uploaded_by(organizer, competition)

    assert page.get(f"{start(other)}{upload.pk}/").status_code == 404


def uploaded_by(organizer, competition):
    from tracks.guide.uploads import keep_upload

    return keep_upload(competition, actor=organizer, content=SimpleUploadedFile("a.md", SMALL.encode()))


def addresses(upload):
    plan = f"{start(upload.competition)}{upload.pk}/"
    return [start(upload.competition), plan, f"{plan}file/"]


# The plan


def test_the_plan_shows_what_differs_side_by_side(page, competition):
    html = page.get(uploaded(page, competition, EDITED)).content.decode()

    assert ("<del>第二</del>句" in html, "<ins>新的一</ins>句" in html) == (True, True)


def test_the_plan_counts(page, competition):
    html = page.get(uploaded(page, competition, EDITED)).content.decode()

    assert "<b>1 changed, 2 unchanged</b>" in html


def test_the_plan_tells_of_repairs(page, competition):
    html = page.get(uploaded(page, competition, GUIDE.read_bytes())).content.decode()

    assert "Line 553: took out “。案”, which the end of a page had doubled." in html


def test_a_guide_as_the_topics_are_has_nothing_to_import(page, competition):
    html = page.get(uploaded(page, competition, SMALL)).content.decode()

    assert ("There is nothing to import." in html, 'name="reason"' in html) == (True, False)


def test_markup_in_a_guide_is_text(page, competition):
    text = SMALL.replace("第三句", "<script>alert(1)</script>").replace("第二题", "<b>题</b>")
    html = page.get(uploaded(page, competition, text)).content.decode()

    assert ("<script>alert" in html, "<b>题</b>" in html) == (False, False)


def test_the_file_can_be_downloaded(page, competition):
    response = page.get(f"{uploaded(page, competition, EDITED)}file/")

    assert (b"".join(response.streaming_content).decode(), response["Content-Disposition"]) == (
        EDITED,
        'attachment; filename="guide.md"',
    )


@pytest.mark.parametrize("size", ["small", "full"])
def test_a_plan_costs_the_same_however_long(page, competition, django_assert_num_queries, size):
    topic_of_another = TopicFactory(track=TrackFactory(competition=CompetitionFactory()))
    address = uploaded(page, competition, EDITED if size == "small" else GUIDE.read_bytes())
    page.get(address)
    with django_assert_num_queries(9):
        html = page.get(address).content.decode()

    assert topic_of_another.title not in html


# The import


def test_the_import_writes_what_the_plan_says(page, competition):
    keys = set(Topic.objects.values_list("pk", flat=True))
    response = apply(page, uploaded(page, competition, EDITED))

    assert (response.status_code, topic().body) == (302, "第一句，新的一句，第三句，第四句，第五句，第六句。")
    assert set(Topic.objects.values_list("pk", flat=True)) == keys


def test_the_import_is_noted_with_reason_and_counts(page, competition, organizer):
    apply(page, uploaded(page, competition, EDITED))
    upload = GuideImport.objects.get()

    assert (upload.applied_by, upload.counts["changed"], upload.counts["unchanged"]) == (organizer, 1, 2)
    assert topic().revisions.last().reason == "勘误"


def test_the_list_says_who_when_and_what(page, competition, organizer):
    apply(page, uploaded(page, competition, EDITED))
    html = page.get(start(competition)).content.decode()

    assert (f"imported by {organizer}" in html, "1 changed, 2 unchanged" in html) == (True, True)


def test_an_import_into_a_public_competition_needs_a_reason(page, competition):
    before = state(competition)
    response = apply(page, uploaded(page, competition, EDITED), reason=" ")

    assert (response.status_code, state(competition)) == (400, before)
    assert list(response.context["form"].errors) == ["reason"]


def test_an_import_into_a_hidden_competition_needs_none(page, competition):
    type(competition).objects.update(is_published=False)

    assert apply(page, uploaded(page, competition, EDITED), reason="").status_code == 302


def test_a_topic_that_is_gone_stays_unless_ticked(page, competition):
    address = uploaded(page, competition, SHORTER.replace("第二句", "新的一句"))
    apply(page, address)

    assert topic("第二题").status == TopicStatus.OPEN


def test_a_topic_that_is_gone_is_withdrawn_when_ticked(page, competition):
    apply(page, uploaded(page, competition, SHORTER), withdraw=[topic("第二题").pk])

    assert (topic("第二题").status, topic("第二题").withdrawal_reason) == (TopicStatus.WITHDRAWN, "勘误")


def test_what_was_ticked_and_typed_is_not_lost(page, competition):
    pk = topic("第二题").pk
    response = apply(page, uploaded(page, competition, SHORTER), withdraw=[pk], reason="长" * 201)

    html = response.content.decode()
    assert response.status_code == 400
    assert (f'value="{pk}" checked' in html, "长" * 201 in html) == (True, True)


@pytest.mark.parametrize("pk", ["-1", "x", "9" * 30, "٣"])
def test_only_what_is_gone_can_be_withdrawn(page, competition, pk):
    before = state(competition)
    response = apply(
        page, uploaded(page, competition, SMALL + "\n### 二、新的题\n\n正文。\n"), withdraw=[topic().pk, pk]
    )

    assert (response.status_code, state(competition)) == (400, before)


def test_a_plan_that_no_longer_holds_is_shown_anew(page, competition):
    address = uploaded(page, competition, EDITED)
    seen = page.get(address)
    revise_topic(topic("第二题"), actor=None, title="第二题", body="别人写的。")
    before = state(competition)
    response = apply(page, address, seen=seen)

    assert (response.status_code, state(competition)) == (409, before)
    assert "This is the plan as it is now." in response.content.decode()
    assert fingerprint(response.content.decode()) != fingerprint(seen.content.decode())


def test_a_second_press_is_told_that_it_was_done(page, competition):
    address = uploaded(page, competition, EDITED)
    seen = page.get(address)
    apply(page, address, seen=seen)
    response = apply(page, address, seen=seen)

    assert (response.status_code, TopicRevision.objects.filter(number=2).count()) == (409, 1)


@pytest.fixture
def with_withdrawn(page, competition):
    """The address of a plan whose guide still holds a topic that was withdrawn."""
    apply(page, uploaded(page, competition, SHORTER), withdraw=[topic("第二题").pk])
    return uploaded(page, competition, SMALL)


def test_a_withdrawn_topic_that_the_guide_has_opens_again_when_ticked(page, with_withdrawn):
    assert "withdrawn here" in page.get(with_withdrawn).content.decode()

    apply(page, with_withdrawn, reopen=[topic("第二题").pk])

    assert topic("第二题").status == TopicStatus.OPEN
    assert GuideImport.objects.get(pk=with_withdrawn.rstrip("/").rpartition("/")[2]).counts["reopened"] == 1


def test_a_withdrawn_topic_that_the_guide_has_stays_withdrawn_unless_ticked(page, with_withdrawn):
    apply(page, with_withdrawn)

    assert topic("第二题").status == TopicStatus.WITHDRAWN


def test_only_what_is_withdrawn_can_be_opened_again(page, with_withdrawn):
    response = apply(page, with_withdrawn, reopen=[topic("第一题").pk])

    assert response.status_code == 400
    assert "Only withdrawn topics that the guide holds can be opened again here." in response.content.decode()


def test_times_are_those_of_beijing(page, competition, time_machine):
    time_machine.move_to("2026-06-01T20:00:00Z")
    page.force_login(OrganizerFactory(competition=competition).user)
    send(page, competition, EDITED)

    assert "2026-06-02 04:00" in page.get(start(competition)).content.decode()
