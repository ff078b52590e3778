from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from judging import assigning, mail
from judging.assigning import Pair
from judging.enums import AssignmentStatus, ConflictKind, RoundKind, RoundStatus
from judging.models import Assignment, ConflictOfInterest, Judge, Round
from judging.rules import runs
from judging.services.conflicts import refuse_entrants
from judging.services.locking import lock_round
from portal.core import audit
from portal.core.errors import Conflict, TransitionNotAllowed
from portal.core.people import Person
from portal.core.permissions import require
from submissions.enums import SubmissionStatus
from submissions.models import Shortlisting, Submission, SubmissionVersion, TeamMember, TeamOrganization
from tracks.names import by_pinyin


@dataclass(frozen=True)
class Proposal:
    """A plan with the entries and judges that it speaks of, for whoever has to agree to it."""

    plan: assigning.Plan
    entries: Mapping[int, Submission]
    judges: Mapping[int, Judge]
    barred: Mapping[Pair, str]

    @property
    def loads(self) -> list[dict[str, Any]]:
        """How many each judge would have, by name."""
        added = Counter(judge for _entry, judge in self.plan.pairs)
        rows = [{"judge": judge, "added": added[pk], "total": self.plan.loads[pk]} for pk, judge in self.judges.items()]
        return sorted(rows, key=lambda row: by_pinyin(str(row["judge"])))

    @property
    def shortfalls(self) -> list[dict[str, Any]]:
        return [
            {
                "entry": self.entries[each.entry],
                "asked": each.asked,
                "found": each.found,
                "reasons": [(ConflictKind(kind).label, count) for kind, count in sorted(each.barred.items())],
            }
            for each in self.plan.shortfalls
        ]

    @property
    def kept_apart(self) -> list[dict[str, Any]]:
        pairs = sorted(self.barred.items(), key=lambda item: (self.entries[item[0][0]].number, item[0]))
        return [
            {"entry": self.entries[entry], "judge": self.judges[judge], "reason": ConflictKind(kind).label}
            for (entry, judge), kind in pairs
        ]


def eligible_entries(round_: Round) -> Any:
    """What has passed screening; for a round of the defence of these the shortlisted, where there is a shortlist."""
    eligible = Submission.objects.filter(track__competition=round_.competition_id, status=SubmissionStatus.ELIGIBLE)
    if round_.kind == RoundKind.DEFENCE:
        listed = Shortlisting.objects.filter(submission__track__competition=round_.competition_id)
        if listed.binding().exists():
            eligible = eligible.filter(pk__in=listed.live().values("submission"))
    return eligible.with_submitted_title()


def plan_assignment(round_: Round) -> Proposal:
    """Who would get what, if what is missing were added now."""
    entries = {each.pk: each for each in eligible_entries(round_).select_related("team", "track")}
    judges = {
        each.pk: each
        for each in Judge.objects.filter(
            competition=round_.competition_id, is_active=True, user__is_active=True
        ).select_related("user", "organization")
    }
    barred = _barred(round_, entries, judges)
    plan = assigning.plan(
        entries.keys(),
        judges.keys(),
        asked=round_.judges_per_submission,
        barred=barred,
        existing=set(round_.assignments.live().values_list("submission_id", "judge_id")),
    )
    return Proposal(plan, entries, judges, barred)


@transaction.atomic
def assign_judges(round_: Round, *, actor: Person | None, confirmed: str | None = None) -> list[Assignment]:
    """Add the assignments that are missing, and return them; a second time there are none.

    ``confirmed`` is the fingerprint of the plan that the actor has seen: another one raises Conflict.
    """
    require(runs, actor, round_)
    refuse_entrants(round_, actor=actor)
    round_ = lock_round(round_.pk)
    if round_.status not in {RoundStatus.PLANNED, RoundStatus.OPEN}:
        raise TransitionNotAllowed(_("This round is closed."))
    proposal = plan_assignment(round_)
    pairs = proposal.plan.pairs
    if not pairs:
        return []
    if confirmed is not None and confirmed != proposal.plan.fingerprint:
        raise Conflict(_("Entries or judges have changed since this preview. Please look at it again."))
    chosen = {entry for entry, _judge in pairs}
    versions = _versions_judged(round_, chosen)
    made = Assignment.objects.bulk_create(
        Assignment(round=round_, submission_id=entry, judge_id=judge, version_id=versions[entry])
        for entry, judge in pairs
    )
    audit.record("assign", round_, actor=actor, after={"count": len(pairs), "pairs": [list(pair) for pair in pairs]})
    _require_still_eligible(round_, versions)
    if round_.status == RoundStatus.OPEN:
        mail.tell_judges_of_more(round_, made)
    return made


