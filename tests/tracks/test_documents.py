"""Files that organizers give out, and the gate they go through."""

from __future__ import annotations

import io
import zipfile
from contextlib import closing
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from portal.core.models import AuditEntry, StoredFile
from tests.factories.files import pdf, upload
from tests.factories.tracks import CompetitionFactory, DocumentFactory, OrganizerFactory, TrackFactory
from tracks.models import Competition, Document
from tracks.services import add_document, change_document

pytestmark = pytest.mark.django_db


def archive(member="说明.txt"):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        made.writestr(member, "x")
    return content.getvalue()


def given(name, content):
    return SimpleUploadedFile(name, content)


def fetch(client, document):
    with closing(client.get(document.get_absolute_url())) as response:
        content = b"".join(response.streaming_content) if response.streaming else b""
    return response, content


def list_of(competition):
    return reverse("tracks:documents", args=[competition.slug])


@pytest.fixture
def organizer():
    return OrganizerFactory()


@pytest.fixture
def published(organizer):
    return add_document(
        organizer.competition,
        actor=organizer.user,
        title="赛题指南",
        content=upload("指南.pdf"),
        published_at=timezone.now(),
    )


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_a_visitor_the_same_however_long(client, count, django_assert_num_queries):
    competition = CompetitionFactory()
    DocumentFactory.create_batch(count, competition=competition)
    DocumentFactory()  # of another competition, must not appear

    with django_assert_num_queries(4):
        response = client.get(list_of(competition))

    assert len(response.context["documents"]) == count


def test_an_empty_list_says_so(client):
    assert 'class="empty"' in client.get(list_of(CompetitionFactory())).content.decode()


def test_a_visitor_gets_the_very_bytes(client, published):
    _response, content = fetch(client, published)

    assert content == pdf()


def test_it_comes_as_a_download_that_is_no_page_of_ours(client, published):
    response, _content = fetch(client, published)

    assert response["Content-Disposition"].startswith("attachment;")
    assert (response["X-Content-Type-Options"], "sandbox" in response["Content-Security-Policy"]) == ("nosniff", True)


def test_another_name_leads_to_the_right_one(client, published):
    address = reverse("tracks:document", args=[published.competition.slug, published.public_id, "x.pdf"])

    assert client.get(address)["Location"] == published.get_absolute_url()


def test_the_gate_is_shut_in_another_competition(client, published):
    address = reverse("tracks:document", args=[CompetitionFactory().slug, published.public_id, published.file_name])

    assert client.get(address).status_code == 404


@pytest.mark.parametrize("later", [None, timedelta(hours=1)], ids=["draft", "to come"])
def test_the_gate_is_shut_until_it_is_published(client, published, organizer, later):
    moment = later and timezone.now() + later
    change_document(published, actor=organizer.user, published_at=moment)

    assert client.get(published.get_absolute_url()).status_code == 404
    assert published not in client.get(list_of(organizer.competition)).context["documents"]


def test_an_organizer_previews_a_draft(client, organizer):
    draft = add_document(organizer.competition, actor=organizer.user, title="草稿", content=upload())
    client.force_login(organizer.user)

    assert fetch(client, draft)[0].status_code == 200


def test_a_hidden_competition_gives_nothing_out(client, published):
    Competition.objects.update(is_published=False)

    assert client.get(published.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("指南.pdf", pdf()),
        ("模板.DOCX", archive("word/document.xml")),
        ("名单.xlsx", archive("xl/workbook.xml")),
        ("附件.zip", archive()),
    ],
)
def test_what_it_is_called_it_is(organizer, name, content):
    document = add_document(organizer.competition, actor=organizer.user, title="文件", content=given(name, content))

    assert (document.file_name, document.file.size) == (name, len(content))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"<script>"),
        ("a.docx", archive()),
        ("a.xlsx", archive("word/document.xml")),
        ("a.docx", b"\xd0\xcf\x11\xe0 old word"),
        ("a.zip", b"PK\x03\x04 broken"),
        ("a.zip", b""),
        ("a.html", b"<html>"),
        ("a.svg", b"<svg/>"),
        ("pdf", pdf()),
        ("a.pdf.exe", pdf()),
    ],
)
def test_anything_else_is_refused(organizer, name, content):
    with pytest.raises(ValidationError) as refused:
        add_document(organizer.competition, actor=organizer.user, title="文件", content=given(name, content))

    assert list(refused.value.error_dict) == ["content"]


@pytest.mark.parametrize(("spare", "is_kept"), [(0, True), (-1, False)])
def test_a_file_may_be_as_large_as_the_competition_says(organizer, spare, is_kept):
    organizer.competition.max_file_size = len(pdf()) + spare
    try:
        add_document(organizer.competition, actor=organizer.user, title="文件", content=upload())
    except ValidationError:
        assert not is_kept
    assert Document.objects.exists() is is_kept


def test_a_refused_title_keeps_no_file(organizer):
    with pytest.raises(ValidationError):
        add_document(organizer.competition, actor=organizer.user, title="a\u202eb", content=upload())

    assert not StoredFile.objects.exists()


def test_the_same_bytes_are_kept_once(organizer):
    for title in ("一", "二"):
        add_document(organizer.competition, actor=organizer.user, title=title, content=upload())

    assert StoredFile.objects.count() == 1


def test_another_file_takes_its_place_at_the_same_address(organizer, published):
    changed = change_document(published, actor=organizer.user, content=upload("指南.pdf", pdf("second")))

    assert (changed.get_absolute_url(), changed.file == published.file) == (published.get_absolute_url(), False)


def test_the_trail_holds_the_fingerprint(published):
    assert AuditEntry.objects.get().after["sha256"] == published.file.sha256


def test_whoever_runs_some_tracks_gives_nothing_out(organizer):
    track = TrackFactory(competition=organizer.competition)
    helper = OrganizerFactory(competition=organizer.competition, tracks=[track]).user

    with pytest.raises(PermissionDenied):
        add_document(organizer.competition, actor=helper, title="文件", content=upload())


def test_an_organizer_adds_one_in_the_administration(client, organizer):
    client.force_login(organizer.user)
    client.post(
        reverse("admin:tracks_document_add"),
        {"competition": organizer.competition.pk, "title": "指南", "content": upload("指南.pdf")},
    )

    assert Document.objects.values_list("title", "file_name").get() == ("指南", "指南.pdf")


def test_the_administration_refuses_at_the_field(client, organizer):
    client.force_login(organizer.user)
    response = client.post(
        reverse("admin:tracks_document_add"),
        {"competition": organizer.competition.pk, "title": "指南", "content": given("a.html", b"<html>")},
    )

    assert "content" in response.context["adminform"].form.errors


def test_a_change_in_the_administration_needs_no_file_again(client, organizer, published):
    client.force_login(organizer.user)
    client.post(reverse("admin:tracks_document_change", args=[published.pk]), {"title": "新标题"})

    published.refresh_from_db()
    assert (published.title, published.file_name) == ("新标题", "指南.pdf")


def test_the_way_to_documents_is_offered_where_the_reader_finds_one(organizer):
    DocumentFactory(competition=organizer.competition, published_at=None)
    competitions = Competition.objects.filter(pk=organizer.competition_id)
    readers = (AnonymousUser(), organizer.user)

    told = [competitions.with_contents(reader, timezone.now()).get().has_documents for reader in readers]
    assert told == [False, True]
