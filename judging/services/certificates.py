"""Certificates: asked for with the publication, made afterwards one by one, never made twice."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from judging import documents
from judging.enums import AwardLevel, CertificateStatus
from judging.lifecycle import CERTIFICATE_LIFECYCLE
from judging.models import Award, Certificate, Publication
from judging.rules import runs
from judging.services.locking import lock_competition
from portal.core import audit, files
from portal.core.errors import TransitionNotAllowed
from portal.core.failpoints import failpoint
from portal.core.people import Person
from portal.core.permissions import require
from portal.notifications import mail
from portal.notifications.enums import OutboxStatus
from portal.notifications.models import Outbox
from portal.notifications.services import enqueue, enqueue_all, enqueue_mail
from tracks.models import Competition

KIND = "certificate"
LEVEL_CODES = {AwardLevel.FIRST: "1", AwardLevel.SECOND: "2", AwardLevel.THIRD: "3", AwardLevel.MERIT: "M"}


@transaction.atomic
def request_certificates(publication: Publication, *, actor: Person | None) -> list[Certificate]:
    """Give each award that has none its number, and have the PDFs made after the commit."""
    require(runs, actor, publication.round)
    # Numbers run on through all rounds of a competition: whoever publishes next waits here.
    competition = lock_competition(publication.round.competition_id)
    number, now = _last_number(competition), timezone.now()
    awards = Award.objects.filter(publication=publication, certificate=None).order_by("track_number", "number", "pk")
    certificates = Certificate.objects.bulk_create(
        Certificate(award=award, serial=serial(award, competition, number + place), requested_at=now)
        for place, award in enumerate(awards, start=1)
    )
    enqueue_all([Outbox(kind=KIND, key=_key(each), payload=_payload(each)) for each in certificates])
    if certificates:
        serials = [each.serial for each in certificates]
        audit.record("request_certificates", publication.round, actor=actor, after={"serials": serials})
    return certificates


def issue_certificate(certificate_id: int) -> None:
    """Make the PDF of a certificate that waits for it; one that is gone, revoked or made already is let be.

    Raises PdfUnavailable where PDFs can't be made.
    """
    waiting = Certificate.objects.filter(pk=certificate_id, status=CertificateStatus.REQUESTED)
    certificate = waiting.select_related("award__publication__round__competition").first()
    if certificate is None:
        return
    # Drawn and stored before the transaction: it takes a while, and the same bytes are kept once.
    stored = files.store(ContentFile(documents.certificate_pdf(certificate)))
    failpoint("cert_written_before_row")
    try:
        with transaction.atomic():
            CERTIFICATE_LIFECYCLE.apply(certificate, "issue", actor=None, file=stored, issued_at=timezone.now())
            _tell_team(certificate)
    except TransitionNotAllowed:
        return


@transaction.atomic
def revoke_certificate(certificate: Certificate, *, actor: Person | None, reason: str) -> Certificate:
    """It stays verifiable, as revoked."""
    require(runs, actor, certificate.award.publication.round)
    return CERTIFICATE_LIFECYCLE.apply(certificate, "revoke", actor=actor, reason=reason)


@transaction.atomic
def retry_certificate(certificate: Certificate, *, actor: Person | None) -> Certificate:
    """Have another try at a PDF that was given up; while one is waiting this changes nothing."""
    require(_may_fetch, actor, certificate)
    tries = _tries(certificate)
    if certificate.status == CertificateStatus.REQUESTED and not tries.exclude(status=OutboxStatus.DEAD).exists():
        enqueue(KIND, key=f"{_key(certificate)}:{tries.count() + 1}", payload=_payload(certificate))
    return certificate


def is_delayed(certificate: Certificate) -> bool:
    """Still waiting for its PDF, and something has already gone wrong."""
    return certificate.status == CertificateStatus.REQUESTED and _tries(certificate).exclude(last_error="").exists()


def serial(award: Award, competition: Competition, number: int) -> str:
    level = LEVEL_CODES[AwardLevel(award.level)]
    return f"{competition.certificate_prefix}-T{award.track_number:02}-{level}-{number:04}"


def _last_number(competition: Competition) -> int:
    certificates = Certificate.objects.filter(award__publication__round__competition=competition)
    latest = certificates.order_by("-pk").values_list("serial", flat=True).first()
    return int(latest.rpartition("-")[2]) if latest else 0


def _may_fetch(user: Person, certificate: Certificate) -> bool:
    return bool(Certificate.objects.visible_to(user).filter(pk=certificate.pk).exists())


def _tries(certificate: Certificate) -> QuerySet[Outbox]:
    return Outbox.objects.filter(Q(key=_key(certificate)) | Q(key__startswith=f"{_key(certificate)}:"))


def _key(certificate: Certificate) -> str:
    return f"{KIND}:{certificate.pk}"


def _payload(certificate: Certificate) -> dict[str, int]:
    return {"certificate_id": certificate.pk}


def _tell_team(certificate: Certificate) -> None:
    link = mail.address(reverse("judging:certificate", args=[certificate.public_id]))
    members = certificate.award.submission.team.members.filter(user__is_active=True).select_related("user")
    for member in members:
        context = {"person": member.user, "award": certificate.award, "certificate": certificate, "link": link}
        subject, body = mail.render("judging/emails/certificate_ready.txt", context)
        key = f"certificate-ready:{certificate.pk}:{member.user_id}"
        enqueue_mail(key=key, to=member.user.email, subject=subject, body=body)
