"""What submissions keeps about a person: their teams, and what they did there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.personal_data import Duty, Keeper, Kept, Section
from portal.core import audit
from portal.core.models import StoredFile
from submissions import kept
from submissions.enums import MemberRole, SubmissionStatus
from submissions.lifecycle import SUBMISSION_LIFECYCLE
from submissions.models import (
    Comment,
    Invitation,
    LateAttempt,
    Rendition,
    RosterRequest,
    ScreeningClaim,
    Submission,
    SubmissionVersion,
    Team,
    TeamMember,
    TeamOrganization,
    UnsentText,
    Upload,
)
from submissions.services.handing_over import end_offers
from submissions.services.roster import contact_after
from submissions.services.roster_requests import lapse_requests
from submissions.services.uploads import drop_uploads
from tracks.models import Competition

# Somebody waits for the outcome of an entry in one of these.
LIVE = (SubmissionStatus.SUBMITTED, SubmissionStatus.RETURNED, SubmissionStatus.ELIGIBLE)
NOBODY = "closed.invalid"


class SubmissionKeeper(Keeper):
    covers = frozenset(
        {
            *("submissions.TeamMember", "submissions.Invitation", "submissions.Organization", "submissions.Extension"),
            *("submissions.Upload", "submissions.Attachment", "submissions.SubmissionVersion", "submissions.Screening"),
            *("submissions.UndoneScreening", "submissions.ScreeningProposal", "submissions.Shortlisting"),
            *("submissions.ScreeningClaim", "submissions.ScreeningNote"),
            *("submissions.HandOver", "submissions.RosterRequest", "submissions.NearNote"),
            "submissions.RegisteredFile",
            *("submissions.LateAttempt", "submissions.LateDecision"),
            *("submissions.Comment", "submissions.Rendition", "submissions.UnsentText"),
            # Told with the entry that they stand in, and with the forms that somebody published.
            *("submissions.Answer", "submissions.AnswerRevision", "submissions.EntryFormVersion"),
        }
    )

    @property
    def sections(self) -> list[Section]:  # type: ignore[override]
        return [
            Section("teams", gettext_lazy("your teams"), kept.teams),
            Section("hand-overs", gettext_lazy("teams that were offered to you, or that you offered"), kept.hand_overs),
            Section(
                "roster-requests",
                gettext_lazy("changes of a team that you asked for, or that were about you"),
                kept.roster_requests,
            ),
            Section("contacts", gettext_lazy("where your teams name you as a contact person"), kept.contacts),
            Section("entries", gettext_lazy("entries of your teams, as they read now"), kept.entries),
            Section("versions", gettext_lazy("versions that you submitted, with their receipts"), kept.versions),
            Section("uploads", gettext_lazy("files that you uploaded"), kept.uploads),
            Section("uploads-coming", gettext_lazy("files that you began to send"), kept.uploads_coming),
            Section("registered", gettext_lazy("files that you registered by their SHA-256"), kept.registered),
            Section("comments", gettext_lazy("what you said to your team about its entries"), kept.comments),
            Section("renditions", gettext_lazy("entries that you had put on paper"), kept.renditions),
            Section("unsent", gettext_lazy("what you wrote too late to be saved"), kept.unsent),
            Section("forms", gettext_lazy("entry forms that you published"), kept.forms),
            Section("invitations-received", gettext_lazy("invitations to you"), kept.invitations_received),
            Section("invitations-sent", gettext_lazy("invitations that you sent"), kept.invitations_sent),
            Section("organizations", gettext_lazy("organizations that you entered"), kept.organizations),
            Section("screenings", gettext_lazy("entries that you screened"), kept.screenings),
            Section(
                "screenings-undone",
                gettext_lazy("decisions of screening that were taken back, by you or of yours"),
                kept.screenings_undone,
            ),
            Section(
                "rejections-proposed",
                gettext_lazy("rejections that you proposed, or looked at a second time"),
                kept.rejections_proposed,
            ),
            Section("shortlistings", gettext_lazy("entries that you shortlisted, or took off"), kept.shortlistings),
            Section("screening-notes", gettext_lazy("notes that you wrote on entries"), kept.screening_notes),
            Section("screening-claims", gettext_lazy("the entry that you are screening"), kept.screening_claims),
            Section("late-attempts", gettext_lazy("what you handed in after the end"), kept.late_attempts),
            Section(
                "late-decisions", gettext_lazy("what you decided about entries handed in late"), kept.late_decisions
            ),
            Section(
                "near-notes", gettext_lazy("entries that resemble each other, which you looked at"), kept.near_notes
            ),
            Section("extensions", gettext_lazy("extensions that you granted"), kept.extensions),
        ]

    def files(self, user: Any) -> Iterator[tuple[str, StoredFile]]:
        for attachment in kept.own_uploads(user).select_related("file").iterator(chunk_size=200):
            yield attachment.name, attachment.file

    def asks_document_number(self, user: Any) -> Iterable[str]:
        asking = Competition.objects.filter(asks_document_number=True, teams__members__user=user)
        return asking.values_list("name", flat=True).distinct()

    def hold(self, user: Any) -> None:
        """Whoever submits, joins or screens in these teams waits until the account is closed, or goes first."""
        own = Team.objects.filter(members__user=user).order_by("pk").values("pk")
        held = [team.pk for team in Team.objects.select_for_update(no_key=True).filter(pk__in=own).order_by("pk")]
        list(Submission.objects.select_for_update(no_key=True).filter(team__in=held).order_by("pk").values("pk"))
        about = RosterRequest.objects.open().filter(_addressed(user) | Q(person=user) | Q(team__in=held))
        list(about.select_for_update(no_key=True).order_by("pk").values("pk"))

    def duties(self, user: Any, *, now: datetime) -> Iterable[Duty]:
        for team in _captained(user, now):
            if team.people > 1:  # type: ignore[attr-defined]
                words = _("You are the captain of “%(team)s”. Hand the team over to another member first.")
            elif team.live:  # type: ignore[attr-defined]
                words = _("“%(team)s” has an entry in the competition. Withdraw it first, or wait until it is over.")
            else:
                continue
            yield Duty(words % {"team": team}, team.get_absolute_url())

    def occupied(self, now: datetime) -> Iterable[QuerySet[Any]]:
        over = Competition.objects.over_since(now).values("pk")
        yield TeamMember.objects.exclude(team__competition__in=over).values("user")

    def kept(self, user: Any) -> Iterable[Kept]:
        late = LateAttempt.objects.filter(submitted_by=user)
        if late.exists() or SubmissionVersion.objects.filter(submitted_by=user).exists():
            yield Kept(
                gettext_lazy("entries that you submitted, with their files and receipts"),
                gettext_lazy("they are the team's, and objections may refer to them"),
                gettext_lazy("as long as the competition's records"),
            )

    def erase(self, user: Any, *, now: datetime) -> None:
        drop_uploads(Upload.objects.filter(user=user))
        _forget_contacts(user)
        _leave_teams(user)
        _forget_invitations(user, now)
        _forget_requests(user)
        _forget_talk(user)
        UnsentText.objects.filter(user=user).delete()
        ScreeningClaim.objects.filter(user=user).delete()


def _captained(user: Any, now: datetime) -> QuerySet[Team]:
    """Teams that this person leads while the competition goes on: how many are in them, and what waits for an end."""
    own = TeamMember.objects.filter(user=user, role=MemberRole.CAPTAIN).values("team")
    going_on = Team.objects.filter(pk__in=own).exclude(competition__in=Competition.objects.over_since(now).values("pk"))
    return going_on.annotate(
        people=Count("members", distinct=True),
        live=Count("submissions", filter=Q(submissions__status__in=LIVE), distinct=True),
    ).order_by("pk")


def _leave_teams(user: Any) -> None:
    for member in TeamMember.objects.filter(user=user).select_related("team__competition").order_by("pk"):
        team = member.team
        if team.members.count() == 1:
            for draft in team.submissions.filter(status=SubmissionStatus.DRAFT).order_by("pk"):
                SUBMISSION_LIFECYCLE.apply(draft, "withdraw", actor=user, reason="account closed")
        # Those to or by whoever goes, and all of them once nobody is left.
        end_offers(team, actor=user, user=user.pk)
        if team.members.count() == 1:
            # Nobody is left who could be joined.
            lapse_requests(team.roster_requests.open(), actor=user)
        member.delete()
        before = {"member": user.pk, "role": member.role}
        audit.record("leave", team, actor=user, before=before, after=contact_after(member))


def _forget_contacts(user: Any) -> None:
    """Where it is this person; and whoever is named by a team in which nobody is left."""
    own = Team.objects.filter(members__user=user).values("pk")
    alone = Team.objects.filter(pk__in=own).annotate(people=Count("members")).filter(people=1).values("pk")
    for rows in (kept.named(user), TeamOrganization.objects.filter(team__in=list(alone.values_list("pk", flat=True)))):
        rows.update(contact_name="", contact_phone="")


def _forget_invitations(user: Any, now: datetime) -> None:
    """Those to this person's address, and open ones of teams in which nobody is left."""
    open_ones = Invitation.objects.filter(accepted_at=None, revoked_at=None)
    addressed = _addressed(user)
    open_ones.filter(addressed | Q(team__members=None, invited_by=user)).update(revoked_at=now)
    Invitation.objects.filter(addressed).update(email=f"{user.pk}@{NOBODY}")


def _addressed(user: Any) -> Q:
    """Rows whose ``email`` is one of this person's."""
    addressed = Q()
    for email in {user.email, *user.emailaddress_set.values_list("email", flat=True)}:
        addressed |= Q(email__iexact=email)
    return addressed


def _forget_requests(user: Any) -> None:
    """Those about whoever goes come to an end; what they said against one is theirs to take along."""
    addressed = _addressed(user)
    about = RosterRequest.objects.filter(addressed | Q(person=user))
    lapse_requests(about.open().select_related("team").order_by("pk"), actor=user)
    about.filter(addressed).update(email=f"{user.pk}@{NOBODY}")
    RosterRequest.objects.filter(person=user).update(objection="")


def _forget_talk(user: Any) -> None:
    """What was said stays the team's; by whom, nobody knows any more."""
    Comment.objects.filter(author=user).update(author=None)
    Comment.objects.filter(resolved_by=user).update(resolved_by=None)
    Rendition.objects.filter(requested_by=user).update(requested_by=None)
