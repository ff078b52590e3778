"""The entry on paper: who may have it, made once for the same content."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from docx import Document
from pypdf import PdfReader

from portal.accounts import policies
from portal.core import scrub
from portal.core.errors import Conflict
from portal.core.models import StoredFile
from portal.core.pdf import PdfUnavailable
from portal.notifications import relay
from portal.notifications.enums import OutboxStatus
from portal.notifications.models import Outbox
from submissions import documents, services, word
from submissions.enums import Edition, RenditionKind, RenditionStatus
from submissions.models import Rendition
from submissions.services import renditions as service
from submissions.views.papers import file_name
from tests.factories.accounts import UserFactory
from tests.factories.submissions import (
    ABSTRACT,
    SubmissionFactory,
    TeamMemberFactory,
    captain_of,
    write,
)
from tests.factories.tracks import OrganizerFactory
from tests.submissions.people import client_for, complete_draft, queries_of

pytestmark = pytest.mark.django_db

TEAM, BLIND = Edition.TEAM, Edition.BLIND_JUDGE
WHEN = datetime(2026, 8, 1, 12, tzinfo=UTC)
PDF, DOCX = RenditionKind.PDF, RenditionKind.DOCX


@pytest.fixture
def draft():
    return complete_draft()


@pytest.fixture
def drawn(monkeypatch):
    """Drawing takes a while; what is drawn has tests of its own."""
    monkeypatch.setattr(documents, "entry_pdf", lambda content, identifier: b"%PDF-1.7 " + identifier.hex().encode())


def ask(entry, *, actor=None, kind=PDF, edition=TEAM, version=None):
    actor = actor or captain_of(entry.team)
    return services.request_rendition(entry, actor=actor, kind=kind, edition=edition, version=version)


def made(rendition):
    service.make_rendition(rendition.pk)
    rendition.refresh_from_db()
    return rendition


def taken(client, rendition):
    """The status, and how what was sent begins; read to its end, so that no file stays open."""
    answer = client.get(rendition.get_absolute_url())
    return answer.status_code, answer.getvalue()[:2]


# Asking and making


def test_a_blind_edition_has_neutral_facts_and_name():
    entry = SubmissionFactory(submitted=True)
    rendition = ask(entry, version=entry.versions.get(), edition=BLIND)
    content = rendition.paper

    pdf = PdfReader(io.BytesIO(documents.entry_pdf(content, identifier=b"1"))).metadata
    facts = Document(io.BytesIO(word.entry_docx(content))).core_properties

    assert {"/Author", "/Creator", "/Subject"} & pdf.keys() == set()
    assert (facts.author, facts.last_modified_by, facts.comments) == ("", "", "")
    assert file_name(rendition) == f"{entry.number}-第1版.pdf"


def test_a_document_says_when_it_was_asked_for(monkeypatch):
    drawn = []
    monkeypatch.setattr(documents, "entry_pdf", lambda content, identifier: drawn.append(content) or b"%PDF")
    entry = SubmissionFactory(submitted=True)
    wanted = {"actor": captain_of(entry.team), "kind": PDF, "edition": TEAM, "version": entry.versions.get()}

    made(services.request_rendition(entry, **wanted, now=WHEN))

    assert "2026-08-01 20:00:00" in drawn[0]["team"]["note"]


@pytest.mark.parametrize("kind", [PDF, DOCX])
def test_it_is_made_and_can_be_taken_along(draft, drawn, kind):
    rendition = made(ask(draft, kind=kind))

    assert taken(client_for(captain_of(draft.team)), rendition) == (200, b"%P" if kind == PDF else b"PK")


def test_the_outbox_has_it_made(draft, drawn):
    rendition = ask(draft)

    relay.drain()

    rendition.refresh_from_db()
    assert (rendition.status, rendition.paper) == (RenditionStatus.READY, {})


def test_the_same_content_again_is_the_same_file(draft, drawn):
    member = TeamMemberFactory(team=draft.team).user
    first = made(ask(draft))

    assert ask(draft, actor=member) == first


def test_other_words_are_another_document(draft, drawn):
    first = made(ask(draft))
    write(draft, abstract="又改了一处。")

    assert ask(draft) != first


def test_it_says_what_stood_there_when_it_was_asked_for(draft, monkeypatch):
    drawn = []
    monkeypatch.setattr(documents, "entry_pdf", lambda content, identifier: drawn.append(content) or b"%PDF")
    rendition = ask(draft)
    write(draft, abstract="后来写的")
    made(rendition)

    assert drawn[0]["groups"][0]["blocks"][0]["text"] == ABSTRACT


def test_made_twice_it_is_drawn_once(draft, monkeypatch):
    drawn = []
    monkeypatch.setattr(documents, "entry_pdf", lambda content, identifier: drawn.append(1) or b"%PDF")
    rendition = ask(draft)
    made(rendition)
    made(rendition)

    assert drawn == [1]


def test_a_machine_that_can_not_draw_says_so_and_asking_again_tries_again(draft, monkeypatch):
    def fail(content, identifier):
        raise PdfUnavailable("Pango is missing")

    monkeypatch.setattr(documents, "entry_pdf", fail)
    rendition = made(ask(draft))
    page = client_for(captain_of(draft.team)).get(f"/submissions/{draft.public_id}/renditions/").content.decode()

    assert rendition.status == RenditionStatus.FAILED
    assert "生成" in page
    assert ask(draft).status == RenditionStatus.REQUESTED
    assert Outbox.objects.filter(kind=service.KIND).count() == 2


def test_one_that_was_given_up_is_tried_again(draft):
    rendition = ask(draft)
    Outbox.objects.filter(kind=service.KIND).update(status=OutboxStatus.DEAD)

    assert ask(draft) == rendition
    assert Outbox.objects.filter(kind=service.KIND, status=OutboxStatus.WAITING).count() == 1


def test_so_many_an_hour_and_no_more(draft, monkeypatch):
    monkeypatch.setattr(service, "MOST_AN_HOUR", 1)
    ask(draft)

    with pytest.raises(Conflict):
        ask(draft, kind=DOCX)


def test_the_same_again_is_not_counted(draft, monkeypatch):
    monkeypatch.setattr(service, "MOST_AN_HOUR", 1)

    assert ask(draft) == ask(draft)


# Who


def test_a_stranger_finds_neither_page_nor_document(draft, drawn):
    client, rendition = client_for(UserFactory()), made(ask(draft))

    addresses = [f"/submissions/{draft.public_id}/renditions/", rendition.get_absolute_url()]

    assert [client.get(each).status_code for each in addresses] == [404, 404]


def test_an_organizer_has_what_was_submitted_not_the_draft(drawn):
    entry = SubmissionFactory(submitted=True)
    organizer = OrganizerFactory(competition=entry.team.competition).user
    of_draft, of_version = made(ask(entry)), made(ask(entry, version=entry.versions.get()))
    client = client_for(organizer)

    assert [taken(client, each)[0] for each in (of_draft, of_version)] == [404, 200]
    with pytest.raises(PermissionDenied):
        ask(entry, actor=organizer)


def test_whoever_left_the_team_has_it_no_more(draft, drawn):
    member = TeamMemberFactory(team=draft.team)
    rendition = made(ask(draft, actor=member.user))
    member.delete()

    assert client_for(member.user).get(rendition.get_absolute_url()).status_code == 404


def test_one_that_is_not_ready_is_not_there(draft):
    assert client_for(captain_of(draft.team)).get(ask(draft).get_absolute_url()).status_code == 404


@pytest.mark.parametrize("data", [{"text": "9"}, {"kind": "exe"}, {"edition": "all"}], ids=["text", "kind", "edition"])
def test_what_does_not_exist_can_not_be_asked_for(draft, data):
    wanted = {"text": "draft", "edition": "team", "kind": "pdf", **data}

    answer = client_for(captain_of(draft.team)).post(f"/submissions/{draft.public_id}/renditions/", wanted)

    assert (answer.status_code, Rendition.objects.count()) == (400, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many(draft, count):
    for place in range(count):
        write(draft, abstract=f"第{place}稿")
        ask(draft)

    assert queries_of(client_for(captain_of(draft.team)), f"/submissions/{draft.public_id}/renditions/") == 10


class TestRetention:
    DAYS = 30

    @pytest.fixture
    def rendition(self, draft, drawn):
        rendition = ask(draft)
        made(rendition)
        return Rendition.objects.get()

    def kept(self, rendition, *, days):
        """Whether the rendition and its file are still there when it is so many days old."""
        now = rendition.requested_at + timedelta(days=days, minutes=1)
        stored = rendition.file_id
        policies.run(now)
        scrub.sweep_files(now=now + timedelta(days=2))
        return Rendition.objects.filter(pk=rendition.pk).exists(), StoredFile.objects.filter(pk=stored).exists()

    def test_an_old_one_goes_with_its_file(self, rendition):
        assert self.kept(rendition, days=self.DAYS) == (False, False)

    def test_one_that_is_younger_stays(self, rendition):
        assert self.kept(rendition, days=self.DAYS - 1) == (True, True)

    def test_whoever_asks_again_gets_it_made_anew(self, rendition, draft):
        self.kept(rendition, days=self.DAYS)
        again = ask(draft)
        made(again)

        assert Rendition.objects.get().status == RenditionStatus.READY

    def test_one_that_goes_while_it_is_drawn_is_let_be(self, draft, monkeypatch):
        rendition = ask(draft)

        def draw(content, identifier):
            Rendition.objects.filter(pk=rendition.pk).delete()
            return b"%PDF-1.7"

        monkeypatch.setattr(documents, "entry_pdf", draw)
        service.make_rendition(rendition.pk)

        assert not Rendition.objects.exists()
