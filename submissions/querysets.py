from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Case, Count, Exists, F, FilteredRelation, OuterRef, Q, Subquery, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Concat, Length

from portal.core.gathered import Gathered
from portal.core.people import Person
from submissions.enums import InspectionState, MemberRole, ScreeningState, SlotKind, SubmissionStatus
from tracks.enums import StageKind
from tracks.querysets import is_site_admin

SCREENED_AS = {
    ScreeningState.WAITING: SubmissionStatus.SUBMITTED,
    ScreeningState.RETURNED: SubmissionStatus.RETURNED,
    ScreeningState.OVERDUE: SubmissionStatus.RETURNED,
    ScreeningState.PASSED: SubmissionStatus.ELIGIBLE,
    ScreeningState.REJECTED: SubmissionStatus.REJECTED,
}


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

    def screened_by(self, user: Person) -> Self:
        """Those that ``user`` may decide about: of the tracks they run, none of a team they are in."""
        own = apps.get_model("submissions", "TeamMember").objects.filter(user_id=user.pk)
        # Not row by row: a queue counts all of them.
        return self.organized_by(user).exclude(team__in=own.values("team"))

    def handed_in(self, user: Person, competition: Any) -> Self:
        """What ``organized_by`` gives in a competition and a state of screening, own teams' too: asks an index alone.

        Nothing is in such a state without a number; a constraint says so.
        """
        tracks = apps.get_model("tracks", "Track").objects.organized_by(user).filter(competition=competition)
        return self.filter(track__in=tracks.values("pk"), status__in=sorted(set(SCREENED_AS.values())))

    def of_member(self, user: Person) -> Self:
        return self.filter(team__members__user_id=user.pk)

    def for_writing(self, user: Person, key: str = "") -> Self:
        """Entries of this person's teams with all that saving the section ``key`` asks, in one query."""
        # Whoever is in the team sees its entries (``visible_to``), and nobody else writes.
        rows = self.of_member(user) if user.is_active else self.none()
        rows = rows.with_form().with_window()
        # Saving a section reads no name of anything; a list of entries reads them all.
        return rows.with_answer(key) if key else rows.select_related("team__competition", "track", "topic")

    def for_attaching(self) -> Self:
        """With all that putting a file into the draft asks; ``roles`` of the team's members.

        What a correction has opened is asked of the few entries that were returned, not joined to all the others.
        """
        members = apps.get_model("submissions", "TeamMember").objects.filter(team=OuterRef("team"))
        rows = self.with_form().with_stage().select_related("team__competition")
        return rows.annotate(roles=Gathered(members.values("user_id", "role")))

    def with_form(self) -> Self:
        """``form_version`` and ``track_form_version``: which published forms ask this entry."""
        return self.annotate(**_forms())

    def with_window(self) -> Self:
        """``with_stage`` and ``with_correction``: when it can be written, whatever became of it."""
        return self.with_correction().with_stage()

    def with_stage(self) -> Self:
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

    def with_shortlist(self) -> Self:
        """``is_shortlisted`` and ``shortlist_ends_at`` as the team knows them: from the moment it was told."""
        rows: Any = apps.get_model("submissions", "Shortlisting").objects.live().announced().with_end()
        told = rows.filter(submission=OuterRef("pk"))
        return self.annotate(is_shortlisted=Exists(told), shortlist_ends_at=Subquery(told.values("ends_at")[:1]))

    def with_look(self) -> Self:
        """``looked_at``: when a program last found in a file of the draft what may keep it from being handed in."""
        files = apps.get_model("submissions", "Attachment").objects.current()
        own = files.filter(submission=OuterRef(OuterRef("pk"))).values("file")
        looks = apps.get_model("submissions", "Inspection").objects.telling().filter(file__in=own)
        return self.annotate(looked_at=Subquery(looks.order_by("-inspected_at").values("inspected_at")[:1]))

    def with_correction(self) -> Self:
        """``correction_…``: what may be mended and until when, of entries that were returned with a scope."""
        rows = apps.get_model("submissions", "Correction").objects.order_by("-screening__version__number")
        latest = rows.filter(screening__version__submission=OuterRef("pk"))
        fields = {"sections": models.JSONField(), "slots": models.JSONField(), "closes_at": models.DateTimeField()}
        # Looked up only where it can be: most of those who write have a draft.
        returned = Q(status=SubmissionStatus.RETURNED)
        return self.annotate(
            **{
                f"correction_{name}": Case(
                    When(returned, then=Subquery(latest.values(name)[:1])), default=None, output_field=kind
                )
                for name, kind in fields.items()
            }
        )

    def with_latest_text(self) -> Self:
        """``latest_text``: which text of its topic is the latest."""
        texts = apps.get_model("tracks", "TopicRevision").objects.filter(topic=OuterRef("topic")).order_by("-number")
        return self.annotate(latest_text=Subquery(texts.values("pk")[:1]))

    def with_pledge(self) -> Self:
        """``pledge_given``: the newest version of the competition's pledge that the team's captain has given."""
        members, pledges = apps.get_model("submissions", "TeamMember"), apps.get_model("tracks", "Pledge")
        captain = members.objects.filter(team=OuterRef(OuterRef("team")), role=MemberRole.CAPTAIN).values("user")
        asked = pledges.objects.filter(competition=OuterRef(OuterRef("team__competition")))
        given = asked.given_by(captain).values("agreement__version")
        return self.annotate(pledge_given=Subquery(given[:1]))

    def highest_numbers(self, competition: Any, prefix: Any) -> models.QuerySet[Any]:
        """The number that begins with ``prefix`` and was given last.

        It is looked for in all tracks: an entry may have followed its topic, and a track may have had another number.
        """
        given = self.filter(track__competition=competition, number__startswith=prefix)
        return given.order_by(Length("number").desc(), "-number").values_list("number", flat=True)[:1]

    def with_highest_number(self) -> Self:
        """``highest_number``: that of its track, for an entry that has none yet."""
        number = Cast("track__number", models.CharField())
        padded = Case(When(track__number__lt=10, then=Concat(Value("0"), number)), default=number)
        entries = apps.get_model("submissions", "Submission").objects
        highest = Subquery(entries.highest_numbers(OuterRef("track__competition"), OuterRef("number_prefix")))
        # As Track.code says it.
        rows = self.alias(number_prefix=Concat(Value("T"), padded, Value("-")))
        return rows.annotate(highest_number=Case(When(number="", then=highest), default=None))

    def with_page(self, user: Person) -> Self:
        """What spares the entry's page questions: the ``latest_text`` of its topic, and whether it ``has_…`` these."""
        rows = {"unsent": "UnsentText", "registered": "RegisteredFile", "late": "LateAttempt"}
        of_entry = {
            f"has_{name}": apps.get_model("submissions", model).objects.filter(submission=OuterRef("pk"))
            for name, model in rows.items()
        }
        of_entry["has_unsent"] = of_entry["has_unsent"].visible_to(user)
        return self.with_latest_text().annotate(**{name: Exists(found) for name, found in of_entry.items()})

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

    def in_screening(self, state: str, now: datetime) -> Self:
        """Those that stand under this tab of the queue."""
        proposals = apps.get_model("submissions", "ScreeningProposal").objects.open()
        proposed = Exists(proposals.filter(version__submission=OuterRef("pk")))
        if state == ScreeningState.SECOND_LOOK:
            # From the few proposals, not from the many entries.
            return self.filter(pk__in=proposals.values("version__submission"))
        rows = self.filter(status=SCREENED_AS[ScreeningState(state)])
        if state in {ScreeningState.RETURNED, ScreeningState.OVERDUE}:
            corrections = apps.get_model("submissions", "Correction").objects.over(now)
            over = Exists(corrections.filter(screening__version__submission=OuterRef("pk")))
            rows = rows.filter(~over if state == ScreeningState.RETURNED else over)
        return rows.filter(~proposed) if state in {ScreeningState.WAITING, ScreeningState.OVERDUE} else rows

    def with_remarks(self, user: Person) -> Self:
        """Those that ``user`` screens and about whose latest version the portal found something, that resemble another
        one as far as they see, or whose topic has got another text since.
        """
        near = apps.get_model("submissions", "NearPair").objects.visible_to(user).standing()
        alike = Exists(near.filter(first=OuterRef("pk"))) | Exists(near.filter(second=OuterRef("pk")))
        facts = apps.get_model("submissions", "VersionFacts").objects.filter(version__submission=OuterRef("pk"))
        versions = apps.get_model("submissions", "SubmissionVersion").objects.filter(submission=OuterRef("pk"))
        texts = apps.get_model("tracks", "TopicRevision").objects.filter(topic=OuterRef("topic"))
        rows = self.screened_by(user).alias(
            remarks=Subquery(facts.order_by("-version__number").values("remarks")[:1]),
            answered_text=Subquery(versions.order_by("-number").values("topic_revision")[:1]),
            newest_text=Subquery(texts.order_by("-number").values("pk")[:1]),
        )
        return rows.filter(Q(remarks__gt=0) | ~Q(answered_text=F("newest_text")) | alike)

    def matching(self, words: str) -> Self:
        """By number, title as it was submitted, team or organization."""
        facts = apps.get_model("submissions", "VersionFacts").objects
        titled = facts.filter(title__icontains=words).values("version__submission")
        team, organization = Q(team__name__icontains=words), Q(team__organization__name__icontains=words)
        return self.filter(Q(number__icontains=words) | team | organization | Q(pk__in=titled))

    def for_listing(self) -> Self:
        return self.select_related("team__organization", "team__competition", "topic", "track__competition")

    def for_screening(self, user: Person) -> Self:
        """What its page asks, the plan too; ``latest_number`` of its topic's text, ``is_own_team`` of ``user``."""
        member = apps.get_model("submissions", "TeamMember").objects.filter(user_id=user.pk, team=OuterRef("team"))
        texts = apps.get_model("tracks", "TopicRevision").objects.filter(topic=OuterRef("topic")).order_by("-number")
        rows = self.for_listing().select_related("track__competition__screening_plan").with_form().with_latest_text()
        return rows.annotate(latest_number=Subquery(texts.values("number")[:1]), is_own_team=Exists(member))

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


