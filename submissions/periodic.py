"""What beat asks for: teams are reminded, what is unused or over goes, kept files are read again."""

from __future__ import annotations

import logging

from celery import shared_task
from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone

from portal.core import file_check, scrub
from portal.core.models import FileCheck, StoredFile
from portal.notifications import mail as mails
from portal.notifications.services import enqueue_mail
from submissions.models import Attachment
from submissions.services import awaiting, claims, facts, files, handing_over, reminders, uploads
from tracks.models import Organizer

logger = logging.getLogger(__name__)


@shared_task(acks_late=True, ignore_result=True)
def sweep_uploads() -> None:
    uploads.sweep_uploads()


@shared_task(acks_late=True, ignore_result=True)
def sweep_offers() -> None:
    handing_over.sweep_offers()


@shared_task(acks_late=True, ignore_result=True)
def sweep_claims() -> None:
    claims.sweep_claims()


@shared_task(acks_late=True, ignore_result=True)
def sweep_files() -> None:
    files.sweep_given_up()
    scrub.sweep_files()
    scrub.sweep_left_behind()


@shared_task(acks_late=True, ignore_result=True)
def check_files() -> None:
    """A step of reading all stored files again; who has to know of damage is told at once."""
    try:
        file_check.step(tell)
    except file_check.NothingReadable:
        logger.exception("the storage gives no file")
        tell_of_silence()


@shared_task(acks_late=True, ignore_result=True)
def sweep_facts() -> None:
    facts.sweep_facts()


@shared_task(acks_late=True, ignore_result=True)
def sweep_near() -> None:
    """Two at once do the same work twice and no harm; so that they don't, one stops before the next is due."""
    from submissions.services.near_comparing import find_near

    find_near(seconds=40)


@shared_task(acks_late=True, ignore_result=True)
def remind() -> None:
    reminders.remind()
    awaiting.remind()


def tell(check: FileCheck, damaged: list[StoredFile]) -> None:
    """Those who run the site hear of every file, organizers of the ones that were submitted to them."""
    # A night has many steps.
    told = f"{check.day}:{damaged[0].pk}"
    for address in _who_run_the_site():
        _mail(f"files-damaged:{told}:{address}", address, [stored.sha256 for stored in damaged])
    submitted = Attachment.objects.filter(file__in=damaged).exclude(versions=None).select_related("submission__track")
    lines: dict[str, set[str]] = {}
    for attachment in submitted:
        organizers = Organizer.objects.filter(
            competition=attachment.submission.track.competition_id, user__is_active=True
        )
        for role in organizers.select_related("user").prefetch_related("tracks"):
            tracks = {track.pk for track in role.tracks.all()}
            if not tracks or attachment.submission.track_id in tracks:
                lines.setdefault(role.user.email, set()).add(f"{attachment.submission.number} {attachment.name}")
    for address, named in sorted(lines.items()):
        _mail(f"files-damaged-in:{told}:{address}", address, sorted(named))


def tell_of_silence() -> None:
    """Those who run the site, once a day: no file could be read, which says nothing about any one of them."""
    day = timezone.localdate()
    subject, body = mails.render("submissions/emails/files_silent.txt", {})
    for address in _who_run_the_site():
        enqueue_mail(key=f"files-silent:{day}:{address}", to=address, subject=subject, body=body)


def _who_run_the_site() -> list[str]:
    people = get_user_model().objects.filter(is_superuser=True, is_active=True).values_list("email", flat=True)
    return sorted({*people, *(address for _name, address in settings.ADMINS)})


def _mail(key: str, address: str, lines: list[str]) -> None:
    subject, body = mails.render("submissions/emails/files_damaged.txt", {"lines": lines})
    enqueue_mail(key=key, to=address, subject=subject, body=body)