def _require_still_eligible(round_: Round, versions: Mapping[int, int]) -> None:
    """Whoever takes a decision of screening or the shortlist back, or replaces files, writes in the audit trail
    first, which is ours until the commit.
    """
    standing = eligible_entries(round_).filter(pk__in=versions)
    if standing.count() != len(versions) or _versions_judged(round_, set(versions)) != versions:
        raise Conflict(_("Entries or judges have changed since this preview. Please look at it again."))


def _barred(round_: Round, entries: Mapping[int, Submission], judges: Mapping[int, Judge]) -> dict[Pair, str]:
    """The pairs that may not be, each with its reason; a fact outranks what somebody declared."""
    declared = ConflictOfInterest.objects.filter(judge__competition=round_.competition_id)
    recused = round_.assignments.filter(status=AssignmentStatus.RECUSED)
    members = TeamMember.objects.filter(
        team__competition=round_.competition_id, user__judge_roles__competition=round_.competition_id
    )
    found: dict[Pair, str] = {}
    for kind, pairs in [
        (ConflictKind.DECLARED, declared.values_list("submission_id", "judge_id")),
        (ConflictKind.DECLARED, recused.values_list("submission_id", "judge_id")),
        (ConflictKind.COMPETING, _rivals(round_, entries, judges)),
        (ConflictKind.MEMBERSHIP, members.values_list("team__submissions", "user__judge_roles")),
        (ConflictKind.ORGANIZATION, _same_organization(entries.values(), judges.values())),
    ]:
        found |= dict.fromkeys(pairs, kind)
    return {pair: kind for pair, kind in found.items() if pair[0] in entries and pair[1] in judges}


def _rivals(round_: Round, entries: Iterable[int], judges: Mapping[int, Judge]) -> Iterator[Pair]:
    """Whoever competes judges nobody in this competition."""
    competing = Submission.objects.competing().filter(team__competition=round_.competition_id)
    people = set(competing.values_list("team__members__user", flat=True))
    rivals = [pk for pk, judge in judges.items() if judge.user_id in people]
    return ((entry, pk) for entry in entries for pk in rivals)


def _same_organization(entries: Iterable[Submission], judges: Iterable[Judge]) -> Iterator[Pair]:
    at_home: dict[int, list[int]] = {}
    for judge in judges:
        if judge.organization_id is not None:
            at_home.setdefault(judge.organization_id, []).append(judge.pk)
    entries = list(entries)
    houses = TeamOrganization.objects.houses({entry.team_id for entry in entries})
    partners: dict[int, list[int]] = {}
    for team, organization in houses:
        partners.setdefault(team, []).append(organization)
    for entry in entries:
        for organization in (entry.team.organization_id, *partners.get(entry.team_id, ())):
            for pk in at_home.get(organization, ()):
                yield entry.pk, pk


def _versions_judged(round_: Round, entries: set[int]) -> dict[int, int]:
    """The latest version of each; whoever joins later reads what the others read, or the files that replaced those."""
    live = round_.assignments.live().filter(submission__in=entries).order_by("version__number")
    begun = dict(live.values_list("submission_id", "version__number"))
    rows = SubmissionVersion.objects.filter(submission__in=entries).order_by("number")
    judged: dict[int, int] = {}
    for entry, number, version, replacement in rows.values_list("submission_id", "number", "pk", "replacement"):
        is_read = number == begun.get(entry, number)
        if is_read or (replacement and number > begun[entry]):
            judged[entry] = version
    return judged
