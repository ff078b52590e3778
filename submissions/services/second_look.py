"""A rejection that takes two: whoever proposed it doesn't decide it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.errors import Conflict
from portal.core.permissions import require
from submissions import rules
from submissions.enums import ScreeningOutcome, SecondLook
from submissions.models import Screening, ScreeningPlan, ScreeningProposal, Submission
from submissions.services import decisions
from submissions.services.assessing import Assessment, clean_reason
from submissions.services.locking import lock_submission


@transaction.atomic
def agree(proposal: ScreeningProposal, *, actor: Any) -> Screening:
    """Reject the entry as it was proposed.

    Somebody else than whoever proposed it does, as long as the competition asks for that.
    """
    submission, proposal = _to_answer(proposal, actor=actor)
    if proposal.proposed_by_id == actor.pk and takes_two(submission):
        raise PermissionDenied(_somebody_else())
    latest = decisions.still_to_decide(submission, proposal.version.number, ScreeningOutcome.REJECTED)
    _answer(proposal, SecondLook.AGREED, actor=actor)
    made = Assessment(ScreeningOutcome.REJECTED, proposal.reason, proposal.code, proposal.checks)
    return decisions.record(submission, latest, made, actor=actor, proposed_by=proposal.proposed_by)


@transaction.atomic
def decline(proposal: ScreeningProposal, *, actor: Any, reason: str) -> ScreeningProposal:
    """Send the entry back to those that wait to be screened."""
    require(rules.can_screen, actor, proposal.version.submission)
    reason = clean_reason(reason, missing=_("Please say why: the other organizers will read it."))
    if proposal.proposed_by_id == actor.pk:
        raise PermissionDenied(_somebody_else())
    submission, proposal = _to_answer(proposal, actor=actor)
    _answer(proposal, SecondLook.DECLINED, actor=actor, answer=reason)
    audit.record(
        "decline_rejection", submission, actor=actor, after={"version": proposal.version.number}, reason=reason
    )
    return proposal


@transaction.atomic
def take_back(proposal: ScreeningProposal, *, actor: Any) -> ScreeningProposal:
    """Whoever proposed it thinks better of it: the entry stands as it did before, for anybody to decide about."""
    if proposal.proposed_by_id != actor.pk:
        raise PermissionDenied(_("Only whoever proposed it takes it back."))
    submission, proposal = _to_answer(proposal, actor=actor)
    _answer(proposal, SecondLook.LAPSED, actor=actor)
    audit.record("take_back_rejection", submission, actor=actor, after={"version": proposal.version.number})
    return proposal


def takes_two(submission: Submission) -> bool:
    """Whether a rejection is only proposed at first."""
    plans = ScreeningPlan.objects.filter(competition=submission.track.competition_id)
    return plans.filter(needs_second_look=True).exists()


def _to_answer(proposal: ScreeningProposal, *, actor: Any) -> tuple[Submission, ScreeningProposal]:
    """The entry, locked, and the proposal as it is now; raises Conflict when it waits for no answer any more."""
    require(rules.can_screen, actor, proposal.version.submission)
    submission = lock_submission(proposal.version.submission)
    rows = ScreeningProposal.objects.select_related("version", "proposed_by", "answered_by")
    proposal = rows.get(pk=proposal.pk)
    if proposal.status != SecondLook.OPEN:
        raise Conflict(_said(submission, proposal))
    return submission, proposal


def _said(submission: Submission, proposal: ScreeningProposal) -> str:
    """What has become of it: somebody's answer, or what came in between."""
    if proposal.answered_by is None:
        seen, outcome = proposal.version.number, ScreeningOutcome.REJECTED
        if changed := decisions.what_changed(submission, decisions.latest_of(submission), seen, outcome):
            return str(changed.message)
        return _("This proposal no longer applies: the entry has changed since. Please reload the page.")
    if proposal.status == SecondLook.LAPSED:
        return _("%(who)s has taken this proposal back.") % {"who": proposal.answered_by.full_name}
    told = {"who": proposal.answered_by.full_name, "answer": proposal.get_status_display()}
    return _("%(who)s has answered this proposal: %(answer)s.") % told


def _somebody_else() -> str:
    return _("Somebody else than whoever proposed it takes the second look.")


def _answer(proposal: ScreeningProposal, status: SecondLook, *, actor: Any, answer: str = "") -> None:
    proposal.status, proposal.answer = status, answer
    proposal.answered_by, proposal.answered_at = actor, timezone.now()
    proposal.save(update_fields=["status", "answer", "answered_by", "answered_at"])
