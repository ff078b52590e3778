from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.core.text import validate_plain_line
from submissions.enums import MemberRole
from submissions.models.organizations import Organization
from submissions.team_querysets import InvitationQuerySet, MemberQuerySet, TeamQuerySet

DUTY_LIMIT = 40


class Team(models.Model):
    competition = models.ForeignKey(
        "tracks.Competition", on_delete=models.PROTECT, related_name="teams", verbose_name=_("competition")
    )
    name = models.CharField(_("team name"), max_length=60, validators=[validate_plain_line])
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="teams", verbose_name=_("lead organization")
    )
    created_at = models.DateTimeField(_("founded at"), auto_now_add=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [
            models.UniqueConstraint(
                "competition",
                Lower("name"),
                name="team_name_once_per_competition",
                violation_error_message=_("Another team has this name. Please choose a different one."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("submissions:team", args=[self.pk])

    @property
    def audit_scope(self) -> str:
        return f"competition:{self.competition_id}"


class TeamMember(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="members", verbose_name=_("team"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=20, choices=MemberRole, default=MemberRole.MEMBER)
    joined_at = models.DateTimeField(_("joined at"), auto_now_add=True)
    # Rows of one place stand in the order in which they joined.
    place = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    duty = models.CharField(_("duty"), max_length=DUTY_LIMIT, blank=True, default="", validators=[validate_plain_line])
    is_contact = models.BooleanField(_("contact of the team"), default=False)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("team member")
        verbose_name_plural = _("team members")
        ordering = ["place", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["team"], condition=Q(is_contact=True), name="team_has_one_contact_at_most"),
            models.UniqueConstraint(fields=["team", "user"], name="member_once_per_team"),
            models.UniqueConstraint(
                fields=["team"], condition=Q(role=MemberRole.CAPTAIN), name="team_has_one_captain_at_most"
            ),
            models.CheckConstraint(condition=Q(role__in=MemberRole.values), name="member_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.team}"


class Invitation(models.Model):
    """A way into a team for whoever owns one e-mail address. The mailed link is signed, nothing secret is kept."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitations", verbose_name=_("team"))
    email = models.EmailField(_("e-mail"), max_length=254)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("invited by")
    )
    created_at = models.DateTimeField(_("sent at"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                "team",
                Lower("email"),
                condition=Q(accepted_at=None, revoked_at=None),
                name="invitation_open_once_per_address",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(revoked_at=None), name="invitation_accepted_or_revoked_not_both"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} → {self.team}"

    def get_absolute_url(self) -> str:
        return reverse("submissions:invitation", args=[self.public_id])

    def is_pending(self, now: datetime) -> bool:
        return self.accepted_at is None and self.revoked_at is None and now < self.expires_at

    @property
    def audit_scope(self) -> str:
        return self.team.audit_scope
