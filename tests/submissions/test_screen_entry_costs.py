"""What the page on which an organizer screens one entry asks, and what it tells of what was said before."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.core import files, service
from submissions.models import ScreeningNote, ScreeningProposal, UndoneScreening
from tests.factories.accounts import UserFactory
from tests.factories.files import pdf
from tests.factories.submissions import AttachmentFactory, OrganizationFactory, TeamMemberFactory
from tests.factories.tracks import TopicFactory
from tests.submissions.screening import REASON, Screening

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.makeshift("said by hand")]
# With a plan of screening, from which the checklist and the reasons come.
MOST_QUERIES = 18


@pytest.fixture
def house():
    return Screening()


@pytest.fixture
def entry(house):
    return house.entry()


def questions(house, entry):
    """How many the page asks, without what begins and ends a transaction."""
    # What is looked up once in a while for all pages.
    service.state()
    with CaptureQueriesContext(connection) as captured:
        assert house.client.get(house.address(entry)).status_code == 200
    return len([each for each in captured if not each["sql"].startswith(("BEGIN", "COMMIT", "SAVE", "REL"))])


def _filed(entry, key):
    return AttachmentFactory(submission=entry, name=f"{key}.pdf", file=files.store(ContentFile(pdf(str(key)))))


def talked_about(house, entry, times):
    """So many notes, decisions taken back, proposals, members, partners and files more; and one who has it in hand."""
    version, others = entry.versions.last(), [UserFactory() for _each in range(times)]
    now = timezone.now()
    for person in others:
        ScreeningNote.objects.create(submission=entry, author=person, text="已核对。", created_at=now)
        made = {"version": version, "reason": REASON}
        done = {"decided_by": person, "decided_at": now, "undone_by": house.organizer, "undone_at": now}
        UndoneScreening.objects.create(**made, **done, outcome="rejected", why_undone="看错了版本")
        answered = {"status": "declined", "answered_by": house.organizer, "answered_at": now, "answer": "材料是齐的"}
        ScreeningProposal.objects.create(**made, proposed_by=person, proposed_at=now, **answered)
        TeamMemberFactory(team=entry.team, user=person)
        entry.team.partners.create(organization=OrganizationFactory())
        version.attachments.add(_filed(entry, person.pk))
    TopicFactory(track=entry.track)


def test_the_page_costs_the_same_however_much_was_said_and_handed_in(house, entry):
    talked_about(house, entry, 1)
    house.client.get(house.address(entry))
    few = questions(house, entry)
    talked_about(house, entry, 6)
    many = questions(house, entry)

    assert few == many
    assert many <= MOST_QUERIES


def test_the_page_tells_what_was_said_by_whom(house, entry):
    talked_about(house, entry, 1)
    context = house.client.get(house.address(entry)).context
    person = ScreeningNote.objects.get().author

    assert [(note.who, note.text) for note in context["notes"]] == [(str(person), "已核对。")]
    assert {(past.who, past.reason, past.then.endswith(("看错了版本", "材料是齐的"))) for past in context["past"]} == {
        (str(person), REASON, True)
    }
    assert len(context["past"]) == 2
