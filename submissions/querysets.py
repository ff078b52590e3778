from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Case, Count, Exists, F, FilteredRelation, OuterRef, Q, Subquery, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from portal.core.people import Person
from submissions.enums import HandOverStatus, InspectionState, RosterRequestStatus, SecondLook, SubmissionStatus
from tracks.enums import StageKind
from tracks.querysets import is_site_admin


def with_entry_count(topics: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """``entry_count``: what has been submitted and not withdrawn; nothing where the competition doesn't show it."""
    entries = apps.get_model("submissions", "Submission").objects.filter(topic=OuterRef("pk")).exclude(number="")
    standing = entries.exclude(status=SubmissionStatus.WITHDRAWN).order_by().values("topic")
    count = Coalesce(Subquery(standing.annotate(count=Count("pk")).values("count")), 0)
    shown = When(track__competition__shows_entry_counts=True, then=count)
    return topics.annotate(entry_count=Case(shown, default=None, output_field=models.IntegerField(null=True)))


@cache
def _forms() -> dict[str, Subquery]:
    """Put together once: every pause of every writer asks it."""
    versions = apps.get_model("submissions", "EntryFormVersion").objects.order_by("-number").values("pk")
    of_competition = versions.filter(form__competition=OuterRef("team__competition"), form__track=None)
    of_track = versions.filter(form__track=OuterRef("track"))
    return {"form_version": Subquery(of_competition[:1]), "track_form_version": Subquery(of_track[:1])}


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

    def writing_seen_by(self, user: Person) -> Self:
        """Those whose team's own affairs ``user`` may see: what it writes, what it says to itself."""
        return self if is_site_admin(user) else self.filter(team__members__user_id=user.pk)

    def organized_by(self, user: Person) -> Self:
        """Entries of the tracks that ``user`` runs, once they have been submitted: a draft is the team's own affair."""
        submitted = self.exclude(number="")
        return submitted.filter(track__in=apps.get_model("tracks", "Track").objects.organized_by(user))

    def of_member(self, user: Person) -> Self:
        return self.filter(team__members__user_id=user.pk)

    def for_writing(self, user: Person, key: str = "") -> Self:
        """Entries of this person's teams with all that saving the section ``key`` asks, in one query."""
        # Whoever is in the team sees its entries (``visible_to``), and nobody else writes.
        rows = self.of_member(user) if user.is_active else self.none()
        rows = rows.with_form().with_window()
        # Saving a section reads no name of anything; a list of entries reads them all.
        return rows.with_answer(key) if key else rows.select_related("team__competition", "track", "topic")

    def with_form(self) -> Self:
        """``form_version`` and ``track_form_version``: which published forms ask this entry."""
        return self.annotate(**_forms())

    def with_window(self) -> Self:
        """``window_…``: the stage of submitting, and what was granted to the team."""
        # Joined, like the answer below: a competition has one such stage, and a team one live extension of it.
        path, kind = "team__competition__stages", StageKind.SUBMISSION
        live = Q(team__extensions__kind=kind, team__extensions__revoked_at=None)
        joined = self.annotate(
            window_stage=FilteredRelation(path, condition=Q(**{f"{path}__kind": kind})),
            window_granted=FilteredRelation("team__extensions", condition=live),
        )
        return joined.annotate(
            window_opens_at=F("window_stage__opens_at"),
            window_closes_at=F("window_stage__closes_at"),
            window_grace=F("window_stage__grace"),
            window_hash_grace=F("window_stage__hash_grace"),
            window_extended_to=F("window_granted__closes_at"),
        )

    def with_latest_text(self) -> Self:
        """``latest_text``: which text of its topic is the latest."""
        texts = apps.get_model("tracks", "TopicRevision").objects.filter(topic=OuterRef("topic")).order_by("-number")
        return self.annotate(latest_text=Subquery(texts.values("pk")[:1]))

    def with_page(self, user: Person) -> Self:
        """What spares the entry's page questions: ``latest_text`` of its topic, ``has_unsent``, ``has_registered``."""
        unsent = apps.get_model("submissions", "UnsentText").objects.visible_to(user).filter(submission=OuterRef("pk"))
        registered = apps.get_model("submissions", "RegisteredFile").objects.filter(submission=OuterRef("pk"))
        return self.with_latest_text().annotate(has_unsent=Exists(unsent), has_registered=Exists(registered))

    def with_answer(self, key: str) -> Self:
        """``answer_…``: what the section says now."""
        fields = (
            *("pk", "value", "version", "saved_by"),
            *("revision", "revision_began_at", "revision_typed", "revision_dropped"),
        )
        # Joined, and not asked for column by column: this is what every pause of every writer costs.
        answers = FilteredRelation("answers", condition=Q(answers__key=key))
        columns = {f"answer_{name}": F(f"answer_now__{name}") for name in fields}
        return self.annotate(answer_now=answers).annotate(**columns)

    def competing(self) -> Self:
        """Those that are, or may still come, before the judges."""
        return self.exclude(status__in=[SubmissionStatus.WITHDRAWN, SubmissionStatus.REJECTED])

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
        """The team's own; an organizer sees what was submitted, in time or late, not what lies in the draft."""
        if is_site_admin(user):
            return self
        member = apps.get_model("submissions", "TeamMember").objects.filter(user_id=user.pk)
        version = apps.get_model("submissions", "SubmissionVersion").objects.filter(attachments=OuterRef("pk"))
        of_team = Exists(member.filter(team=OuterRef("submission__team")))
        late = apps.get_model("submissions", "LateAttempt").objects.organized_by(user)
        entries = apps.get_model("submissions", "Submission").objects.visible_to(user)
        handed_in = Exists(late.filter(attachments=OuterRef("pk")))
        return self.filter(Q(submission__in=entries) & (of_team | Exists(version)) | handed_in)

    def current(self) -> Self:
        return self.filter(replaced_at=None)

    def with_refusal(self) -> Self:
        """``refused_for``: what was found in a file that can't be handed in; None for all others."""
        looked = apps.get_model("submissions", "Inspection").objects.filter(file=OuterRef("file"))
        refused = looked.filter(state=InspectionState.REFUSED).values("findings")[:1]
        return self.annotate(refused_for=Subquery(refused, output_field=models.JSONField()))


class LateAttemptQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """Its team, and the organizers of its track, though the entry itself may never have been submitted."""
        if is_site_admin(user):
            return self
        member = apps.get_model("submissions", "TeamMember").objects.filter(user_id=user.pk)
        own = Exists(member.filter(team=OuterRef("submission__team")))
        return self.filter(own | Q(submission__track__in=apps.get_model("tracks", "Track").objects.organized_by(user)))

    def organized_by(self, user: Person) -> Self:
        return self.filter(submission__track__in=apps.get_model("tracks", "Track").objects.organized_by(user))

    def undecided(self) -> Self:
        return self.filter(decision=None)

    def for_listing(self) -> Self:
        related = ("submission__team__organization", "submission__team__competition", "submission__track")
        return self.select_related(*related, "decision", "submitted_by").order_by("-received_at", "-pk")


class LateDecisionQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """As what was decided about."""
        return self.filter(attempt__in=apps.get_model("submissions", "LateAttempt").objects.visible_to(user))


class CommentQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """The team's own. Organizers and judges never learn that there are any."""
        if is_site_admin(user):
            return self
        member = apps.get_model("submissions", "TeamMember").objects.filter(user_id=user.pk)
        return self.filter(Exists(member.filter(team=OuterRef("submission__team"))))

    def waiting(self) -> Self:
        """Those that nobody has dealt with."""
        return self.filter(resolved_at=None)


class RenditionQuerySet(OfSubmissionQuerySet):
    def visible_to(self, user: Person) -> Self:
        """The team's own; whoever reads what was submitted has it on paper too, but not the draft."""
        if is_site_admin(user):
            return self
        member = apps.get_model("submissions", "TeamMember").objects.filter(user_id=user.pk)
        of_team = Exists(member.filter(team=OuterRef("submission__team")))
        return super().visible_to(user).filter(of_team | Q(version__isnull=False))


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


class EntryFormQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """Those who run the whole competition."""
        if is_site_admin(user):
            return self
        organized = apps.get_model("tracks", "Competition").objects.organized_by(user)
        return self.filter(competition__in=organized)

    def with_latest(self) -> Self:
        """``latest_…``: what is asked now; None before the first version."""
        versions = apps.get_model("submissions", "EntryFormVersion").objects.filter(form=OuterRef("pk"))
        fields = ("number", "sha256", "created_at")
        latest = {name: Subquery(versions.order_by("-number").values(name)[:1]) for name in fields}
        rows = self.select_related("competition", "track")
        return rows.annotate(**{f"latest_{name}": value for name, value in latest.items()})


class OfFormQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        return self.filter(form__in=apps.get_model("submissions", "EntryForm").objects.visible_to(user))


class AnswerQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """What a draft says is its team's own affair."""
        if is_site_admin(user):
            return self
        member = apps.get_model("submissions", "TeamMember").objects.filter(user_id=user.pk)
        return self.filter(Exists(member.filter(team=OuterRef("submission__team"))))


class UnsentQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """Whoever wrote it."""
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()


class UploadQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """Whoever sends the file, and nobody else, whoever runs the site."""
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()

    def for_chunk(self, user: Person) -> Self:
        """With all that taking a chunk asks: own, and still in the team."""
        rows = self.visible_to(user).filter(submission__team__members__user_id=user.pk)
        return rows.select_related("submission__team__competition", "submission__track")


class InspectionQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """As the files it speaks of."""
        files = apps.get_model("submissions", "Attachment").objects.visible_to(user)
        return self.filter(file__in=files.values("file"))


class OfCompetitionQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """Those who run the competition or some of its tracks."""
        return self.filter(competition__in=apps.get_model("tracks", "Competition").objects.partly_organized_by(user))


class ScreenedQuerySet(models.QuerySet):
    """What organizers keep about an entry of their tracks. Its team never sees it, nor does an organizer in it."""

    submission_path = "submission"

    def visible_to(self, user: Person) -> Self:
        submissions = apps.get_model("submissions", "Submission").objects
        member = apps.get_model("submissions", "TeamMember").objects.filter(user_id=user.pk)
        impartial = submissions.organized_by(user).exclude(Exists(member.filter(team=OuterRef("team"))))
        return self.filter(**{f"{self.submission_path}__in": impartial})


class ScreeningClaimQuerySet(ScreenedQuerySet):
    def live(self, now: datetime) -> Self:
        return self.filter(expires_at__gt=now)


class ScreeningNoteQuerySet(ScreenedQuerySet):
    pass


class ScreeningProposalQuerySet(ScreenedQuerySet):
    submission_path = "version__submission"

    def open(self) -> Self:
        return self.filter(status=SecondLook.OPEN)


class UndoneScreeningQuerySet(ScreenedQuerySet):
    submission_path = "version__submission"


class CorrectionQuerySet(OfSubmissionQuerySet):
    """The team's, and theirs who screen."""

    submission_path = "screening__version__submission"
