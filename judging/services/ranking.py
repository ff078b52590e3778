from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from judging import ranking
from judging.enums import AssignmentStatus, AwardLevel, RoundStatus
from judging.models import Decision, Ranking, RankingEntry, Round, Score
from judging.rules import runs
from judging.services.conflicts import refuse_entrants
from judging.services.locking import lock_round
from portal.core import audit
from portal.core.errors import Conflict, TransitionNotAllowed
from portal.core.people import Person
from portal.core.permissions import require
from portal.core.text import spoken, validate_plain_line

# Where an entry stands by its award: the best level first, no award last.
HEIGHT = {level: height for height, level in enumerate([*AwardLevel.values, ""])}
MOST_REASON = 300


def compute_ranking(round_: Round, *, actor: Person | None) -> Ranking:
    """Freeze the order of a round that has just closed. Its caller holds the lock."""
    lines = [
        ranking.Line(each.pk, each.position, each.max_points, each.weight) for each in round_.rubric.criteria.all()
    ]
    entries = _scored(round_)
    made = Ranking.objects.create(
        round=round_,
        inputs_sha256=ranking.inputs_sha256(lines, entries),
        created_by_id=actor.pk if actor is not None else None,
        created_at=timezone.now(),
    )
    RankingEntry.objects.bulk_create(
        RankingEntry(
            ranking=made,
            submission_id=each.entry,
            track_id=each.track,
            position=each.position,
            total=each.total,
            review_totals=[str(total) for total in each.review_totals],
        )
        for each in ranking.rank(lines, entries)
    )
    return made


@transaction.atomic
def decide_awards(
    round_: Round, *, actor: Person, decisions: Mapping[int, tuple[str, str]], seen: str | None = None
) -> list[Decision]:
    """Write down who gets what: ``{ranking entry: (level or "", reason)}``; entries left out stay as they are.

    Within a track, an entry that gets less than one ranked below it needs a reason at either of the two.
    ``seen`` is the fingerprint of the decisions that the actor started from: Conflict when they have changed.
    """
    require(runs, actor, round_)
    refuse_entrants(round_, actor=actor)
    round_ = lock_round(round_.pk)
    if round_.status != RoundStatus.CLOSED:
        raise TransitionNotAllowed(_("Awards are decided between the close of a round and its publication."))
    entries = list(RankingEntry.objects.filter(ranking__round=round_).select_related("decision", "submission"))
    before = _outcomes(entries)
    wanted = {pk: (level, spoken(reason)) for pk, (level, reason) in decisions.items()}
    _check(entries, before | wanted, wanted)
    changed = {pk: outcome for pk, outcome in wanted.items() if outcome != before[pk]}
    if changed and seen is not None and seen != fingerprint(entries):
        raise Conflict(_("Somebody has decided awards in the meantime. Please look at them again."))
    if changed:
        _write(changed, actor)
        _record(round_, actor, before, changed)
    return list(Decision.objects.filter(entry__ranking__round=round_).order_by("entry"))


def fingerprint(entries: Iterable[RankingEntry]) -> str:
    """The same while the same decisions stand."""
    outcomes = sorted((pk, *outcome) for pk, outcome in _outcomes(entries).items())
    return hashlib.sha256(json.dumps(outcomes).encode()).hexdigest()


def _scored(round_: Round) -> list[ranking.Scored]:
    scores = Score.objects.filter(
        review__assignment__round=round_, review__assignment__status=AssignmentStatus.SUBMITTED
    ).values_list(
        "review__assignment__submission", "review__assignment__submission__track", "review", "criterion", "points"
    )
    reviews: dict[tuple[int, int], dict[int, dict[int, object]]] = {}
    for entry, track, review, criterion, points in scores.order_by("review", "criterion"):
        reviews.setdefault((entry, track), {}).setdefault(review, {})[criterion] = points
    return [ranking.Scored(entry, track, list(given.values())) for (entry, track), given in sorted(reviews.items())]  # type: ignore[arg-type]


def _outcomes(entries: Iterable[RankingEntry]) -> dict[int, tuple[str, str]]:
    return {
        each.pk: (each.decision.level, each.decision.reason) if hasattr(each, "decision") else ("", "")
        for each in entries
    }


def _check(
    entries: list[RankingEntry], outcomes: Mapping[int, tuple[str, str]], wanted: Mapping[int, tuple[str, str]]
) -> None:
    known = {each.pk for each in entries}
    errors: dict[str, list[object]] = {}
    for pk, (level, reason) in wanted.items():
        if pk not in known or level not in HEIGHT:
            raise ValidationError(_("There is no such entry or award."), code="unknown")
        if len(reason) > MOST_REASON:
            errors[str(pk)] = [_("The reason is longer than %(most)s characters.") % {"most": MOST_REASON}]
        elif reason:
            validate_plain_line(reason)
    for better, worse in _departures(entries, outcomes):
        message = _("This entry gets less than %(number)s, which is ranked below it. Please give a reason.")
        errors.setdefault(str(better.pk), [message % {"number": worse.submission.number}])
    if errors:
        raise ValidationError(errors)


def _departures(
    entries: list[RankingEntry], outcomes: Mapping[int, tuple[str, str]]
) -> list[tuple[RankingEntry, RankingEntry]]:
    """Pairs of one track that the awards turn round without a word at either of them."""
    silent = [each for each in entries if not outcomes[each.pk][1]]
    return [
        (better, worse)
        for better in silent
        for worse in silent
        if better.track_id == worse.track_id
        and better.position < worse.position
        and HEIGHT[outcomes[better.pk][0]] > HEIGHT[outcomes[worse.pk][0]]
    ]


def _write(changed: Mapping[int, tuple[str, str]], actor: Person) -> None:
    Decision.objects.filter(entry__in=[pk for pk, outcome in changed.items() if not any(outcome)]).delete()
    Decision.objects.bulk_create(
        [
            Decision(entry_id=pk, level=level, reason=reason, decided_by_id=actor.pk, decided_at=timezone.now())
            for pk, (level, reason) in changed.items()
            if level or reason
        ],
        update_conflicts=True,
        unique_fields=["entry"],
        update_fields=["level", "reason", "decided_by", "decided_at"],
    )


def _record(
    round_: Round, actor: Person, before: Mapping[int, tuple[str, str]], changed: Mapping[int, tuple[str, str]]
) -> None:
    audit.record(
        "decide",
        round_,
        actor=actor,
        before={str(pk): list(before[pk]) for pk in changed},
        after={str(pk): list(outcome) for pk, outcome in changed.items()},
    )
