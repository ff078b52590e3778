"""What nobody types by accident, in every field a team can fill: a clear answer, and no effect by halves."""

import pytest

from submissions.models import Attachment, Submission, Team
from tests.factories.accounts import UserFactory
from tests.factories.files import pdf
from tests.factories.submissions import ABSTRACT, SubmissionFactory, TeamFactory, captain_of, credit_code
from tests.factories.tracks import CompetitionFactory
from tests.submissions.people import KEY, client_for, complete_draft, said, submit, typed

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"
HARMLESS = [SCRIPT, "{{ user.password }}{% include 'x' %}", "=cmd|' /C calc'!A0", "'; DROP TABLE--", "😀" * 60]
UNSHOWABLE = ["山洪\x00预警", "山洪\u202e预警", "\u200b\u200b", "山洪\r\nBcc: a@example.com"]
LONG_NAME = "页" * 300 + ".pdf"


def found(client, **changes):
    answers = {
        "idempotency_key": KEY,
        "name": "山洪预警队",
        "organization_name": "成都数据科技有限公司",
        "organization_code": credit_code(7),
        "organization_kind": "company",
    }
    return client.post("/teams/new/", answers | changes)


def save_by_page(draft, **changes):
    """As a captain's browser would send it."""
    return client_for(captain_of(draft.team)).post(draft.get_absolute_url(), typed(draft, **changes))


@pytest.mark.parametrize("field", ["name", "organization_name"])
@pytest.mark.parametrize("text", HARMLESS)
def test_strange_text_stays_text_on_the_teams_page(field, text):
    CompetitionFactory(open=True)
    client = client_for(UserFactory())

    page = client.get(found(client, **{field: text})["Location"])

    assert SCRIPT not in page.content.decode()


@pytest.mark.parametrize("field", ["name", "organization_name", "organization_code"])
@pytest.mark.parametrize("text", UNSHOWABLE)
def test_text_that_cannot_be_shown_founds_nothing(field, text):
    CompetitionFactory(open=True)

    response = found(client_for(UserFactory()), **{field: text})

    assert (response.status_code, Team.objects.count()) == (400, 0)


@pytest.mark.parametrize("text", HARMLESS)
def test_strange_text_stays_text_on_every_page_of_an_entry(text):
    draft = complete_draft(title=text[:60], abstract=text, team__name=text[:60])
    client = client_for(captain_of(draft.team))
    urls = [draft.get_absolute_url(), f"{draft.get_absolute_url()}submit/", draft.team.get_absolute_url()]
    urls.append(submit(draft).get_absolute_url())

    for url in urls:
        response = client.get(url)
        assert (response.status_code, SCRIPT in response.content.decode()) == (200, False)


@pytest.mark.parametrize("text", ["😀" * 4000, "数\x00据"])
def test_an_abstract_that_cannot_be_kept_changes_nothing(text):
    draft = SubmissionFactory()

    response = save_by_page(draft, abstract=text)

    assert (response.status_code, said(draft)) == (400, ABSTRACT)


def test_a_thousand_emoji_are_a_thousand_characters():
    draft = SubmissionFactory()

    assert save_by_page(draft, abstract="😀" * 1000).status_code == 302


def test_bytes_that_are_no_utf8_are_no_server_error():
    draft = SubmissionFactory()
    body = b"v-title=1&a-title=%ff%fe&v-abstract=1&a-abstract=%ed%a0%80"

    response = client_for(captain_of(draft.team)).post(
        draft.get_absolute_url(), body, content_type="application/x-www-form-urlencoded"
    )

    assert response.status_code in {302, 400}


@pytest.mark.parametrize("version", ["0", "-1", "1e9", "１", "9" * 40, "NaN", ""])
def test_a_forged_version_saves_nothing(version):
    draft = SubmissionFactory()

    response = save_by_page(draft, abstract_version=version, abstract="改")

    assert (response.status_code, said(draft)) == (409, ABSTRACT)


@pytest.mark.parametrize("field", ["status", "number", "draft_version", "team", "submitted_at"])
def test_a_field_that_is_not_in_the_form_is_not_written(field):
    draft = SubmissionFactory()
    before = getattr(draft, field)

    save_by_page(draft, abstract="改", **{field: "7"})

    after = getattr(Submission.objects.get(), field)
    assert after == (before + 1 if field == "draft_version" else before)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("申报书.pdf.exe", pdf()),
        ("申报书.pdf", b"<html><script>alert(1)</script></html>"),
        ("申报书.pdf", b"GIF89a" + pdf()),
        ("申报书.pdf", b"MZ" + pdf()),
        ("申报书.html", pdf()),
        ("申报书.pdf", b""),
        ("申报书.pdf\x00.exe", pdf()),
    ],
)
def test_a_file_that_is_no_pdf_is_not_kept(name, content):
    draft = SubmissionFactory()

    response = upload_by_page(draft, name, content)

    assert (response.status_code, Attachment.objects.count()) == (400, 0)
    assert response.context["page"].slots[0].errors


@pytest.mark.parametrize("name", ["..%2f..%2fetc.pdf", 'a"; x="b.pdf', "a\tb\x07.pdf", LONG_NAME])
def test_a_strange_name_of_a_file_is_kept_tidy(name):
    draft = SubmissionFactory()

    upload_by_page(draft, name, pdf())

    kept = Attachment.objects.get().name
    assert (kept.endswith(".pdf"), len(kept) <= 150, any(ord(char) < 32 for char in kept)) == (True, True, False)


def test_one_byte_more_than_allowed_is_not_kept():
    draft = SubmissionFactory(team__competition=CompetitionFactory(open=True, max_file_size=len(pdf()) - 1))

    response = upload_by_page(draft, "申报书.pdf", pdf())

    assert (response.status_code, Attachment.objects.count()) == (400, 0)


def test_another_teams_number_in_the_address_is_not_there():
    own, other = TeamFactory(), TeamFactory()
    client = client_for(captain_of(own))

    assert [client.get(f"/teams/{pk}/").status_code for pk in (own.pk, other.pk, 10**15)] == [200, 404, 404]


def upload_by_page(draft, name, content):
    """With the name as a forged request may spell it: Django's own client would clean it."""
    boundary, data = "----form", typed(draft)
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{data[key]}\r\n' for key in data]
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file-proposal"; filename="{quoted}"\r\n\r\n'
    body = "".join(parts).encode() + head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
    return client_for(captain_of(draft.team)).post(
        draft.get_absolute_url(), body, content_type=f"multipart/form-data; boundary={boundary}"
    )
