"""Who gets the PDF, what everybody may check, and what a page says while there is nothing to send."""

from urllib.parse import unquote
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from judging.enums import CertificateStatus
from judging.models import Certificate
from portal.core import files
from portal.notifications.enums import OutboxStatus
from portal.notifications.models import Outbox
from tests.factories.accounts import SiteAdminFactory, UserFactory
from tests.factories.judging import AwardFactory, CertificateFactory, JudgeFactory
from tests.factories.submissions import TeamFactory, TeamMemberFactory, captain_of
from tests.factories.tracks import OrganizerFactory, TrackFactory

PDF = b"%PDF-1.7 certificate"


@pytest.fixture
def issued(db):
    return CertificateFactory(
        award=AwardFactory(project="区域慢病/协同", members=["李明远", "王思雨"]),
        serial="SC-DEX-2026-T07-1-0003",
        status=CertificateStatus.ISSUED,
        file=files.store(ContentFile(PDF)),
        issued_at=timezone.now(),
    )


@pytest.fixture
def waiting(db):
    return CertificateFactory()


@pytest.fixture
def winner(issued):
    return captain_of(issued.award.submission.team)


def download(client, certificate, user):
    client.force_login(user)
    response = client.get(reverse("judging:certificate", args=[certificate.public_id]))
    if response.streaming:
        response.body = b"".join(response.streaming_content)
        response.close()
    return response


def verify(client, public_id):
    return client.get(reverse("judging:verify_certificate", args=[public_id]))


# Download


def test_a_winner_downloads_the_pdf(client, issued, winner):
    assert download(client, issued, winner).body == PDF


def test_the_download_is_named_after_number_and_project(client, issued, winner):
    disposition = download(client, issued, winner)["Content-Disposition"]

    assert unquote(disposition) == "attachment; filename*=utf-8''SC-DEX-2026-T07-1-0003 区域慢病-协同.pdf"


def member_of(certificate):
    return TeamMemberFactory(team=certificate.award.submission.team).user


def organizer_of(certificate):
    return OrganizerFactory(competition=certificate.award.publication.round.competition).user


@pytest.mark.parametrize("person", [member_of, organizer_of, lambda certificate: SiteAdminFactory()])
def test_those_it_belongs_to_may_have_it(client, issued, person):
    assert download(client, issued, person(issued)).status_code == 200


def other_team(certificate):
    return captain_of(TeamFactory(competition=certificate.award.publication.round.competition))


def judge_of(certificate):
    return JudgeFactory(competition=certificate.award.publication.round.competition).user


def track_organizer(certificate):
    competition = certificate.award.publication.round.competition
    return OrganizerFactory(competition=competition, tracks=[TrackFactory(competition=competition)]).user


@pytest.mark.parametrize(
    "person",
    [lambda certificate: UserFactory(), other_team, judge_of, track_organizer, lambda _: OrganizerFactory().user],
    ids=["visitor", "other team", "judge", "track organizer", "organizer elsewhere"],
)
def test_for_everybody_else_it_is_not_there(client, issued, person):
    assert download(client, issued, person(issued)).status_code == 404


def test_somebody_signed_out_is_sent_to_sign_in(client, issued):
    address = reverse("judging:certificate", args=[issued.public_id])

    assert client.get(address).url == f"{reverse('account_login')}?next={address}"


def test_while_it_is_made_the_page_says_so(client, waiting):
    response = download(client, waiting, member_of(waiting))

    assert (response.status_code, response["Retry-After"], response.context["is_delayed"]) == (202, "10", False)


def test_when_making_it_failed_the_page_says_so(client, waiting):
    Outbox.objects.create(kind="certificate", key=f"certificate:{waiting.pk}", last_error="PdfUnavailable: Pango")

    assert download(client, waiting, member_of(waiting)).context["is_delayed"] is True


def test_what_failed_inside_stays_inside(client, waiting):
    Outbox.objects.create(kind="certificate", key=f"certificate:{waiting.pk}", last_error="PdfUnavailable: Pango")

    assert "Pango" not in download(client, waiting, member_of(waiting)).content.decode()


def test_a_button_asks_for_another_try(client, waiting):
    Outbox.objects.create(kind="certificate", key=f"certificate:{waiting.pk}", status=OutboxStatus.DEAD)
    client.force_login(member_of(waiting))

    client.post(reverse("judging:retry_certificate", args=[waiting.public_id]))

    assert Outbox.objects.filter(kind="certificate", status=OutboxStatus.WAITING).count() == 1


def test_a_stranger_can_not_ask_for_another_try(client, waiting):
    client.force_login(UserFactory())

    response = client.post(reverse("judging:retry_certificate", args=[waiting.public_id]))

    assert response.status_code == 404


def test_a_revoked_one_is_gone(client, issued, winner):
    Certificate.objects.filter(pk=issued.pk).update(status=CertificateStatus.REVOKED)

    assert download(client, issued, winner).status_code == 410


# Verify


@pytest.mark.parametrize(
    "fact",
    ["SC-DEX-2026-T07-1-0003", "区域慢病/协同", "李明远、王思雨"],
)
def test_anyone_sees_what_the_certificate_shows(client, issued, fact):
    assert fact in verify(client, issued.public_id).content.decode()


@pytest.mark.parametrize("field", ["team", "organization", "track_name"])
def test_anyone_sees_whose_it_is(client, issued, field):
    assert getattr(issued.award, field) in verify(client, issued.public_id).content.decode()


def test_an_issued_one_is_genuine(client, issued):
    assert verify(client, issued.public_id).context["is_genuine"] is True


def test_a_revoked_one_is_not_genuine(client, issued):
    Certificate.objects.filter(pk=issued.pk).update(status=CertificateStatus.REVOKED)

    response = verify(client, issued.public_id)

    assert (response.status_code, response.context["is_genuine"]) == (200, False)


def test_an_unknown_one_is_404(client, db):
    assert verify(client, uuid4()).status_code == 404


def test_one_that_was_never_handed_out_is_unknown(client, waiting):
    assert verify(client, waiting.public_id).status_code == 404


def test_nobodys_address_is_shown(client, issued, winner):
    assert winner.email not in verify(client, issued.public_id).content.decode()


def test_search_engines_leave_it_alone(client, issued):
    assert verify(client, issued.public_id)["X-Robots-Tag"] == "noindex"


def test_a_title_with_markup_is_shown_as_text(client, db):
    certificate = CertificateFactory(
        award__project="<script>alert(1)</script>",
        status=CertificateStatus.ISSUED,
        file=files.store(ContentFile(PDF)),
        issued_at=timezone.now(),
    )

    assert "<script>alert" not in verify(client, certificate.public_id).content.decode()
