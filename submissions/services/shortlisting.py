"""The shortlist: which entries go on to the defence, when their teams are told, and how that is taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.errors import Conflict
from submissions.enums import SubmissionStatus
from submissions.models import Shortlisting, Submission
from submissions.services.assessing import check_end, clean_reason
from submissions.services.screening import MOST_AT_ONCE
from submissions.services.telling import tell_members
from submissions.signals import shortlist_undone
from tracks.enums import StageKind
from tracks.models import Stage

Why = Callable[[Submission, Shortlisting | None], str]


@transaction.atomic
def shortlist(entries: Sequence[UUID], *, actor: Any) -> list[Shortlisting]:
    """Shortlist all of ``entries`` (public ids), or none. Their teams are told nothing yet.

    Raises ValidationError at ``entries`` when one isn't this actor's to decide about, whether it is there or not;
    Conflict names those that can't be shortlisted.
    """
    found, _live = _held(entries, actor, _not_to_choose)
    now = timezone.now()
    made = Shortlisting.objects.bulk_create(
        Shortlisting(submission=entry, made_by=actor, made_at=now) for entry in found
    )
    for entry in found:
        audit.record("shortlist", entry, actor=actor)
    return made


@transaction.atomic
def announce_shortlist(entries: Sequence[UUID], *, actor: Any, closes_at: datetime | None = None) -> list[Shortlisting]:
    """Tell the teams of all of ``entries``, or of none, and let them replace files until ``closes_at``.

    Without one the stage of the defence ends it when it opens, wherever that is moved to.
    """
    found, live = _held(entries, actor, _not_to_announce)
    now = timezone.now()
    _check_end(found, closes_at, now)
    rows = [live[entry.pk] for entry in found]
    Shortlisting.objects.filter(pk__in=[row.pk for row in rows]).update(
        announced_by=actor, announced_at=now, closes_at=closes_at
    )
    after = {"closes_at": closes_at.isoformat() if closes_at else None}
    for entry in found:
        audit.record("announce_shortlist", entry, actor=actor, after=after)
        row = live[entry.pk]
        row.announced_at, row.announced_by, row.closes_at = now, actor, closes_at
        tell_members(entry, "submissions.shortlisted", key=f"shortlisted:{row.pk}", about=row.pk)
    return rows


@transaction.atomic
def move_shortlist_end(
    entries: Sequence[UUID], *, actor: Any, closes_at: datetime | None, reason: str
) -> list[Shortlisting]:
    """Another end for all of ``entries``, which have been announced, or for none; also after the end has passed."""
    reason = clean_reason(reason)
    found, live = _held(entries, actor, _not_announced)
    _check_end(found, closes_at, timezone.now())
    after = {"closes_at": closes_at.isoformat() if closes_at else None}
    for entry in found:
        row = live[entry.pk]
        before = {"closes_at": row.closes_at.isoformat() if row.closes_at else None}
        if before == after:
            continue
        row.closes_at = closes_at
        row.save(update_fields=["closes_at"])
        line = audit.record("move_shortlist_end", entry, actor=actor, before=before, after=after, reason=reason)
        told = {"reason": reason, **after}
        key = f"shortlist-end:{row.pk}:{line.pk}"
        tell_members(entry, "submissions.shortlist_end_moved", key=key, about=row.pk, **told)
    return [live[entry.pk] for entry in found]


@transaction.atomic
def undo_shortlist(entries: Sequence[UUID], *, actor: Any, reason: str) -> list[Shortlisting]:
    """Take all of ``entries`` off the shortlist, or none. What a team has handed in since stays its last version.

    Teams that had been told are told why. Raises Conflict once the judges of the defence have one of them.
    """
    reason = clean_reason(reason)
    found, live = _held(entries, actor, _not_shortlisted)
    now = timezone.now()
    rows = [live[entry.pk] for entry in found]
    Shortlisting.objects.filter(pk__in=[row.pk for row in rows]).update(
        undone_by=actor, undone_at=now, why_undone=reason
    )
    for entry in found:
        row = live[entry.pk]
        row.undone_at, row.undone_by, row.why_undone = now, actor, reason
        deed = "undo_shortlist" if row.is_announced else "drop_from_shortlist"
        audit.record(deed, entry, actor=actor, reason=reason)
        if row.is_announced:
            tell_members(entry, "submissions.shortlist_undone", key=f"shortlist-undone:{row.pk}", about=row.pk)
    # Once the trail is ours: whoever assigns judges meanwhile finds what we leave, or we find what they did.
    shortlist_undone.send(sender=Shortlisting, submissions=[entry.pk for entry in found])
    return rows


def is_shortlisted(submission: Submission) -> bool:
    return Shortlisting.objects.live().filter(submission=submission).exists()


def _held(entries: Sequence[UUID], actor: Any, refusal: Why) -> tuple[list[Submission], Mapping[int, Shortlisting]]:
    """The entries, locked in one order and each asked ``refusal``, with their shortlistings that stand."""
    wanted = set(entries)
    if not wanted or len(wanted) > MOST_AT_ONCE:
        words = _("Please choose at least one entry, and at most %(most)s.") % {"most": MOST_AT_ONCE}
        raise ValidationError({"entries": [words]})
    rows = Submission.objects.filter(public_id__in=wanted).screened_by(actor)
    # Before a line is written: whoever holds one of them may be waiting for the audit trail.
    list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    found = list(rows.select_related("track", "team__competition").order_by("pk"))
    if len(found) != len(wanted):
        words = _("At least one of these entries isn't yours to decide about. Nothing has been changed.")
        raise ValidationError({"entries": [words]})
    live = {row.submission_id: row for row in Shortlisting.objects.live().filter(submission__in=found)}
    refused = [f"{entry.number}: {why}" for entry in found if (why := refusal(entry, live.get(entry.pk)))]
    if refused:
        raise Conflict(" ".join([_("Nothing has been changed, since of these not all are as you saw them."), *refused]))
    return found, live


def _not_to_choose(entry: Submission, row: Shortlisting | None) -> str:
    if entry.status != SubmissionStatus.ELIGIBLE:
        return _("it has not passed screening (%(state)s).") % {"state": entry.get_status_display()}
    return _("it is on the shortlist already.") if row is not None else ""


def _not_shortlisted(entry: Submission, row: Shortlisting | None) -> str:
    return "" if row is not None else _("it is not on the shortlist.")


def _not_to_announce(entry: Submission, row: Shortlisting | None) -> str:
    if row is None:
        return _not_shortlisted(entry, row)
    return _("it has been announced already.") if row.is_announced else ""


def _not_announced(entry: Submission, row: Shortlisting | None) -> str:
    if row is None:
        return _not_shortlisted(entry, row)
    return "" if row.is_announced else _("it has not been announced yet.")


def _check_end(found: Sequence[Submission], closes_at: datetime | None, now: datetime) -> None:
    """An end of its own lies in the future; without one the defence has to have its day."""
    if closes_at is not None:
        check_end(closes_at, now)
        return
    competitions = {entry.team.competition_id for entry in found}
    planned = Stage.objects.filter(competition__in=competitions, kind=StageKind.DEFENCE, opens_at__gt=now)
    if planned.count() != len(competitions):
        words = _("No defence is planned that is still to open. Please say until when files may be replaced.")
        raise ValidationError({"closes_at": [words]})
