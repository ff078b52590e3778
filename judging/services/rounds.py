from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from judging import mail
from judging.enums import AssignmentStatus, RoundStatus
from judging.lifecycle import ASSIGNMENT_LIFECYCLE, ROUND_LIFECYCLE
from judging.models import Assignment, Ranking, Round, Rubric
from judging.rules import runs
from judging.services.assignment import eligible_entries
from judging.services.conflicts import refuse_entrants
from judging.services.locking import lock_round, lock_rubric
from judging.services.ranking import compute_ranking
from judging.services.unlisted import require_listed
from portal.core import audit
from portal.core.errors import Conflict
from portal.core.idempotency import once
from portal.core.people import Person
from portal.core.permissions import require
from portal.core.text import spoken
from tracks.models import Competition
from tracks.rules import is_organizer


@dataclass(frozen=True)
class Missing:
    """What a round still waits for: reviews that are owed, and entries that have no review at all."""

    assignments: models.QuerySet[Assignment]
    entries: models.QuerySet[Any]

    def __bool__(self) -> bool:
        return self.assignments.exists() or self.entries.exists()


@transaction.atomic
def create_round(
    competition: Competition,
    *,
    actor: Person | None,
    kind: str,
    number: int,
    rubric: Rubric,
    judges_per_submission: int,
    opens_at: datetime,
    closes_at: datetime,
) -> Round:
    require(is_organizer, actor, competition)
    if rubric.competition_id != competition.pk:
        raise ValidationError({"rubric": _("This rubric belongs to another competition.")})
    round_ = Round(
        competition=competition,
        kind=kind,
        number=number,
        rubric=rubric,
        judges_per_submission=judges_per_submission,
        opens_at=opens_at,
        closes_at=closes_at,
    )
    round_.full_clean()
    round_.save()
    audit.record("create", round_, actor=actor, after={"kind": kind, "number": number, "rubric": rubric.pk})
    return round_


def create_round_once(key: str, competition: Competition, *, actor: Person, **fields: Any) -> Round:
    """The same form sent twice makes one round."""
    body = {name: str(value.pk if isinstance(value, models.Model) else value) for name, value in fields.items()}
    return once(  # type: ignore[return-value]
        "judging.create_round",
        key=key,
        actor=actor,
        body={"competition": competition.pk, **body},
        find=lambda pk: Round.objects.get(pk=pk),
        perform=lambda: create_round(competition, actor=actor, **fields),
    )


@transaction.atomic
def open_round(round_: Round, *, actor: Person | None) -> Round:
    """Show judges their entries and tell each by mail. From here on the rubric is fixed; again changes nothing.

    Raises Conflict while something is missing, or judges of the defence have entries that are not on the shortlist.
    """
    require(runs, actor, round_)
    refuse_entrants(round_, actor=actor)
    round_ = lock_round(round_.pk)
    if round_.status == RoundStatus.OPEN:
        return round_
    rubric = lock_rubric(round_.rubric_id)
    if not rubric.criteria.exists():
        raise Conflict(_("The rubric has no criteria yet."))
    if not round_.assignments.live().exists():
        raise Conflict(_("No judge has an entry yet. Please assign judges first."))
    if round_.closes_at <= timezone.now():
        raise Conflict(_("The round's time is over before it has begun. Please make another round."))
    ROUND_LIFECYCLE.apply(round_, "open", actor=actor)
    # Now that the trail is ours: whoever shortlists at the same moment writes there first, or after us.
    require_listed(round_)
    mail.tell_judges(round_)
    return round_


def missing_in(round_: Round) -> Missing:
    done = round_.assignments.filter(status=AssignmentStatus.SUBMITTED)
    return Missing(
        assignments=round_.assignments.open().select_related("judge__user", "submission", "version").order_by("pk"),
        entries=eligible_entries(round_).exclude(Exists(done.filter(submission=OuterRef("pk")))).order_by("number"),
    )


@transaction.atomic
def close_round(round_: Round, *, actor: Person | None, reason: str = "", accept_missing: bool = False) -> Ranking:
    """Freeze the scores and compute the ranking from them; a second time returns the same ranking.

    Raises Conflict while something is missing. With ``accept_missing`` and a reason the reviews still owed are
    revoked, and entries without any review are left out of the ranking.
    """
    require(runs, actor, round_)
    refuse_entrants(round_, actor=actor)
    round_ = lock_round(round_.pk)
    if round_.status in {RoundStatus.CLOSED, RoundStatus.PUBLISHED}:
        return round_.ranking
    if missing := missing_in(round_):
        _accept(missing, actor=actor, reason=spoken(reason), accept_missing=accept_missing)
    if not round_.assignments.filter(status=AssignmentStatus.SUBMITTED).exists():
        raise Conflict(_("No review has been handed in, so there is nothing to rank."))
    ROUND_LIFECYCLE.apply(round_, "close", actor=actor, reason=spoken(reason))
    ranking = compute_ranking(round_, actor=actor)
    audit.record("rank", round_, actor=actor, after={"ranking": ranking.pk, "inputs": ranking.inputs_sha256})
    return ranking


def _accept(missing: Missing, *, actor: Person | None, reason: str, accept_missing: bool) -> None:
    if not accept_missing:
        raise Conflict(_("Reviews are still missing."))
    if not reason:
        raise ValidationError({"reason": _("Please say why the round closes without the missing reviews.")})
    for assignment in missing.assignments.select_for_update(of=("self",), no_key=True):
        ASSIGNMENT_LIFECYCLE.apply(assignment, "revoke", actor=actor, reason=reason)
