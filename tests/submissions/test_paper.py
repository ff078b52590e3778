"""The entry on paper: what it says, and to whom."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import pypdfium2
import pytest
from django.utils import timezone
from docx import Document
from pypdf import PdfReader

from submissions import documents, paper, word
from submissions.enums import Edition
from submissions.models import SubmissionVersion
from tests.factories.submissions import (
    ABSTRACT,
    AttachmentFactory,
    OrganizationFactory,
    ReceiptFactory,
    SubmissionFactory,
    VersionFactory,
    captain_of,
    write,
)
from tests.submissions.people import complete_draft

pytestmark = pytest.mark.django_db

TEAM, JUDGE, BLIND = Edition.TEAM, Edition.JUDGE, Edition.BLIND_JUDGE
WHEN = datetime(2026, 8, 1, 12, tzinfo=UTC)


@pytest.fixture
def draft():
    return complete_draft()


def flat(content):
    """All that stands in it, without the breaks of lines."""
    return re.sub(r"\s", "", content)


def text_of_pdf(content, **more):
    drawn = documents.entry_pdf(content, identifier=b"1")
    pages = PdfReader(io.BytesIO(drawn)).pages
    return flat("".join(page.extract_text() for page in pages))


def text_of_docx(content):
    document = Document(io.BytesIO(word.entry_docx(content)))
    parts = [each.text for each in document.paragraphs]
    parts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    parts += [each.text for section in document.sections for each in section.header.paragraphs]
    return flat("".join(parts))


TEXT_OF = pytest.mark.parametrize("text_of", [text_of_pdf, text_of_docx], ids=["pdf", "docx"])


@TEXT_OF
def test_a_draft_says_what_it_says_and_that_it_is_one(draft, text_of):
    attachment = draft.attachments.get()

    said = text_of(paper.paper_of_draft(draft, TEAM))

    wanted = [draft.title, ABSTRACT, draft.team.name, draft.team.organization.name, attachment.file.sha256]
    assert [each for each in [*wanted, "草稿，尚未提交"] if flat(each) not in said] == []


@TEXT_OF
def test_a_version_has_its_number_and_receipt_and_no_mark(text_of):
    version = SubmissionFactory(submitted=True).versions.get()

    said = text_of(paper.paper_of_version(version, TEAM))

    assert [each for each in ("第1版", str(version.receipt.public_id), version.form_sha256) if each not in said] == []
    assert "草稿" not in said


@TEXT_OF
def test_a_version_says_what_was_submitted_not_what_is_written_now(text_of):
    entry = SubmissionFactory(submitted=True, abstract="交上去的")
    write(entry, abstract="后来写的")

    assert "后来写的" not in text_of(paper.paper_of_version(entry.versions.get(), TEAM))


def consortium(team):
    """A partner of the team with all that can be said about it, and what its captain does."""
    team.members.update(duty="算法总体设计", is_contact=True)
    return team.partners.create(
        organization=OrganizationFactory(name="眉山水文研究院"),
        introduction="从事水文监测三十年",
        strengths="自建雨量站网",
        contact_name="联络赵",
        contact_phone="+8613812345678",
    )


OF_JUDGES = {"name", "introduction", "strengths"}
OF_THE_TEAM = {*OF_JUDGES, "code", "contact", "phone", "duty", "contact of the team"}


def facts_of(partner):
    return {
        "name": partner.organization.name,
        "code": partner.organization.code,
        "introduction": partner.introduction,
        "strengths": partner.strengths,
        "contact": partner.contact_name,
        "phone": partner.masked_contact_phone,
        "whole phone": partner.contact_phone.removeprefix("+86"),
        "duty": "算法总体设计",
        "contact of the team": "团队联系人",
    }


def test_a_version_calls_contest_track_and_topic_what_they_were_called_when_it_was_received():
    entry = SubmissionFactory(submitted=True)
    version = entry.versions.get()
    before = paper.paper_of_version(version, TEAM)
    for thing in (entry.topic, entry.track, entry.team.competition):
        type(thing).objects.filter(pk=thing.pk).update(**{"title" if thing == entry.topic else "name": "后来的名称"})

    after = paper.paper_of_version(SubmissionVersion.objects.get(), TEAM)

    assert (after["contest"], after["facts"]) == (before["contest"], before["facts"])


def test_what_was_received_before_receipts_were_signed_says_of_when_its_track_is():
    version = VersionFactory(submission=SubmissionFactory(has_been_submitted=True, history=False))
    ReceiptFactory(version=version, document=None)

    assert paper.paper_of_version(version, TEAM)["facts"][0][0] == "赛道（截至打印时）"


@TEXT_OF
@pytest.mark.parametrize("edition", [TEAM, JUDGE], ids=["team", "judge"])
def test_a_version_says_of_when_its_team_is(text_of, edition):
    version = SubmissionFactory(submitted=True).versions.get()

    said = text_of(paper.as_printed(paper.paper_of_version(version, edition), WHEN))

    assert "以下登记情况截至打印时，即2026-08-0120:00:00（北京时间）" in said


def test_a_draft_and_a_blind_edition_say_nothing_of_that(draft):
    version = SubmissionFactory(submitted=True).versions.get()
    papers = [paper.paper_of_draft(draft, TEAM), paper.paper_of_version(version, BLIND)]

    assert [paper.as_printed(each, WHEN) for each in papers] == papers


@TEXT_OF
@pytest.mark.parametrize(
    ("edition", "read"),
    [(TEAM, OF_THE_TEAM), (JUDGE, OF_JUDGES), (BLIND, set())],
    ids=["team", "judge", "blind"],
)
def test_a_consortium_has_its_partners_in_it_as_far_as_the_readers_may_know(text_of, edition, read):
    entry = SubmissionFactory(submitted=True)
    facts = facts_of(consortium(entry.team))

    said = text_of(paper.paper_of_version(entry.versions.get(), edition))

    assert {name for name, words in facts.items() if words in said} == read


@TEXT_OF
def test_a_blind_edition_names_nobody(text_of):
    entry = SubmissionFactory(submitted=True)
    version, team = entry.versions.get(), entry.team

    said = text_of(paper.paper_of_version(version, BLIND))

    names = [team.name, team.organization.name, team.organization.code, str(captain_of(team))]
    names += [version.attachments.get().name, str(version.receipt.public_id)]
    assert [each for each in names if flat(each) in said] == []


@TEXT_OF
def test_markup_is_text_and_what_no_file_can_hold_is_replaced(draft, text_of):
    write(draft, abstract="<script>alert(1)</script> =SUM(A1) \ufffe")

    assert "<script>alert(1)</script>=SUM(A1)" in text_of(paper.paper_of_draft(draft, TEAM))


def test_long_texts_and_names_run_on_over_pages(draft):
    write(draft, abstract="融合雨量、视频与卫星数据。\n" * 400)
    draft.attachments.update(replaced_at=timezone.now())
    AttachmentFactory(submission=draft, name=f"{'长' * 140}.pdf")

    drawn = documents.entry_pdf(paper.paper_of_draft(draft, TEAM), identifier=b"1")

    assert len(pypdfium2.PdfDocument(drawn)) > 5


def test_tables_stand_in_both(draft):
    content = paper.paper_of_draft(draft, TEAM)
    table = {
        "title": "成果",
        "kind": "rows",
        "text": "",
        "columns": ["名称", "数量"],
        "rows": [["专利", "3"], ["软著", "5"]],
    }
    content["groups"][0]["blocks"].append(table)

    assert "专利3软著5" in text_of_pdf(content)
    assert "名称数量专利3软著5" in text_of_docx(content)
