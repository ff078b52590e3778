"""Who has which entry in front of them, so that two organizers don't open the same one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from portal.core.errors import Conflict
from portal.core.permissions import require
from submissions import rules
from submissions.enums import SubmissionStatus
from submissions.models import ScreeningClaim, ScreeningProposal, Submission
from tracks.models import Competition, Track

CLAIM_LASTS = timedelta(minutes=20)


def take_next(
    competition: Competition,
    *,
    actor: Any,
    tracks: Collection[Track] | None = None,
    after: Submission | None = None,
    now: datetime | None = None,
) -> Submission | None:
    """The entry that has waited longest and that nobody else has, claimed; one's own claim comes first.

    With ``after`` the next one behind that entry, from the front again at the end; the claim to it is given up.
    """
    now = now or timezone.now()
    if after is not None:
        release(after, actor=actor)
    while True:
        # Each attempt gives its row free again: nobody waits for a second one with a first in hand.
        with transaction.atomic():
            entry = _first(_waiting(competition, actor, tracks, now), actor, after, now)
            # Somebody may have claimed it after our question was put and before its row was ours.
            if entry is None or _is_held_by(actor, _hold(entry, actor, now)):
                return entry


@transaction.atomic
def claim(submission: Submission, *, actor: Any, now: datetime | None = None) -> ScreeningClaim | None:
    """Who has the entry now: this actor, unless somebody else opened it first.

    None where nobody can have it: it is decided, or waits for a second look at what this actor proposed.
    """
    # Who may is asked in the same question.
    own = Submission.objects.filter(pk=submission.pk).screened_by(actor)
    found = own.select_for_update(no_key=True).values_list("status").first()
    if found is None:
        require(rules.can_screen, actor, submission)
        raise Conflict
    (status,) = found
    return _hold(submission, actor, now or timezone.now()) if status == SubmissionStatus.SUBMITTED else None


@transaction.atomic
def renew(submission: Submission, *, actor: Any, now: datetime | None = None) -> ScreeningClaim | None:
    """Whoever still has the entry open keeps it. Gives the claim that holds: one's own, somebody else's, or none."""
    require(rules.can_screen, actor, submission)
    now = now or timezone.now()
    claims = ScreeningClaim.objects.filter(submission=submission)
    claims.filter(user=actor).update(expires_at=now + CLAIM_LASTS)
    return claims.live(now).select_related("user").first()


def release(submission: Submission, *, actor: Any, until: datetime | None = None) -> None:
    """Give it up. With ``until`` only while the claim still runs until then: no other page has asked for it since."""
    own = ScreeningClaim.objects.filter(submission=submission, user_id=actor.pk)
    (own if until is None else own.filter(expires_at=until)).delete()


def sweep_claims(now: datetime | None = None) -> None:
    """Those that are over go. One by one: whoever decides about many entries holds several of them."""
    over = ScreeningClaim.objects.filter(expires_at__lte=now or timezone.now())
    for key in list(over.values_list("pk", flat=True)):
        over.filter(pk=key).delete()


def _waiting(
    competition: Competition, actor: Any, tracks: Collection[Track] | None, now: datetime
) -> QuerySet[Submission]:
    claimed = ScreeningClaim.objects.live(now).exclude(user=actor).filter(submission=OuterRef("pk"))
    rows = Submission.objects.filter(track__competition=competition, status=SubmissionStatus.SUBMITTED)
    rows = rows.filter(~Exists(claimed), ~Exists(_proposed_by(actor))).screened_by(actor)
    return rows if tracks is None else rows.filter(track__in=tracks)


def _first(waiting: QuerySet[Submission], actor: Any, after: Submission | None, now: datetime) -> Submission | None:
    """The first of them, locked."""
    oldest = waiting.order_by("submitted_at", "pk")
    if after is None:
        own = ScreeningClaim.objects.live(now).filter(user=actor, submission=OuterRef("pk"))
        return _locked(oldest.filter(Exists(own))) or _locked(oldest)
    others = oldest.exclude(pk=after.pk)
    behind = Q(submitted_at__gt=after.submitted_at) | Q(submitted_at=after.submitted_at, pk__gt=after.pk)
    return _locked(others.filter(behind)) or _locked(others)


def _locked(rows: QuerySet[Submission]) -> Submission | None:
    """The first whose row nobody holds; when all are held, wait for the first: its team may only be saving."""
    rows = rows.select_related("team", "track")
    if not connection.features.has_select_for_update_skip_locked:
        return rows.first()
    free = rows.select_for_update(no_key=True, of=("self",), skip_locked=True)
    return free.first() or rows.select_for_update(no_key=True, of=("self",)).first()


def _is_held_by(actor: Any, held: ScreeningClaim | None) -> bool:
    return held is not None and held.user_id == actor.pk


def _hold(submission: Submission, actor: Any, now: datetime) -> ScreeningClaim | None:
    """Who has it now: somebody else, or from now on this actor, unless they proposed to reject it.

    Whoever calls has locked the entry, which waits to be screened.
    """
    end = now + CLAIM_LASTS
    known, is_proposer = _known(submission, actor)
    if known is not None and known.expires_at > now and known.user_id != actor.pk:
        return known
    if is_proposer:
        return None
    is_mine = known is not None and known.expires_at > now
    began = known.claimed_at if known is not None and is_mine else now
    state: dict[str, Any] = {"user": actor, "claimed_at": began, "expires_at": end}
    # It may have been given up since we looked.
    if known is None or not ScreeningClaim.objects.filter(pk=known.pk).update(**state):
        return ScreeningClaim.objects.create(submission=submission, **state)
    known.user, known.claimed_at, known.expires_at = actor, began, end
    return known


def _known(submission: Submission, actor: Any) -> tuple[ScreeningClaim | None, bool]:
    """Who has it, or had it last; and whether this actor waits for a second look at it."""
    rows = Submission.objects.select_related("screening_claim__user").annotate(is_proposer=Exists(_proposed_by(actor)))
    found = rows.only("pk", "screening_claim").get(pk=submission.pk)
    return getattr(found, "screening_claim", None), found.is_proposer


def _proposed_by(actor: Any) -> QuerySet[ScreeningProposal]:
    """What waits for the second look of somebody else."""
    return ScreeningProposal.objects.open().filter(version__submission=OuterRef("pk"), proposed_by=actor)
