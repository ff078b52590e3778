"""What comes next for an entry: one sentence, and a button where there is something to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core.templatetags.ui import deadline
from submissions.asked import definition_of
from submissions.enums import SubmissionStatus
from submissions.replacing import open_slots
from submissions.windows import is_late

if TYPE_CHECKING:
    from portal.dashboards.entries import OwnEntry


@dataclass(frozen=True)
class Step:
    words: str
    label: str = ""
    url: str = ""
    # The one thing that waits for somebody here.
    is_due: bool = False


def next_step(own: OwnEntry, now: datetime) -> Step:
    if own.entry.certificate is not None:
        url = reverse("judging:certificate", args=[own.entry.certificate])
        return Step(_("It has won an award. The certificate is there."), _("Certificate"), url)
    status = own.entry.status
    if status == SubmissionStatus.DRAFT:
        return _of_draft(own, now)
    if status == SubmissionStatus.SUBMITTED:
        return _of_submitted(own)
    if status == SubmissionStatus.RETURNED:
        return _of_returned(own)
    if status == SubmissionStatus.ELIGIBLE and own.entry.is_shortlisted:
        return _of_shortlisted(own, now)
    words = {
        SubmissionStatus.ELIGIBLE: _("It has passed screening and comes before the judges."),
        SubmissionStatus.REJECTED: _("It was not admitted to judging."),
        SubmissionStatus.WITHDRAWN: _("It has been withdrawn and takes no further part."),
    }
    return _with_receipt(own, words[SubmissionStatus(status)])


def _of_draft(own: OwnEntry, now: datetime) -> Step:
    if not own.is_writable:
        if own.window is not None and now < own.window.opens_at:
            opens = {"time": deadline(own.window.opens_at)}
            return Step(_("Entries are taken from %(time)s on.") % opens, _("Open it"), own.url)
        if own.is_captain and not own.missing and is_late(own.entry, own.window, now):
            words = _("It was not submitted in time. Handed in now, it counts only if the organizers accept it.")
            return Step(words, _("Check and hand in late"), own.submit_url)
        return Step(_("It was not submitted in time and takes no part."), _("Open it"), own.url)
    if own.missing:
        return Step(_("Write what is still missing, then submit it."), _("Go on writing"), own.url, is_due=True)
    if own.is_captain:
        return Step(_("All is there. Check it and submit it."), _("Check and submit"), own.submit_url, is_due=True)
    return Step(_("All is there. Your captain submits it."), _("Open it"), own.url)


def _of_submitted(own: OwnEntry) -> Step:
    if not own.is_writable:
        return _with_receipt(own, _("It has been received and awaits screening."))
    if own.has_news:
        words = _("The draft has changed since version %(number)s. What counts is the version submitted last.")
        return _submit_again(own, words % {"number": own.version.number if own.version else 0})
    words = _("It has been received. You may change it and submit it again; the last version counts.")
    return Step(words, _("Change it"), own.url)


def _of_returned(own: OwnEntry) -> Step:
    if not own.is_writable:
        return Step(
            _("It was not corrected in time. The organizing committee decides what follows."), _("Open it"), own.url
        )
    if own.has_news and not own.missing:
        return _submit_again(own, _("It has been corrected; it still has to be submitted again."))
    return Step(
        _("Correct what the organizing committee says, and submit it again."), _("Correct it"), own.url, is_due=True
    )


def _of_shortlisted(own: OwnEntry, now: datetime) -> Step:
    step = of_shortlist(own.entry, now)
    return step if step.url else _with_receipt(own, step.words)


def of_shortlist(entry: Any, now: datetime) -> Step:
    """Of one that came ``with_shortlist``; without an address once there is nothing to replace."""
    ends_at = entry.shortlist_ends_at
    if ends_at is None or now >= ends_at or not open_slots(definition_of(entry)):
        return Step(_("It is shortlisted and goes on to the defence."))
    words = _("It is shortlisted. Some files may be replaced until %(time)s.") % {"time": deadline(ends_at)}
    return Step(words, _("Replace files"), reverse("submissions:replace_files", args=[entry.public_id]))


def _submit_again(own: OwnEntry, words: str) -> Step:
    if own.is_captain and not own.missing:
        return Step(words, _("Check and submit"), own.submit_url, is_due=True)
    return Step(words, _("Open it"), own.url, is_due=bool(own.missing))


def _with_receipt(own: OwnEntry, words: str) -> Step:
    if own.version is None:
        return Step(words, _("Open it"), own.url)
    return Step(words, _("Receipt"), own.version.receipt.get_absolute_url())
