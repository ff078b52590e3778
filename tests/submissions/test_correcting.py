"""A team mends what it was asked to, until the end it was given; all else stays as it was submitted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.core.errors import Conflict
from submissions import services, windows
from submissions.completeness import draft_of
from submissions.correcting import NotOpened
from submissions.models import Answer, Attachment, Correction, Submission, UnsentText, Upload
from tests.factories.files import pdf, upload
from tests.factories.forms import publish, section, slot
from tests.factories.submissions import captain_of
from tests.submissions.people import said, save, submit, write
from tests.submissions.screening_world import STAGE, USERS, let_pass, organizer_of, returned, submitted_entry

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def entry():
    return submitted_entry()


def answers(receipt):
    return receipt.version.answers


def new_file(name="新.pdf"):
    return upload(name, pdf(name))


def attach(entry, slot):
    return services.attach_file(
        Submission.objects.get(pk=entry.pk), actor=captain_of(entry.team), slot=slot, upload=new_file()
    )


def test_what_was_opened_is_mended_and_submitted(entry):
    returned(entry, "need")
    save(entry, need="补正后的需求")

    assert answers(submit(entry))["need"] == "补正后的需求"


def test_the_receipt_names_the_rule_of_a_correction(entry):
    returned(entry, "need")

    assert submit(entry).document["receipt"]["rule"] == "correction"


def test_what_was_not_opened_is_not_mended(entry):
    before = said(entry, "method")
    returned(entry, "need")

    with pytest.raises(services.Locked):
        write(entry, "method", "趁机改的方法")
    assert said(entry, "method") == before


def test_the_words_for_a_closed_section_are_put_aside(entry):
    returned(entry, "need")

    with pytest.raises(services.Locked):
        write(entry, "method", "趁机改的方法")
    assert UnsentText.objects.get().value == "趁机改的方法"


def test_a_closed_section_that_says_the_same_is_no_fault(entry):
    returned(entry, "need")

    assert write(entry, "method", said(entry, "method")).is_unchanged


def test_the_title_is_a_section_like_the_others(entry):
    returned(entry, "need")

    with pytest.raises(services.Locked):
        write(entry, "title", "另一个名称")


def test_a_title_that_was_opened_is_mended(entry):
    returned(entry, "title")
    save(entry, title="改好的名称")

    assert submit(entry).version.title == "改好的名称"


def test_words_written_elsewhere_since_the_last_submit_do_not_count(entry):
    submitted = said(entry, "method")
    save(entry, method="提交之后、退回之前写的")
    returned(entry, "need")
    save(entry, need="补正后的需求")

    assert answers(submit(entry))["method"] == submitted


def test_they_are_not_lost_either(entry):
    save(entry, method="提交之后、退回之前写的")
    returned(entry, "need")
    submit(entry)

    assert said(entry, "method") == "提交之后、退回之前写的"


def test_a_title_written_since_does_not_count(entry):
    submitted = entry.title
    save(entry, title="提交之后改的名称")
    returned(entry, "need")

    assert submit(entry).version.title == submitted


def test_a_section_that_a_mended_answer_asks_for_is_open_too(entry):
    returned(entry, "stage")
    save(entry, stage="live", users="成都市应急管理局")

    assert answers(submit(entry))["users"] == "成都市应急管理局"


def test_and_it_is_missing_until_it_is_answered(entry):
    returned(entry, "stage")
    save(entry, stage="live")

    with pytest.raises(ValidationError) as caught:
        submit(entry)
    assert list(caught.value.message_dict) == ["section-users"]


def test_one_that_was_asked_before_is_not_opened_with_it(entry):
    save(entry, stage="live", users="成都市应急管理局")
    submit(entry)
    returned(entry, "stage")

    with pytest.raises(services.Locked):
        write(entry, "users", "别的用户")


def test_nor_one_whose_condition_hangs_on_something_closed(entry):
    returned(entry, "need")

    with pytest.raises(services.Locked):
        write(entry, "users", "别的用户")


def test_a_file_that_was_opened_is_replaced(entry):
    returned(entry, slots=["proposal"])
    attach(entry, "proposal")

    assert [each["name"] for each in submit(entry).files] == ["新.pdf"]


def test_a_file_that_was_not_opened_is_not(entry):
    returned(entry, "need", slots=["seal"])

    with pytest.raises(NotOpened):
        attach(entry, "proposal")


def test_nor_is_it_taken_out(entry):
    returned(entry, "need")

    with pytest.raises(NotOpened):
        services.remove_file(Attachment.objects.get(), actor=captain_of(entry.team))


def test_nor_sent_in_pieces(entry):
    returned(entry, "need")
    fresh = Submission.objects.get(pk=entry.pk)

    with pytest.raises(NotOpened):
        services.begin_upload(fresh, actor=captain_of(entry.team), slot="proposal", name="新.pdf", size=10)
    assert not Upload.objects.exists()


def test_a_file_put_in_since_the_last_submit_does_not_count(entry):
    attach(entry, "proposal")
    returned(entry, "need")

    assert [each["name"] for each in submit(entry).files] == ["文件proposal.pdf"]


def test_a_file_taken_out_since_is_still_there(entry):
    services.remove_file(Attachment.objects.get(), actor=captain_of(entry.team))
    returned(entry, "need")

    assert [each["name"] for each in submit(entry).files] == ["文件proposal.pdf"]


def test_an_earlier_text_of_a_closed_section_is_not_brought_back(entry):
    save(entry, method="第二稿")
    returned(entry, "need")

    with pytest.raises(NotOpened):
        services.restore_revision(
            Submission.objects.get(pk=entry.pk),
            actor=captain_of(entry.team),
            key="method",
            number=1,
            expected_version=2,
        )


def test_what_the_form_asks_since_does_not_keep_the_team_from_submitting(entry):
    """It can't be answered now, so it isn't missing."""
    returned(entry, "need")
    publish(
        entry.team.competition,
        section("need", is_required=True),
        section("method", is_required=True, limit=1000),
        STAGE,
        USERS,
        section("new", is_required=True),
        slots=[slot("proposal", is_required=True), slot("seal", is_required=True)],
    )

    assert draft_of(Submission.objects.get(pk=entry.pk)).missing == []


def test_what_is_opened_and_empty_is_missing(entry):
    returned(entry, "need")
    save(entry, need="")

    assert [lack.anchor for lack in draft_of(Submission.objects.get(pk=entry.pk)).missing] == ["section-need"]


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_the_end_is_half_open(entry, seconds):
    end = returned(entry, "need").correction.closes_at
    fresh = Submission.objects.get(pk=entry.pk)

    assert windows.is_writable(fresh, None, end + timedelta(seconds=seconds)) is (seconds < 0)


def test_after_the_end_nothing_is_saved_and_nothing_lost(entry):
    returned(entry, "need")
    let_pass(entry)

    with pytest.raises(services.TooLate, match=r"ended|截止|结束"):
        write(entry, "need", "迟到的话")
    assert UnsentText.objects.get().value == "迟到的话"


def test_after_the_end_it_is_not_submitted_nor_kept_as_late(entry):
    returned(entry, "need")
    let_pass(entry)

    with pytest.raises(Conflict):
        services.hand_in(
            Submission.objects.get(pk=entry.pk), actor=captain_of(entry.team), expected_version=2, received_at=None
        )
    assert not entry.late_attempts.exists()


def test_it_stays_returned(entry):
    returned(entry, "need")
    let_pass(entry)

    assert Submission.objects.get(pk=entry.pk).status == "returned"


def test_what_arrived_before_the_end_counts_though_its_turn_came_later(entry):
    returned(entry, "need")
    let_pass(entry)

    assert submit(entry, received_at=timezone.now() - timedelta(minutes=2)).version.number == 2


def test_a_submit_from_before_the_return_is_told_so(entry):
    """The captain looked at a draft in which everything counted."""
    seen = Submission.objects.get(pk=entry.pk).draft_version
    returned(entry, "need")

    with pytest.raises(Conflict):
        submit(entry, expected_version=seen)


def test_an_old_return_without_a_scope_leaves_everything_open(entry):
    returned(entry, "need")
    Correction.objects.all().delete()
    save(entry, method="改了别处")

    assert answers(submit(entry))["method"] == "改了别处"


def test_after_the_new_version_everything_is_as_before_the_return(entry):
    returned(entry, "need")
    submit(entry)

    assert draft_of(Submission.objects.get(pk=entry.pk)).scope is None


def test_returned_once_more_another_scope_holds(entry):
    actor = organizer_of(entry)
    returned(entry, "need", actor=actor)
    save(entry, need="补正一")
    submit(entry)
    returned(entry, "method", actor=actor)
    save(entry, method="补正二")

    found = answers(submit(entry))
    assert (found["need"], found["method"]) == ("补正一", "补正二")


@pytest.mark.parametrize("key", ["need", "users"])
def test_saving_costs_at_most_six_queries(entry, key):
    """Also where it takes the returned version to know whether a section is open."""
    returned(entry, "need", "stage")
    save(entry, stage="live", **{key: "热身"})
    actor = captain_of(entry.team)
    version = Answer.objects.get(submission=entry, key=key).version

    with CaptureQueriesContext(connection) as queries:
        found = Submission.objects.for_writing(actor, key).get(pk=entry.pk)
        services.save_section(found, actor=actor, key=key, value="热身之后", expected_version=version)
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) <= 6
