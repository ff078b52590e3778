from __future__ import annotations

from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, DecimalField, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.fields.json import KeyTextTransform

from judging.enums import AssignmentStatus, RoundStatus
from judging.lifecycle import LIVE
from portal.core.people import Person
from submissions.enums import SubmissionStatus
from tracks.querysets import competition_visible_to


def organized_competitions(user: Person) -> models.QuerySet[Any]:
    """Judging crosses tracks, so it is run by those who run the whole competition."""
    return apps.get_model("tracks", "Competition").objects.organized_by(user)


class OrganizedQuerySet(models.QuerySet):
    """Rows that only the organizers of the competition at the end of ``competition_path`` see."""

    competition_path = "competition"

    def visible_to(self, user: Person) -> Self:
        return self.filter(**{f"{self.competition_path}__in": organized_competitions(user)})


class OfRoundQuerySet(OrganizedQuerySet):
    competition_path = "round__competition"


class RankingQuerySet(OfRoundQuerySet):
    def visible_to(self, user: Person) -> Self:
        """The organizers; before publication, not one whose own team is in it."""
        return super().visible_to(user).exclude(round__in=apps.get_model("judging", "Round").objects.kept_from(user))


class RoundQuerySet(OrganizedQuerySet):
    def entered_by(self, user: Person) -> Self:
        """Rounds in which a team of ``user`` has an entry, or gets one with the next assignment."""
        member = apps.get_model("submissions", "TeamMember").objects.filter(user_id=user.pk)
        eligible = member.filter(team__submissions__status=SubmissionStatus.ELIGIBLE)
        assigned = apps.get_model("judging", "Assignment").objects.filter(submission__team__in=member.values("team"))
        return self.filter(Q(competition__in=eligible.values("team__competition")) | Q(pk__in=assigned.values("round")))

    def kept_from(self, user: Person) -> models.QuerySet[Any]:
        """Keys of those whose outcome ``user`` must not learn before everybody does, whatever they run."""
        return self.entered_by(user).exclude(status=RoundStatus.PUBLISHED).values("pk")

    def with_progress(self) -> Self:
        """``reviews_due`` and ``reviews_done`` of each round."""
        live = Q(assignments__status__in=LIVE)
        return self.annotate(
            reviews_due=Count("assignments", filter=live),
            reviews_done=Count("assignments", filter=Q(assignments__status=AssignmentStatus.SUBMITTED)),
        )


class RankingEntryQuerySet(models.QuerySet):
    def with_judged_title(self) -> Self:
        """``judged_title``: what the judges of the round read. The team may be writing another one by now."""
        reviewed = apps.get_model("judging", "Assignment").objects.filter(
            round=OuterRef("ranking__round"), submission=OuterRef("submission"), status=AssignmentStatus.SUBMITTED
        )
        title = reviewed.order_by("pk").values(title=KeyTextTransform("title", "version__form"))[:1]
        return self.annotate(judged_title=Subquery(title, output_field=models.CharField()))


class JudgeQuerySet(OrganizedQuerySet):
    def visible_to(self, user: Person) -> Self:
        """Organizers; and a judge sees their own row. Nobody else learns who judges."""
        return self.filter(Q(competition__in=organized_competitions(user)) | Q(user_id=user.pk))

    def with_progress_in(self, round_: Any) -> Self:
        """The judges of a round: how many reviews each has ``due``, ``begun`` and ``done``, how often ``recused``."""
        here = Q(assignments__round=round_)

        def count(*states: str) -> Count:
            return Count("assignments", filter=here & Q(assignments__status__in=states))

        return self.annotate(
            due=count(*LIVE),
            begun=count(AssignmentStatus.STARTED),
            done=count(AssignmentStatus.SUBMITTED),
            recused=count(AssignmentStatus.RECUSED),
        ).filter(Q(due__gt=0) | Q(recused__gt=0))


class AssignmentQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        return self.filter(
            Q(round__competition__in=organized_competitions(user)) | Q(pk__in=self.owed_by(user).values("pk"))
        )

    def owed_by(self, user: Person) -> Self:
        """The assignments of ``user`` as a judge: those of rounds that have opened, and not given up.

        A conflict of interest outweighs whatever was assigned, also one that came up afterwards.
        """
        opened = [RoundStatus.OPEN, RoundStatus.CLOSED, RoundStatus.PUBLISHED]
        return self.without_conflict(user).filter(
            judge__user_id=user.pk,
            judge__is_active=True,
            judge__user__is_active=True,
            round__status__in=opened,
            status__in=LIVE,
        )

    def without_conflict(self, user: Person) -> Self:
        """Those that ``user`` may judge: not their own, no rival's, none of their house, none they gave back."""
        member = apps.get_model("submissions", "TeamMember").objects.filter(user_id=user.pk)
        competing = apps.get_model("submissions", "Submission").objects.competing().of_member(user)
        declared = apps.get_model("judging", "ConflictOfInterest").objects.filter(judge__user_id=user.pk)
        same_house = Q(judge__organization__isnull=False, judge__organization=F("submission__team__organization"))
        partner = apps.get_model("submissions", "TeamOrganization").objects.filter(
            team=OuterRef("submission__team"), organization=OuterRef("judge__organization")
        )
        return self.exclude(same_house).exclude(
            Exists(partner)
            | Exists(member.filter(team=OuterRef("submission__team")))
            | Exists(competing.filter(team__competition=OuterRef("round__competition")))
            | Exists(declared.filter(submission=OuterRef("submission")))
        )

    def given_up_by(self, user: Person) -> Self:
        """The assignments that ``user`` has recused from."""
        return self.filter(judge__user_id=user.pk, status=AssignmentStatus.RECUSED)

    def live(self) -> Self:
        return self.filter(status__in=LIVE)

    def open(self) -> Self:
        """Owed and not handed in."""
        return self.filter(status__in=LIVE - {AssignmentStatus.SUBMITTED})

    def for_desk(self) -> Self:
        """What a judge's queue shows; neither team nor organization are read."""
        total = F("review__scores__points") * F("review__scores__criterion__weight")
        return (
            self.select_related("round__competition", "version", "submission__topic", "submission__track")
            .annotate(total=Sum(total, output_field=DecimalField(max_digits=8, decimal_places=4)))
            .order_by("round", "submission__number")
        )


class ReviewQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """A judge's own; an organizer's of their competition once submitted, since a draft is nobody else's."""
        own = Q(assignment__in=apps.get_model("judging", "Assignment").objects.owed_by(user))
        organized = Q(
            assignment__round__competition__in=organized_competitions(user),
            assignment__status=AssignmentStatus.SUBMITTED,
        )
        kept_from = apps.get_model("judging", "Round").objects.kept_from(user)
        return self.filter(own | organized & ~Q(assignment__round__in=kept_from))

    def with_total(self) -> Self:
        """``total``: weighted points, in one query however many reviews there are."""
        weighted = F("scores__points") * F("scores__criterion__weight")
        return self.annotate(total=Sum(weighted, output_field=DecimalField(max_digits=8, decimal_places=4)))


class AwardQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """An award exists from its publication on, and is public with its competition."""
        return self.filter(competition_visible_to(user, "publication__round__competition"))


class CertificateQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """The winning team, and the organizers. Everybody else has the page that verifies it."""
        member = apps.get_model("submissions", "TeamMember").objects.filter(user_id=user.pk)
        return self.filter(
            Exists(member.filter(team=OuterRef("award__submission__team")))
            | Q(award__publication__round__competition__in=organized_competitions(user))
        )
