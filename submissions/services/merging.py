"""Two rows of one organization become one: what named the double names the other, and its code leads there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.errors import Conflict
from portal.core.people import Person
from portal.core.text import says_nothing
from submissions.models import Organization, Team, TeamMember, TeamOrganization
from submissions.services.organizations import add_missing, require_registrar, scope_of
from submissions.signals import organization_merged
from submissions.texts import clean_text

REASON_LIMIT = 300


@dataclass(frozen=True)
class Deed:
    """A line for the audit trail that waits until all locks are taken."""

    action: str
    about: models.Model
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    scope: str = ""

    @property
    def order(self) -> tuple[float, int]:
        """Chains are locked in one order, that of the site last."""
        competition = audit.competition_of(self.scope or getattr(self.about, "audit_scope", audit.SITE))
        return (float("inf") if competition is None else competition, self.about.pk)


@transaction.atomic
def merge_organizations(double: Organization, kept: Organization, *, actor: Any, reason: str) -> Organization:
    """``kept``, which from now on is both. Doing it again changes nothing.

    Raises Conflict where one of them has become a double of something else, or a team came to it, meanwhile.
    """
    require_registrar(actor, double, kept)
    _refuse_members(actor, double, kept)
    reason = _clean_reason(reason)
    if double.pk == kept.pk:
        raise ValidationError(_("Please choose two different organizations."))
    teams = lock_teams(double, kept)
    double, kept = lock_both(double, kept)
    if double.merged_into_id == kept.pk:
        return kept
    if double.merged_into_id or kept.merged_into_id:
        raise Conflict(_("Somebody has merged one of these organizations already. Please reload the page."))
    if _teams_of(double, kept) != teams.keys():
        raise Conflict(_("A team has come to one of these organizations just now. Please look at them again."))
    deeds = _merge(double, kept, teams)
    for deed in sorted(deeds, key=lambda each: each.order):
        audit.record(
            deed.action,
            deed.about,
            actor=actor,
            before=deed.before,
            after=deed.after,
            reason=reason,
            scope=deed.scope,
        )
    return kept


def lock_teams(*organizations: Organization) -> dict[int, Team]:
    """All that name one of them. The house locks teams before organizations."""
    rows = Team.objects.select_for_update(no_key=True).filter(pk__in=_teams_of(*organizations))
    return {team.pk: team for team in rows.order_by("pk")}


def lock_both(double: Organization, kept: Organization) -> tuple[Organization, Organization]:
    """As they are now; two who merge the same pair the other way round wait for each other."""
    rows = Organization.objects.select_for_update(no_key=True).filter(pk__in=[double.pk, kept.pk])
    held = {row.pk: row for row in rows.order_by("pk")}
    return held[double.pk], held[kept.pk]


def _merge(double: Organization, kept: Organization, teams: dict[int, Team]) -> list[Deed]:
    about = {"double": double.pk, "code": double.code, "name": double.name}
    scope = scope_of(double, kept)
    deeds = [*_move_leads(double, kept, teams.values()), *_move_partners(double, kept, teams)]
    answer: Any
    for _receiver, answer in organization_merged.send(Organization, double=double, kept=kept):
        deeds += answer
    added = add_missing(kept, double)
    Organization.objects.filter(merged_into=double).update(merged_into=kept)
    double.merged_into = kept
    double.save(update_fields=["merged_into"])
    return [*deeds, Deed("merge", kept, about, {"organization": kept.pk, **added}, scope)]


def _move_leads(double: Organization, kept: Organization, teams: Iterable[Team]) -> Iterable[Deed]:
    for team in teams:
        if team.organization_id != double.pk:
            continue
        team.organization = kept
        team.save(update_fields=["organization"])
        yield _moved(team, double, kept)


def _move_partners(double: Organization, kept: Organization, teams: dict[int, Team]) -> Iterable[Deed]:
    """After the leads: an organization is in a team once, and one that leads is no partner."""
    rows: dict[int, dict[int, TeamOrganization]] = {}
    for row in TeamOrganization.objects.filter(team__in=teams, organization__in=[double, kept]).order_by("pk"):
        rows.setdefault(row.team_id, {})[row.organization_id] = row
    for pk, found in sorted(rows.items()):
        team, own, other = teams[pk], found.get(double.pk), found.get(kept.pk)
        if team.organization_id == kept.pk:
            for row in filter(None, (own, other)):
                yield _dropped(row, team, kept)
        elif own and other:
            _take_words(own, other)
            yield _dropped(own, team, kept)
        elif own:
            own.organization = kept
            own.save(update_fields=["organization"])
            yield _moved(team, double, kept, partner=own.pk)


def _moved(team: Team, double: Organization, kept: Organization, **more: Any) -> Deed:
    return Deed("merge_organization", team, {"organization": double.pk, **more}, {"organization": kept.pk, **more})


def _take_words(double: TeamOrganization, kept: TeamOrganization) -> None:
    """What the team has said about the one only. A phone number goes with its name."""
    words = [("introduction",), ("strengths",), ("contact_name", "contact_phone")]
    taken = [name for names in words if not getattr(kept, names[0]) for name in names]
    for name in taken:
        setattr(kept, name, getattr(double, name))
    if taken:
        kept.save(update_fields=taken)


def _dropped(row: TeamOrganization, team: Team, kept: Organization) -> Deed:
    """The line keeps what the team wrote, but for whom to call."""
    said = {name: value for name in ("introduction", "strengths") if (value := getattr(row, name))}
    before = {"organization": row.organization_id, "partner": row.pk, **said}
    row.delete()
    return Deed("merge_organization", team, before, {"organization": kept.pk})


def _teams_of(*organizations: Organization) -> set[int]:
    rows = Team.objects.filter(Q(organization__in=organizations) | Q(partners__organization__in=organizations))
    return set(rows.values_list("pk", flat=True))


def _refuse_members(actor: Person | None, *organizations: Organization) -> None:
    """It decides who may judge whom, which is nobody's to decide about their own team, whatever they may else."""
    own = TeamMember.objects.filter(user_id=actor.pk, team__in=_teams_of(*organizations)) if actor else None
    if own is not None and own.exists():
        raise PermissionDenied(_("Your own team is of one of these organizations. Somebody else has to merge them."))


def _clean_reason(reason: str) -> str:
    try:
        reason = " ".join(clean_text(reason, limit=REASON_LIMIT).split())
    except ValidationError as error:
        raise ValidationError({"reason": error.messages}) from None
    if says_nothing(reason):
        raise ValidationError({"reason": _("Please say why: the teams concerned will read it.")})
    return reason
