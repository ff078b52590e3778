from io import BytesIO

import pytest
from pypdf import PdfReader

from submissions.codes import validate_credit_code
from submissions.enums import SubmissionStatus
from tests.factories.files import pdf
from tests.factories.submissions import SubmissionFactory, TeamFactory, captain_of, credit_code
from tests.factories.tracks import TopicFactory


def test_a_made_pdf_can_be_read():
    assert [page.extract_text() for page in PdfReader(BytesIO(pdf("hello", pages=2))).pages] == ["hello", "hello"]


def test_made_codes_are_valid():
    for number in range(40):
        validate_credit_code(credit_code(number))


@pytest.mark.django_db
def test_a_topic_has_its_first_revision():
    assert [revision.number for revision in TopicFactory().revisions.all()] == [1]


@pytest.mark.django_db
def test_a_team_has_one_captain():
    assert captain_of(TeamFactory()).memberships.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("trait", ["submitted", "eligible", "returned", "rejected"])
def test_an_entry_has_the_rows_that_its_status_speaks_of(trait):
    entry = SubmissionFactory(**{trait: True})

    version = entry.versions.get()
    assert entry.status == trait
    assert entry.topic.track.competition == entry.team.competition
    assert version.receipt.files[0]["sha256"] == version.attachments.get().file.sha256
    assert hasattr(version, "screening") == (trait != SubmissionStatus.SUBMITTED)
