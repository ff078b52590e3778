"""A certificate an award: numbered with the publication, made once, given up in silence when it is no longer wanted."""

from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from judging import documents
from judging.enums import AwardLevel, CertificateStatus
from judging.lifecycle import CERTIFICATE_LIFECYCLE
from judging.models import Certificate
from judging.services import (
    is_delayed,
    issue_certificate,
    request_certificates,
    retry_certificate,
    revoke_certificate,
)
from portal.core import audit
from portal.core.errors import TransitionNotAllowed
from portal.core.models import AuditEntry
from portal.core.pdf import PdfUnavailable
from portal.notifications import relay
from portal.notifications.enums import OutboxStatus
from portal.notifications.models import Outbox
from tests.factories.accounts import UserFactory
from tests.factories.judging import AwardFactory, CertificateFactory, PublicationFactory, RoundFactory
from tests.factories.submissions import TeamMemberFactory, captain_of
from tests.factories.tracks import OrganizerFactory, TrackFactory
from tests.race import race

pytestmark = pytest.mark.database


@pytest.fixture
def drawn(monkeypatch):
    """Drawing takes a while; what it draws is tested with the documents."""
    monkeypatch.setattr(documents, "certificate_pdf", lambda certificate: b"%PDF-1.7 " + certificate.serial.encode())


@pytest.fixture
def no_pango(monkeypatch):
    def fail(certificate):
        raise PdfUnavailable("Pango is missing")

    monkeypatch.setattr(documents, "certificate_pdf", fail)


@pytest.fixture
def publication(db):
    return PublicationFactory(round__competition__certificate_prefix="SC-DEX-2026")


def lines(action, certificate):
    return AuditEntry.objects.filter(action=action, object_type="judging.certificate", object_id=str(certificate.pk))


def mails():
    return Outbox.objects.filter(key__startswith="certificate-ready:")


# Asking for them


def test_each_award_gets_a_certificate(publication):
    awards = AwardFactory.create_batch(3, publication=publication)

    request_certificates(publication, actor=None)

    assert set(Certificate.objects.values_list("award", flat=True)) == {award.pk for award in awards}


def test_asking_again_makes_no_second_one(publication):
    AwardFactory.create_batch(2, publication=publication)
    request_certificates(publication, actor=None)

    assert request_certificates(publication, actor=None) == []


@pytest.mark.parametrize(
    ("level", "code"),
    [(AwardLevel.FIRST, "1"), (AwardLevel.SECOND, "2"), (AwardLevel.THIRD, "3"), (AwardLevel.MERIT, "M")],
)
def test_a_number_says_contest_track_and_level(publication, level, code):
    AwardFactory(publication=publication, track_number=7, level=level)

    [certificate] = request_certificates(publication, actor=None)

    assert certificate.serial == f"SC-DEX-2026-T07-{code}-0001"


def test_numbers_run_on_in_the_next_round_of_the_competition(publication):
    AwardFactory(publication=publication)
    request_certificates(publication, actor=None)
    later = PublicationFactory(round=RoundFactory(competition=publication.round.competition, published=True))
    AwardFactory(publication=later, track_number=3)

    [certificate] = request_certificates(later, actor=None)

    assert certificate.serial == "SC-DEX-2026-T03-1-0002"


def test_each_certificate_is_put_in_the_outbox(publication):
    AwardFactory(publication=publication)

    [certificate] = request_certificates(publication, actor=None)

    row = Outbox.objects.get(key=f"certificate:{certificate.pk}")
    assert (row.kind, row.payload) == ("certificate", {"certificate_id": certificate.pk})


def test_the_numbers_given_stand_in_the_audit_trail(publication):
    AwardFactory(publication=publication, track_number=1)

    request_certificates(publication, actor=None)

    assert AuditEntry.objects.get(action="request_certificates").after == {"serials": ["SC-DEX-2026-T01-1-0001"]}


def test_only_organizers_may_ask_for_them(publication):
    with pytest.raises(PermissionDenied):
        request_certificates(publication, actor=UserFactory())


def test_the_database_refuses_a_number_twice(publication):
    CertificateFactory(award__publication=publication, serial="SC-1")

    with pytest.raises(IntegrityError), transaction.atomic():
        CertificateFactory(award__publication=publication, serial="SC-1")


def test_two_publications_at_once_share_no_number(transactional_db):
    first = PublicationFactory()
    second = PublicationFactory(round=RoundFactory(competition=first.round.competition, published=True))
    track = TrackFactory(competition=first.round.competition, number=1)
    for each in (first, second):
        AwardFactory(publication=each, submission__topic__track=track)

    race([lambda each=each: request_certificates(each, actor=None) for each in (first, second)])

    prefix = first.round.competition.certificate_prefix
    assert sorted(Certificate.objects.values_list("serial", flat=True)) == [
        f"{prefix}-T01-1-0001",
        f"{prefix}-T01-1-0002",
    ]


# Making them


def test_the_outbox_makes_the_certificate(publication, drawn):
    AwardFactory(publication=publication)
    [certificate] = request_certificates(publication, actor=None)

    relay.drain()

    certificate.refresh_from_db()
    assert (certificate.status, certificate.file is not None) == (CertificateStatus.ISSUED, True)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_however_often_the_task_runs_it_is_issued_once(db, drawn, times):
    certificate = CertificateFactory()

    for _ in range(times):
        issue_certificate(certificate.pk)

    assert lines("issue", certificate).count() == 1


def test_each_member_is_told_once(db, drawn):
    certificate = CertificateFactory()
    TeamMemberFactory(team=certificate.award.submission.team)

    issue_certificate(certificate.pk)
    issue_certificate(certificate.pk)

    assert mails().count() == 2


