"""Who sees which teams, and what belongs to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q

from portal.core.people import Person
from submissions.enums import HandOverStatus, RosterRequestStatus
from tracks.querysets import is_site_admin


class OrganizationQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """Those of the teams that one may see, and whoever entered it; the doubles of an organization with it."""
        if is_site_admin(user):
            return self
        if not user.is_authenticated:
            # Their key is None, and so is that of whoever entered a row of the fixtures.
            return self.none()
        teams = apps.get_model("submissions", "Team").objects.visible_to(user)
        return self.filter(
            Q(created_by_id=user.pk)
            | Exists(teams.filter(organization=OuterRef("pk")))
            | Exists(teams.filter(partners__organization=OuterRef("pk")))
            | Exists(teams.filter(organization=OuterRef("merged_into")))
            | Exists(teams.filter(partners__organization=OuterRef("merged_into")))
        )

    def standing(self) -> Self:
        """Those that are no double of another one."""
        return self.filter(merged_into=None)

    def alike(self, organization: Any) -> Self:
        """Others of its name, or with the same 主体标识码 in the code: a body that was registered anew keeps it."""
        body = organization.code[8:17]
        same = Q(name__iexact=organization.name) | Q(code__regex=f"^.{{8}}{body}.$")
        return self.filter(same).exclude(pk=organization.pk).order_by("name", "pk")


class TeamQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """Its members, and the organizers of its competition."""
        if is_site_admin(user):
            return self
        member = apps.get_model("submissions", "TeamMember").objects.filter(user_id=user.pk)
        organized = apps.get_model("submissions", "Submission").objects.organized_by(user)
        return self.filter(
            Exists(member.filter(team=OuterRef("pk")))
            | Q(competition__in=apps.get_model("tracks", "Competition").objects.organized_by(user))
            | Exists(organized.filter(team=OuterRef("pk")))
        )

    def of_member(self, user: Person) -> Self:
        return self.filter(members__user_id=user.pk)

    def for_listing(self) -> Self:
        return self.select_related("competition", "organization").annotate(member_count=Count("members"))


class TeamOrganizationQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """Whoever sees the team."""
        return self.filter(team__in=apps.get_model("submissions", "Team").objects.visible_to(user))

    def houses(self, teams: Any) -> set[tuple[int, int]]:
        """(team, organization) of every partner of ``teams``: what judging reads beside the one that leads."""
        return set(self.filter(team__in=teams).values_list("team_id", "organization_id"))


class InvitationQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """The team that sent it, and whoever owns the address it went to."""
        if is_site_admin(user):
            return self
        member = apps.get_model("submissions", "TeamMember").objects.filter(user_id=user.pk)
        addressed = Q(email__iexact=getattr(user, "email", "") or "-")
        return self.filter(Exists(member.filter(team=OuterRef("team"))) | addressed)

    def pending(self, now: datetime) -> Self:
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)


class HandOverQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """The team's own affair."""
        if is_site_admin(user):
            return self
        member = apps.get_model("submissions", "TeamMember").objects.filter(user_id=user.pk)
        return self.filter(Exists(member.filter(team=OuterRef("team"))))

    def open(self) -> Self:
        return self.filter(status=HandOverStatus.OPEN)


class RosterRequestQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """Whoever sees the team, and the person whom it concerns."""
        if is_site_admin(user):
            return self
        if not user.is_authenticated or not user.is_active:
            return self.none()
        teams = apps.get_model("submissions", "Team").objects.visible_to(user)
        return self.filter(Q(team__in=teams) | self._about(user))

    def organized_by(self, user: Person) -> Self:
        """Those of teams in the competitions or with entries in the tracks that ``user`` runs."""
        if is_site_admin(user):
            return self
        competitions = apps.get_model("tracks", "Competition").objects.organized_by(user)
        entries = apps.get_model("submissions", "Submission").objects.organized_by(user)
        return self.filter(Q(team__competition__in=competitions) | Exists(entries.filter(team=OuterRef("team"))))

    def about(self, user: Person) -> Self:
        """Those that concern ``user``: by name, or by the address that was asked."""
        return self.filter(self._about(user))

    def open(self) -> Self:
        return self.filter(status__in=[RosterRequestStatus.ASKED, RosterRequestStatus.AWAITING])

    def for_listing(self) -> Self:
        return self.select_related("team__competition", "team__organization", "person", "requested_by", "decided_by")

    def _about(self, user: Person) -> Q:
        """By whichever of their addresses: each of them gets the mail with the link."""
        address = getattr(user, "email", "") or "-"
        proved = apps.get_model("account", "EmailAddress").objects.filter(user_id=user.pk, verified=True)
        asked = Q(email__iexact=address) | Q(email__in=proved.values("email"))
        return Q(person_id=user.pk) | Q(person=None) & asked


class MemberQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        return self.filter(team__in=apps.get_model("submissions", "Team").objects.visible_to(user))


class ExtensionQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """The team's, and those who run the whole competition."""
        if is_site_admin(user):
            return self
        member = apps.get_model("submissions", "TeamMember").objects.filter(user_id=user.pk)
        organized = apps.get_model("tracks", "Competition").objects.organized_by(user)
        return self.filter(Exists(member.filter(team=OuterRef("team"))) | Q(team__competition__in=organized))

    def live(self) -> Self:
        return self.filter(revoked_at=None)
