from __future__ import annotations

from datetime import datetime
from typing import Self

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.fields.json import KeyTextTransform

from portal.core.people import Person
from tracks.querysets import is_site_admin


class OrganizationQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """A team's own, those whose entries an organizer may see, and whoever entered it."""
        if is_site_admin(user):
            return self
        if not user.is_authenticated:
            # Their key is None, and so is that of whoever entered a row of the fixtures.
            return self.none()
        member = apps.get_model("submissions", "TeamMember").objects.filter(user_id=user.pk)
        submission = apps.get_model("submissions", "Submission").objects.visible_to(user)
        return self.filter(
            Q(created_by_id=user.pk)
            | Exists(member.filter(team__organization=OuterRef("pk")))
            | Exists(submission.filter(team__organization=OuterRef("pk")))
        )


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


class SubmissionQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """Its team at any time; organizers of its track once it has been submitted.

        Judges reach an entry through their assignment, in ``judging``.
        """
        if is_site_admin(user):
            return self
        member = apps.get_model("submissions", "TeamMember").objects.filter(user_id=user.pk)
        organized = apps.get_model("submissions", "Submission").objects.organized_by(user)
        return self.filter(Exists(member.filter(team=OuterRef("team"))) | Q(pk__in=organized.values("pk")))

    def organized_by(self, user: Person) -> Self:
        """Entries of the tracks that ``user`` runs, once they have been submitted: a draft is the team's own affair."""
        submitted = self.exclude(number="")
        return submitted.filter(track__in=apps.get_model("tracks", "Track").objects.organized_by(user))

    def of_member(self, user: Person) -> Self:
        return self.filter(team__members__user_id=user.pk)

    def for_listing(self) -> Self:
        return self.select_related("team__organization", "team__competition", "topic", "track__competition")

    def with_submitted_title(self) -> Self:
        """``submitted_title``: as it was submitted last. ``title`` is what the team is writing now."""
        versions = apps.get_model("submissions", "SubmissionVersion").objects.filter(submission=OuterRef("pk"))
        latest = versions.order_by("-number").values(title=KeyTextTransform("title", "form"))[:1]
        return self.annotate(submitted_title=Subquery(latest, output_field=models.CharField()))


class OfSubmissionQuerySet(models.QuerySet):
    """Rows that are as visible as the submission they belong to."""

    submission_path = "submission"

    def visible_to(self, user: Person) -> Self:
        submissions = apps.get_model("submissions", "Submission").objects.visible_to(user)
        return self.filter(**{f"{self.submission_path}__in": submissions})


class ReceiptQuerySet(OfSubmissionQuerySet):
    submission_path = "version__submission"


class AttachmentQuerySet(OfSubmissionQuerySet):
    def visible_to(self, user: Person) -> Self:
        """The team's own; an organizer sees what was submitted, not what lies in the draft."""
        if is_site_admin(user):
            return self
        member = apps.get_model("submissions", "TeamMember").objects.filter(user_id=user.pk)
        version = apps.get_model("submissions", "SubmissionVersion").objects.filter(attachments=OuterRef("pk"))
        of_team = Exists(member.filter(team=OuterRef("submission__team")))
        return super().visible_to(user).filter(of_team | Exists(version))

    def current(self) -> Self:
        return self.filter(replaced_at=None)


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


class MemberQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        return self.filter(team__in=apps.get_model("submissions", "Team").objects.visible_to(user))
