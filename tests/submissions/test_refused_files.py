"""Files that only a look inside shows to be bombs: they stay in sight, and the entry can't be submitted with them."""

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from portal.notifications import relay
from submissions.completeness import draft_of
from submissions.services import attach_file, remove_file
from submissions.services.inspections import inspect
from tests.factories import hostile
from tests.factories.files import pdf, upload
from tests.factories.forms import publish, section, slot
from tests.factories.submissions import SubmissionFactory, TeamMemberFactory, captain_of
from tests.factories.tracks import CompetitionFactory
from tests.submissions.people import client_for, submit

pytestmark = pytest.mark.django_db
NAME = "说明.docx"


@pytest.fixture
def entry():
    competition = CompetitionFactory(open=True)
    publish(competition, section("abstract"), slots=[slot("proposal", "pdf", "document", max_count=2)])
    return SubmissionFactory(team__competition=competition)


@pytest.fixture
def found_out(entry):
    attachment = attach(entry, hostile.lying_bomb())
    inspect(attachment.file, "document")
    return attachment


def attach(entry, content, name=NAME):
    return attach_file(entry, actor=captain_of(entry.team), upload=upload(name, content))


def test_the_entry_lacks_something_with_the_reason(entry, found_out):
    (lack,) = draft_of(entry).missing

    assert (lack.anchor, NAME in lack.why, "解" in lack.why) == ("slot-proposal", True, True)


def test_the_entry_cannot_be_submitted_with_it(entry, found_out):
    with pytest.raises(ValidationError, match=NAME):
        submit(entry)


def test_without_it_the_entry_can_be_submitted(entry, found_out):
    attach(entry, pdf(), "申报书.pdf")
    remove_file(found_out, actor=captain_of(entry.team))

    assert submit(entry).version.attachments.count() == 1


def test_what_was_submitted_before_it_was_found_out_stays_submitted(entry):
    attachment = attach(entry, hostile.lying_bomb())
    receipt = submit(entry)
    inspect(attachment.file, "document")

    assert attachment in receipt.version.attachments.all()


def test_the_page_says_so_at_the_slot(entry, found_out):
    page = client_for(captain_of(entry.team)).get(entry.get_absolute_url())

    (box,) = page.context["page"].slots
    assert [NAME in fault for fault in box.faults] == [True]


def test_the_same_bytes_are_not_taken_again(entry, found_out):
    remove_file(found_out, actor=captain_of(entry.team))

    with pytest.raises(ValidationError):
        attach(entry, hostile.lying_bomb(), "又.docx")


def test_the_list_of_entries_says_what_to_mend(entry, found_out):
    page = client_for(captain_of(entry.team)).get("/desk/entries/")

    assert NAME in page.content.decode()


def letters():
    relay.drain()
    return [letter for letter in mail.outbox if "不能受理" in letter.subject]


def test_each_member_is_told_with_the_reason(entry):
    TeamMemberFactory(team=entry.team)
    attachment = attach(entry, hostile.lying_bomb())
    inspect(attachment.file, "document")
    told = letters()

    assert sorted(each.to[0] for each in told) == sorted(each.user.email for each in entry.team.members.all())
    assert (NAME in told[0].subject, "解" in told[0].body) == (True, True)


def test_looked_into_again_they_are_told_once(entry, found_out):
    inspect(found_out.file, "document")

    assert len(letters()) == 1


def test_of_a_file_that_was_taken_out_meanwhile_nothing_is_told(entry, found_out):
    remove_file(found_out, actor=captain_of(entry.team))

    assert letters() == []


def test_of_what_was_submitted_before_it_was_found_out_the_mail_says_so(entry):
    attach(entry, pdf(), "申报书.pdf")
    attachment = attach(entry, hostile.lying_bomb())
    submit(entry)
    inspect(attachment.file, "document")

    assert "已随作品提交" in letters()[0].body
