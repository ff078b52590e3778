"""What a team sees of an entry that was returned: why, what may be mended, until when; the rest to be read."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from submissions import services
from submissions.models import Answer, Submission, UnsentText
from tests.factories.submissions import SubmissionFactory, captain_of
from tests.submissions.people import client_for, queries_of, said, save, submit, version_of
from tests.submissions.screening_world import REASON, let_pass, organizer_of, returned, submitted_entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    return submitted_entry()


@pytest.fixture
def captain(entry):
    return client_for(captain_of(entry.team))


def page(client, entry):
    return client.get(entry.get_absolute_url()).content.decode()


def test_the_page_says_why_and_leads_to_what_may_be_mended(captain, entry):
    returned(entry, "need", slots=["seal"])

    shown = page(captain, entry)
    assert [each in shown for each in (REASON, 'href="#section-need"', 'href="#slot-seal"', "data-until")] == [True] * 4


def test_what_may_be_mended_can_be_typed_the_rest_be_read(captain, entry):
    returned(entry, "need", slots=["seal"])

    shown = page(captain, entry)
    fields = [
        name in shown for name in ('name="a-need"', 'name="a-method"', 'name="file-seal"', 'name="file-proposal"')
    ]
    assert fields == [True, False, True, False]
    assert said(entry, "method") in shown


def test_a_closed_file_has_no_button_that_takes_it_out(captain, entry):
    returned(entry, "need")

    assert "formaction" not in page(captain, entry)


def test_closed_parts_say_what_was_submitted(captain, entry):
    save(entry, method="提交之后写的方法")
    returned(entry, "need")

    shown = captain.get(entry.get_absolute_url()).context["page"]
    (box,) = [each for each in shown.boxes if each.section.key == "method"]
    assert (box.is_locked, box.value == "提交之后写的方法") == (True, False)


def test_what_was_written_since_can_still_be_read(captain, entry):
    save(entry, method="提交之后写的方法")
    returned(entry, "need")

    assert "提交之后写的方法" in page(captain, entry)


def test_the_last_look_shows_what_will_be_submitted(captain, entry):
    save(entry, title="提交之后改的名称", method="提交之后写的方法")
    returned(entry, "need")
    save(entry, need="补正后的需求")

    shown = captain.get(reverse("submissions:submission_submit", args=[entry.public_id])).content.decode()
    found = [each in shown for each in ("补正后的需求", "提交之后写的方法", f"<h2>{entry.title}</h2>")]
    assert found == [True, False, True]


def test_it_is_submitted_from_there(captain, entry):
    returned(entry, "need")
    url = reverse("submissions:submission_submit", args=[entry.public_id])
    sent = captain.get(url).context["fields"]

    assert captain.post(url, sent).status_code == 302
    assert Submission.objects.get().status == "submitted"


def test_a_page_from_before_the_return_saves_what_it_may(captain, entry):
    """It sends all sections, also those that are closed by now."""
    sent = {}
    for key in ("title", "need", "method", "stage"):
        sent |= {f"a-{key}": said(entry, key), f"v-{key}": version_of(entry, key)}
    returned(entry, "need")
    response = captain.post(entry.get_absolute_url(), {**sent, "a-need": "补正", "a-method": "趁机改的方法"})

    assert (response.status_code, said(entry, "need"), UnsentText.objects.get().value) == (409, "补正", "趁机改的方法")
    assert "趁机改的方法" in response.content.decode()


def test_unchanged_it_is_no_conflict(captain, entry):
    sent = {}
    for key in ("title", "need", "method", "stage"):
        sent |= {f"a-{key}": said(entry, key), f"v-{key}": version_of(entry, key)}
    returned(entry, "need")

    assert captain.post(entry.get_absolute_url(), {**sent, "a-need": "补正"}).status_code == 302


def test_autosave_is_told_that_a_section_is_closed(captain, entry):
    returned(entry, "need")
    url = f"{entry.get_absolute_url()}sections/method/"
    response = captain.post(url, json.dumps({"value": "改", "version": 1}), content_type="application/json")

    assert (response.status_code, "第method节" in response.json()["too_late"]) == (409, True)


def test_after_the_end_the_page_says_so_and_takes_nothing(captain, entry):
    returned(entry, "need")
    let_pass(entry)

    shown = page(captain, entry)
    assert (REASON in shown, "补正时间已经结束" in shown, 'name="a-need"' in shown) == (True, True, False)


def test_nor_does_the_last_look(captain, entry):
    returned(entry, "need")
    let_pass(entry)

    shown = captain.get(reverse("submissions:submission_submit", args=[entry.public_id])).content.decode()
    assert 'form="submit"' not in shown


@pytest.mark.parametrize("desk", ["dashboards:desk", "dashboards:entries"])
def test_the_desk_says_why_what_and_until_when(captain, entry, desk):
    returned(entry, "need", slots=["seal"])

    shown = captain.get(reverse(desk)).content.decode()
    found = [REASON, f"{entry.get_absolute_url()}#section-need", "第need节", "文件seal"]
    assert [each in shown for each in found] == [True] * 4


@pytest.mark.parametrize("desk", ["dashboards:desk", "dashboards:entries"])
def test_after_the_end_it_says_that_too(captain, entry, desk):
    returned(entry, "need")
    let_pass(entry)

    shown = captain.get(reverse(desk)).content.decode()
    assert ("补正时间已经结束" in shown, "#section-need" in shown) == (True, False)


def test_hostile_words_of_an_organizer_stay_words(captain, entry):
    returned(entry, "need", reason="<script>alert(1)</script> 缺章")

    for url in (entry.get_absolute_url(), reverse("dashboards:desk"), reverse("dashboards:entries")):
        assert "<script>alert(1)" not in captain.get(url).content.decode()


def test_what_was_taken_back_reads_as_before(captain, entry):
    actor = organizer_of(entry)
    returned(entry, "need", actor=actor)
    services.undo_screening(entry, actor=actor, reason="看错了附件")

    assert REASON not in page(captain, entry)


def test_the_page_of_a_returned_entry_costs_at_most_twelve(captain, entry):
    for number in range(3):
        save(entry, need=f"第 {number} 稿")
        submit(entry)
    returned(entry, "need", slots=["seal"])
    Answer.objects.filter(submission=entry, key="method").update(value="提交之后写的", saved_at=timezone.now())
    page(captain, entry)

    assert queries_of(captain, entry.get_absolute_url()) <= 12


def test_the_desk_costs_the_same_for_many_returned(captain, entry):
    returned(entry, "need")
    urls = [reverse("dashboards:desk"), reverse("dashboards:entries")]
    before = [queries_of(captain, url) for url in urls]
    for _each in range(3):
        another = submitted_entry_of(entry)
        returned(another, "need", "method", slots=["proposal"])

    assert [queries_of(captain, url) for url in urls] == before
    assert before[1] <= 10


def submitted_entry_of(entry):
    """Another one of the same team, as it was submitted."""
    return SubmissionFactory(team=entry.team, topic=entry.topic, submitted=True)
