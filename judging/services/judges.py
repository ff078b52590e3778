from __future__ import annotations

from typing import Any

from django.db import transaction

from judging.enums import RoundStatus
from judging.lifecycle import ASSIGNMENT_LIFECYCLE
from judging.models import Assignment, Judge, Round
from judging.services.locking import lock_round
from portal.accounts.services import lock_person
from portal.core import audit
from portal.core.people import Person
from portal.core.permissions import require
from submissions.models import Organization
from submissions.services import hold_organization
from submissions.services.merging import Deed
from tracks.models import Competition
from tracks.rules import is_organizer


@transaction.atomic
def appoint_judge(user: Any, competition: Competition, *, actor: Person | None, organization: Any = None) -> Judge:
    """Let ``user`` score in ``competition``; somebody who is a judge there already becomes active again."""
    require(is_organizer, actor, competition)
    lock_person(user)
    organization = organization and hold_organization(organization)
    judge, is_new = Judge.objects.get_or_create(
        user=user, competition=competition, defaults={"organization": organization}
    )
    if is_new:
        after = {"user": user.pk, "organization": judge.organization_id}
        audit.record("appoint", judge, actor=actor, after=after)
        return judge
    return update_judge(judge, actor=actor, organization=organization, is_active=True)


@transaction.atomic
def update_judge(judge: Judge, *, actor: Person | None, organization: Any, is_active: bool) -> Judge:
    """Whoever no longer takes assignments loses the open ones; what they have handed in stays."""
    require(is_organizer, actor, judge.competition)
    before = _facts(judge)
    if organization != judge.organization:
        judge.organization = organization and hold_organization(organization)
    judge.is_active = is_active
    changed = [name for name, value in _facts(judge).items() if value != before[name]]
    if not changed:
        return judge
    # What stays is not written: it may have been merged into another organization meanwhile.
    judge.save(update_fields=changed)
    if not is_active:
        _revoke_open_assignments(judge, actor=actor)
    audit.record("update", judge, actor=actor, before=before, after=_facts(judge))
    return judge


def follow_merge(double: Organization, kept: Organization) -> list[Deed]:
    """Whose organization was the double is of the one that stays: conflicts of interest follow from that."""
    judges = Judge.objects.select_for_update(no_key=True).filter(organization=double).order_by("pk")
    deeds = []
    for judge in judges:
        before, judge.organization = _facts(judge), kept
        judge.save(update_fields=["organization"])
        deeds.append(Deed("update", judge, before, _facts(judge)))
    return deeds


def _facts(judge: Judge) -> dict[str, Any]:
    return {"organization": judge.organization_id, "is_active": judge.is_active}


def _revoke_open_assignments(judge: Judge, *, actor: Person | None) -> None:
    # Each round that may be handing out assignments at this moment, not only those where this judge has some.
    unfinished = Round.objects.filter(competition=judge.competition, status__in=[RoundStatus.PLANNED, RoundStatus.OPEN])
    for pk in unfinished.order_by("pk").values_list("pk", flat=True):
        lock_round(pk)
    open_ones = Assignment.objects.open().filter(judge=judge).select_related("round")
    for assignment in open_ones.select_for_update(of=("self",), no_key=True).order_by("pk"):
        ASSIGNMENT_LIFECYCLE.apply(assignment, "revoke", actor=actor)
