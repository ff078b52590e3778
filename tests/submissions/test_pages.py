"""How many pages a PDF has: what is certain is refused at once, and all else by the program that looks into it."""

from __future__ import annotations

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from portal.notifications import relay
from submissions.completeness import draft_of
from submissions.models import Attachment, VersionFacts
from submissions.services import attach_file, remove_file
from submissions.services.facts import make_facts, note_inspection
from submissions.services.inspections import inspect
from tests.factories.files import pdf, upload
from tests.factories.forms import publish, section, slot
from tests.factories.submissions import SubmissionFactory, captain_of
from tests.factories.tracks import CompetitionFactory
from tests.submissions.people import submit

pytestmark = pytest.mark.django_db
MOST = 6
SAYS = "文件有 8 页，最多允许 6 页。"


@pytest.fixture
def entry():
    competition = CompetitionFactory(open=True)
    publish(competition, section("abstract"), slots=[slot("proposal", max_pages=MOST), slot("annex")])
    return SubmissionFactory(team__competition=competition)


def attach(entry, content, name="申报书.pdf", where="proposal"):
    return attach_file(entry, actor=captain_of(entry.team), upload=upload(name, content), slot=where)


def saved_again(content):
    """As by a program that writes each page anew behind what was there: comments, a signature."""
    document, numbers = bytearray(content), range(4, 4 + 2 * content.count(b"/Type /Page "), 2)
    offsets = {}
    for number in numbers:
        offsets[number] = len(document)
        body = content.split(b"\n%d 0 obj\n" % number)[1].split(b"\nendobj")[0]
        document += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(document)
    lines = b"".join(b"%d 1\n%010d 00000 n \n" % each for each in offsets.items())
    before = int(content.rpartition(b"startxref\n")[2].split()[0])
    size = content.count(b" obj\n") + 1
    document += b"xref\n%strailer << /Size %d /Root 1 0 R /Prev %d >>\n" % (lines, size, before)
    return bytes(document) + b"startxref\n%d\n%%%%EOF\n" % start


def unsure(content):
    """The same pages, where another number stands as well."""
    return content + b"% /Count 1\n"


def test_a_file_in_which_pages_stand_twice_is_taken(entry):
    content = saved_again(pdf(pages=5))

    assert (content.count(b"/Type /Page "), attach(entry, content)) == (10, Attachment.objects.get())


def test_looked_into_it_can_be_handed_in(entry):
    attachment = attach(entry, saved_again(pdf(pages=5)))
    inspect(attachment.file, "pdf")

    assert submit(entry)


def test_what_certainly_has_too_many_is_refused_at_once(entry):
    with pytest.raises(ValidationError) as caught:
        attach(entry, pdf(pages=8))
    assert caught.value.message_dict["file"] == [SAYS]


@pytest.fixture
def long(entry):
    """Taken, as it doesn't say in the open how many pages it has."""
    return attach(entry, unsure(pdf(pages=8)))


@pytest.fixture
def found_out(long):
    inspect(long.file, "pdf")
    return long


@pytest.mark.usefixtures("found_out")
def test_with_too_many_the_entry_cannot_be_handed_in(entry):
    with pytest.raises(ValidationError, match=SAYS):
        submit(entry)


def test_exactly_so_many_can(entry):
    attachment = attach(entry, unsure(pdf(pages=MOST)))
    inspect(attachment.file, "pdf")

    assert draft_of(entry).missing == []


def test_where_there_is_no_limit_they_are_none_too_many(entry, found_out):
    remove_file(found_out, actor=captain_of(entry.team))
    attach(entry, unsure(pdf(pages=8)), where="annex")

    assert draft_of(entry).missing == []


def test_the_same_bytes_are_not_taken_again(entry, found_out):
    remove_file(found_out, actor=captain_of(entry.team))

    with pytest.raises(ValidationError) as caught:
        attach(entry, unsure(pdf(pages=8)), "又.pdf")
    assert caught.value.message_dict["file"] == [SAYS]


def test_the_team_is_told(entry, found_out):
    relay.drain()

    (letter,) = [each for each in mail.outbox if "不能受理" in each.subject]
    assert SAYS in letter.body


def test_nobody_is_told_of_a_file_that_is_right(entry):
    inspect(attach(entry, pdf(pages=5)).file, "pdf")
    relay.drain()

    assert [each for each in mail.outbox if "不能受理" in each.subject] == []


@pytest.mark.parametrize("is_looked_into_first", [False, True])
def test_whoever_screens_sees_that_it_was_submitted_with_it(entry, long, is_looked_into_first):
    version = submit(entry).version
    steps = [lambda: make_facts(version.pk), lambda: (inspect(long.file, "pdf"), note_inspection(long.file))]
    for step in reversed(steps) if is_looked_into_first else steps:
        step()

    assert VersionFacts.objects.get().refused == 1