def test_the_mail_leads_to_the_download(db, drawn, settings):
    settings.CANONICAL_URL = "https://contest.example"
    certificate = CertificateFactory()

    issue_certificate(certificate.pk)

    assert f"https://contest.example/certificates/{certificate.public_id}/" in mails().get().payload["body"]


def test_the_mail_says_a_title_as_it_was_typed(db, drawn):
    certificate = CertificateFactory(award__project="A & B <C>")

    issue_certificate(certificate.pk)

    assert "A & B <C>" in mails().get().payload["subject"]


def test_a_certificate_that_is_gone_is_passed_over(db, drawn):
    issue_certificate(404)

    assert not mails().exists()


def test_a_revoked_certificate_is_not_made(db, drawn):
    certificate = CertificateFactory(status=CertificateStatus.REVOKED)

    issue_certificate(certificate.pk)

    certificate.refresh_from_db()
    assert (certificate.status, certificate.file) == (CertificateStatus.REVOKED, None)


def test_one_revoked_while_it_is_drawn_stays_revoked(db, monkeypatch):
    certificate = CertificateFactory()

    def revoke_meanwhile(drawing):
        revoke_certificate(certificate, actor=None, reason="撤销获奖资格")
        return b"%PDF-1.7"

    monkeypatch.setattr(documents, "certificate_pdf", revoke_meanwhile)

    issue_certificate(certificate.pk)

    certificate.refresh_from_db()
    assert (certificate.status, mails().count()) == (CertificateStatus.REVOKED, 0)


@pytest.fixture
def side_by_side(transactional_db, monkeypatch):
    """A certificate that two workers draw at the same moment: both have seen that it waits."""
    both_have_seen_it = Barrier(2)

    def draw(certificate):
        both_have_seen_it.wait(timeout=60)
        return b"%PDF-1.7"

    monkeypatch.setattr(documents, "certificate_pdf", draw)
    return CertificateFactory()


def test_two_workers_at_once_issue_it_once(side_by_side):
    results = race([lambda: issue_certificate(side_by_side.pk)] * 2)

    assert (results, lines("issue", side_by_side).count()) == ([None, None], 1)


def test_without_compare_and_set_two_workers_issue_it_twice(side_by_side, monkeypatch):
    """The twin: read, then write. It shows that the race above is a real one."""

    def apply(certificate, name, *, actor, **changes):
        Certificate.objects.filter(pk=certificate.pk).update(status=CertificateStatus.ISSUED, **changes)
        audit.record(name, certificate, actor=actor)

    monkeypatch.setattr(CERTIFICATE_LIFECYCLE, "apply", apply)

    race([lambda: issue_certificate(side_by_side.pk)] * 2)

    assert lines("issue", side_by_side).count() == 2


# When it can't be made


def test_without_pango_it_waits_for_a_better_day(publication, no_pango):
    AwardFactory(publication=publication)
    [certificate] = request_certificates(publication, actor=None)

    relay.drain()

    row = Outbox.objects.get(key=f"certificate:{certificate.pk}")
    assert (row.status, row.last_error) == (OutboxStatus.WAITING, "PdfUnavailable: Pango is missing")


def test_it_is_delayed_once_something_went_wrong(publication, no_pango):
    AwardFactory(publication=publication)
    [certificate] = request_certificates(publication, actor=None)
    before = is_delayed(certificate)

    relay.drain()

    assert (before, is_delayed(certificate)) == (False, True)


def give_up(certificate):
    Outbox.objects.filter(key__startswith="certificate:").update(status=OutboxStatus.DEAD, last_error="OSError")


def test_what_was_given_up_can_be_tried_again(publication, drawn):
    AwardFactory(publication=publication)
    [certificate] = request_certificates(publication, actor=None)
    give_up(certificate)

    retry_certificate(certificate, actor=captain_of(certificate.award.submission.team))
    relay.drain()

    certificate.refresh_from_db()
    assert certificate.status == CertificateStatus.ISSUED


def test_trying_again_while_one_try_waits_adds_none(publication):
    AwardFactory(publication=publication)
    [certificate] = request_certificates(publication, actor=None)
    give_up(certificate)

    retry_certificate(certificate, actor=None)
    retry_certificate(certificate, actor=None)

    assert Outbox.objects.filter(kind="certificate", status=OutboxStatus.WAITING).count() == 1


def test_only_who_may_have_it_may_try_again(db):
    with pytest.raises(PermissionDenied):
        retry_certificate(CertificateFactory(), actor=UserFactory())


# Taking one back


def test_an_organizer_revokes_with_a_reason(db):
    certificate = CertificateFactory()
    organizer = OrganizerFactory(competition=certificate.award.publication.round.competition).user

    revoke_certificate(certificate, actor=organizer, reason="撤销获奖资格")

    assert lines("revoke", certificate).get().reason == "撤销获奖资格"


def test_the_team_itself_can_not_revoke(db):
    certificate = CertificateFactory()

    with pytest.raises(PermissionDenied):
        revoke_certificate(certificate, actor=captain_of(certificate.award.submission.team), reason="不要了")


def test_what_is_revoked_can_not_be_revoked_again(db):
    certificate = CertificateFactory(status=CertificateStatus.REVOKED)

    with pytest.raises(TransitionNotAllowed):
        revoke_certificate(certificate, actor=None, reason="又一次")


def test_the_database_refuses_an_issued_certificate_without_its_file(db):
    certificate = CertificateFactory()
    rows = Certificate.objects.filter(pk=certificate.pk)

    with pytest.raises(IntegrityError, match="certificate_issued_has_file_and_time"), transaction.atomic():
        rows.update(status=CertificateStatus.ISSUED, issued_at=timezone.now())
