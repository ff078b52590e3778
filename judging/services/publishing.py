from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from judging import mail
from judging.enums import RoundStatus
from judging.lifecycle import ROUND_LIFECYCLE
from judging.models import Award, Publication, RankingEntry, Round
from judging.rules import runs
from judging.services import certificates
from judging.services.conflicts import refuse_entrants
from judging.services.locking import lock_competition, lock_round
from judging.services.ranking import fingerprint
from portal.core.errors import Conflict
from portal.core.failpoints import failpoint
from portal.core.people import Person
from portal.core.permissions import require
from portal.core.text import spoken


def awards_to_publish(round_: Round) -> list[Award]:
    """What would become public now, in today's words: unsaved, best entries of each track first."""
    entries = (
        RankingEntry.objects.filter(ranking__round=round_, decision__isnull=False)
        .exclude(decision__level="")
        .select_related("decision", "track", "submission__team__organization")
        .prefetch_related("submission__team__members__user")
        .with_judged_title()
        .order_by("track__number", "position", "submission__number")
    )
    return [_award(entry) for entry in entries]


@transaction.atomic
def publish_results(round_: Round, *, actor: Person | None, reason: str = "", seen: str | None = None) -> Publication:
    """Make the awards public, order the certificates and write to the winners: all of it, or nothing.

    A second time returns the same publication. ``seen`` is the fingerprint of the decisions that the actor
    has confirmed: Conflict when they have changed since.
    """
    require(runs, actor, round_)
    refuse_entrants(round_, actor=actor)
    round_ = lock_round(round_.pk)
    if round_.status == RoundStatus.PUBLISHED:
        return round_.publication
    lock_competition(round_.competition_id)
    awards = awards_to_publish(round_)
    _check(round_, awards, seen)
    now = timezone.now()
    ROUND_LIFECYCLE.apply(round_, "publish", actor=actor, reason=spoken(reason))
    publication = Publication.objects.create(
        round=round_, published_by_id=actor.pk if actor is not None else None, published_at=now
    )
    for award in awards:
        award.publication = publication
    Award.objects.bulk_create(awards)
    certificates.request_certificates(publication, actor=actor)
    mail.tell_winners(awards)
    # All of it is written; what makes it public is the commit.
    failpoint("snapshot_written_before_flip")
    return publication


def _check(round_: Round, awards: Sequence[Award], seen: str | None) -> None:
    if round_.status != RoundStatus.CLOSED:
        raise Conflict(_("Results are published after the round has closed."))
    if not awards:
        raise Conflict(_("No award has been decided yet."))
    entries = RankingEntry.objects.filter(ranking__round=round_).select_related("decision")
    if seen is not None and seen != fingerprint(entries):
        raise Conflict(_("Somebody has decided awards in the meantime. Please look at them again."))


def _award(entry: Any) -> Award:
    team = entry.submission.team
    return Award(
        submission=entry.submission,
        level=entry.decision.level,
        number=entry.submission.number,
        project=entry.judged_title,
        team=team.name,
        members=[member.user.full_name for member in team.members.all()],
        organization=team.organization.name,
        track_number=entry.track.number,
        track_name=entry.track.name,
    )
