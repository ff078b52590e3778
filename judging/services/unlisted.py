"""Rounds of the defence that were assigned before there was a shortlist, and what isn't on it."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from judging.enums import AssignmentStatus, RoundKind, RoundStatus
from judging.lifecycle import ASSIGNMENT_LIFECYCLE
from judging.models import Assignment, Round
from judging.rules import runs
from judging.services.assignment import eligible_entries
from judging.services.conflicts import refuse_entrants
from judging.services.locking import lock_round
from portal.core.errors import Conflict, TransitionNotAllowed
from portal.core.people import Person
from portal.core.permissions import require

UNFINISHED = frozenset({RoundStatus.PLANNED, RoundStatus.OPEN})
# As many as a sentence has room for.
NAMED = 10


def unlisted_in(round_: Round) -> models.QuerySet[Assignment]:
    """What judges have of entries that this round wouldn't take now. Nothing but in a defence that isn't over."""
    live: models.QuerySet[Assignment] = round_.assignments.live()
    if round_.kind != RoundKind.DEFENCE or round_.status not in UNFINISHED:
        return live.none()
    return live.exclude(submission__in=eligible_entries(round_).values("pk"))


def unlisted_numbers(round_: Round) -> dict[str, list[str]]:
    """Numbers of these entries: ``leaving`` can be taken out, of ``staying`` some judge has begun a review."""
    rows = list(unlisted_in(round_).values_list("submission__number", "status"))
    begun = {number for number, status in rows if status != AssignmentStatus.ASSIGNED}
    return {"leaving": sorted({number for number, _status in rows} - begun), "staying": sorted(begun)}


def require_listed(round_: Round) -> None:
    """Raise Conflict, naming them, where judges have entries that are not on the shortlist."""
    numbers = sorted(set(unlisted_in(round_).values_list("submission__number", flat=True)))
    if numbers:
        entries = pgettext("between names", ", ").join(numbers[:NAMED]) + (" …" if len(numbers) > NAMED else "")
        words = _("Not on the shortlist, but assigned to judges: %(entries)s. Please take them out of the round first.")
        raise Conflict(words % {"entries": entries})


@transaction.atomic
def take_out_unlisted(round_: Round, *, actor: Person | None) -> list[Assignment]:
    """Revoke what judges have of entries that are not on the shortlist, and return that; a second time nothing.

    An entry stays, with all its judges, once one of them has begun to review it.
    """
    require(runs, actor, round_)
    refuse_entrants(round_, actor=actor)
    round_ = lock_round(round_.pk)
    if round_.status not in UNFINISHED:
        raise TransitionNotAllowed(_("This round is closed."))
    unlisted = unlisted_in(round_)
    begun = unlisted.exclude(status=AssignmentStatus.ASSIGNED).values("submission")
    rows: Any = unlisted.exclude(submission__in=begun).order_by("pk")
    leaving = list(rows.select_for_update(of=("self",), no_key=True))
    for assignment in leaving:
        ASSIGNMENT_LIFECYCLE.apply(assignment, "revoke", actor=actor, reason=_("The entry is not on the shortlist."))
    # Once the trail is ours: whoever shortlists one of them writes there first, or after us.
    if eligible_entries(round_).filter(pk__in={each.submission_id for each in leaving}).exists():
        raise Conflict(_("The shortlist has changed in the meantime. Please look at the round again."))
    return leaving