class VersionQuerySet(OfSubmissionQuerySet):
    def decided_about(self) -> Self:
        """Those that screening decides about: not files that were replaced since, unless it has done so already."""
        return self.filter(Q(replacement=None) | Q(screening__isnull=False))


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

    def needed(self) -> Self:
        """In the draft, in something that was handed in, or in the place of what was registered."""
        return self.filter(Q(replaced_at=None) | Q(*self._holders(), _connector=Q.OR))

    def given_up(self) -> Self:
        """All others: what was replaced or taken out before it was handed in."""
        return self.exclude(replaced_at=None).exclude(Q(*self._holders(), _connector=Q.OR))

    def _holders(self) -> list[Exists]:
        versions = apps.get_model("submissions", "SubmissionVersion").objects.filter(attachments=OuterRef("pk"))
        late = apps.get_model("submissions", "LateAttempt").objects.filter(attachments=OuterRef("pk"))
        registered = apps.get_model("submissions", "RegisteredFile").objects.filter(attachment=OuterRef("pk"))
        return [Exists(versions), Exists(late), Exists(registered)]

    def with_refusal(self) -> Self:
        """``refused_for``: what was found in a file that can't be handed in anywhere; None for all others.

        ``found_in_pdf``: what was found in a PDF; it may have more pages than its slot takes.
        """
        looked = apps.get_model("submissions", "Inspection").objects.filter(file=OuterRef("file"))
        refused = looked.filter(state=InspectionState.REFUSED).values("findings")[:1]
        in_pdf = looked.filter(kind=SlotKind.PDF).values("findings")[:1]
        return self.annotate(
            refused_for=Subquery(refused, output_field=models.JSONField()),
            found_in_pdf=Subquery(in_pdf, output_field=models.JSONField()),
        )


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


class OfCompetitionQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """Those who run the competition or some of its tracks."""
        return self.filter(competition__in=apps.get_model("tracks", "Competition").objects.partly_organized_by(user))
