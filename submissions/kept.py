"""What somebody's copy of their data says about teams, entries and what they did about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet

from portal.accounts.personal_data import Row, read
from submissions.models import (
    Attachment,
    Comment,
    EntryFormVersion,
    Extension,
    HandOver,
    Invitation,
    LateAttempt,
    LateDecision,
    NearNote,
    Organization,
    RegisteredFile,
    Rendition,
    RosterRequest,
    Screening,
    ScreeningClaim,
    ScreeningNote,
    ScreeningProposal,
    Shortlisting,
    Submission,
    SubmissionVersion,
    TeamMember,
    TeamOrganization,
    UndoneScreening,
    UnsentText,
    Upload,
)


def teams(user: Any) -> Iterator[Row]:
    """What the person's own line says; who else is in the team is about them."""
    rows = TeamMember.objects.filter(user=user).select_related("team__competition", "team__organization").order_by("pk")
    return read(
        rows,
        lambda row: {
            "competition": row.team.competition.name,
            "team": row.team.name,
            "organization": row.team.organization.name,
            "role": row.role,
            "duty": row.duty,
            "is_contact": row.is_contact,
            "joined_at": row.joined_at,
        },
    )


def hand_overs(user: Any) -> Iterator[Row]:
    """Who the other one is, is about them."""
    own = HandOver.objects.filter(Q(offered_by=user) | Q(offered_to=user)).select_related("team").order_by("pk")
    return read(
        own,
        lambda row: {
            "team": row.team.name,
            "offered_by_you": row.offered_by_id == user.pk,
            "state": row.status,
            "offered_at": row.offered_at,
            "settled_at": row.settled_at,
        },
    )


def roster_requests(user: Any) -> Iterator[Row]:
    """Whom somebody else's request is about, and what they said to it, is about them."""
    own = RosterRequest.objects.filter(Q(requested_by=user) | Q(person=user)).select_related("team").order_by("pk")
    return read(
        own,
        lambda row: {
            "team": row.team.name,
            "change": row.change,
            "about_you": row.person_id == user.pk,
            "reason": row.reason if row.requested_by_id == user.pk else "",
            "objection": row.objection if row.person_id == user.pk else "",
            "state": row.status,
            "requested_at": row.requested_at,
            "settled_at": row.settled_at,
            "answer": row.answer,
        },
    )


def named(user: Any) -> QuerySet[TeamOrganization]:
    """Partners of their own teams that name them as whom to call: by number, for names are many people's."""
    own = TeamMember.objects.filter(user=user).values("team")
    rows = TeamOrganization.objects.filter(team__in=own).exclude(contact_phone="")
    return rows.filter(contact_phone=user.phone)


def contacts(user: Any) -> Iterator[Row]:
    rows = named(user).select_related("team", "organization").order_by("pk")
    return read(
        rows,
        lambda row: {
            "team": row.team.name,
            "organization": row.organization.name,
            "name": row.contact_name,
            "phone": row.contact_phone,
        },
    )


def entries(user: Any) -> Iterator[Row]:
    rows = Submission.objects.of_member(user).select_related("topic__track", "team").order_by("pk")
    rows = rows.prefetch_related("answers")
    return read(
        rows,
        lambda row: {
            "team": row.team.name,
            "track": row.topic.track.number,
            "topic": row.topic.title,
            "number": row.number,
            "status": row.status,
            "title": row.title,
            "answers": {answer.key: answer.value for answer in row.answers.all()},
            "begun_at": row.created_at,
            "submitted_at": row.submitted_at,
        },
    )


def versions(user: Any) -> Iterator[Row]:
    """Whoever has left a team still did submit, but what it said is no longer theirs to read."""
    rows = SubmissionVersion.objects.filter(submitted_by=user).select_related("submission", "receipt").order_by("pk")
    teams = set(TeamMember.objects.filter(user=user).values_list("team_id", flat=True))
    return read(
        rows,
        lambda row: {
            "number": row.submission.number,
            "version": row.number,
            "submitted_at": row.created_at,
            "form_sha256": row.form_sha256,
            **({"form": row.form, "files": row.receipt.files} if row.submission.team_id in teams else {}),
        },
    )


def registered(user: Any) -> Iterator[Row]:
    rows = RegisteredFile.objects.filter(registered_by=user).select_related("submission").order_by("pk")
    return read(
        rows,
        lambda row: {
            "number": row.submission.number,
            "name": row.name,
            "size": row.size,
            "sha256": row.sha256,
            "registered_at": row.registered_at,
            "followed_at": row.followed_at,
        },
    )


def uploads(user: Any) -> Iterator[Row]:
    rows = own_uploads(user).select_related("file", "submission").order_by("pk")
    return read(
        rows,
        lambda row: {
            "entry": row.submission.number,
            "name": row.name,
            "sha256": row.file.sha256,
            "size": row.file.size,
            "uploaded_at": row.created_at,
            "replaced_at": row.replaced_at,
        },
    )


def uploads_coming(user: Any) -> Iterator[Row]:
    rows = Upload.objects.filter(user=user).order_by("pk")
    return read(rows, lambda row: {"name": row.name, "size": row.size, "begun_at": row.created_at, "state": row.state})


def own_uploads(user: Any) -> QuerySet[Attachment]:
    """Their own, in teams they are still in."""
    return Attachment.objects.filter(uploaded_by=user, submission__team__members__user=user).order_by("pk")


def comments(user: Any) -> Iterator[Row]:
    """Their own words; what the others said is about them."""
    rows = Comment.objects.filter(author=user).select_related("submission").order_by("pk")
    return read(
        rows,
        lambda row: {
            "entry": row.submission.number,
            "section": row.section,
            "text": row.text,
            "written_at": row.at,
            "changed_at": row.edited_at,
            "resolved_at": row.resolved_at,
        },
    )


def renditions(user: Any) -> Iterator[Row]:
    rows = Rendition.objects.filter(requested_by=user).select_related("submission", "version").order_by("pk")
    return read(
        rows,
        lambda row: {
            "entry": row.submission.number,
            "version": row.version.number if row.version else None,
            "kind": row.kind,
            "edition": row.edition,
            "requested_at": row.requested_at,
        },
    )


def invitations_received(user: Any) -> Iterator[Row]:
    verified = user.emailaddress_set.filter(verified=True).values_list("email", flat=True)
    rows = Invitation.objects.filter(email__in=[email.lower() for email in verified]).select_related("team")
    return read(
        rows.order_by("pk"),
        lambda row: {
            "team": row.team.name,
            "sent_at": row.created_at,
            "accepted_at": row.accepted_at,
            "revoked_at": row.revoked_at,
        },
    )


def invitations_sent(user: Any) -> Iterator[Row]:
    """To whom is about them."""
    rows = Invitation.objects.filter(invited_by=user).select_related("team").order_by("pk")
    return read(rows, lambda row: {"team": row.team.name, "sent_at": row.created_at, "accepted_at": row.accepted_at})


def organizations(user: Any) -> Iterator[Row]:
    yield from Organization.objects.filter(created_by=user).order_by("pk").values("code", "name", "created_at")


def unsent(user: Any) -> Iterator[Row]:
    rows = UnsentText.objects.filter(user=user).order_by("pk")
    yield from rows.values("submission__title", "key", "value", "created_at")


def forms(user: Any) -> Iterator[Row]:
    rows = EntryFormVersion.objects.filter(published_by=user).order_by("pk")
    yield from rows.values("form__competition__name", "number", "reason", "created_at")


def screenings(user: Any) -> Iterator[Row]:
    rows = Screening.objects.filter(Q(decided_by=user) | Q(proposed_by=user))
    rows = rows.select_related("version__submission").order_by("pk")
    return read(
        rows,
        lambda row: {
            "entry": row.version.submission.number,
            "version": row.version.number,
            "outcome": row.outcome,
            "decided_at": row.decided_at,
        },
    )


def screenings_undone(user: Any) -> Iterator[Row]:
    rows = UndoneScreening.objects.filter(Q(decided_by=user) | Q(undone_by=user)).order_by("pk")
    yield from rows.values(
        "version__submission__number", "version__number", "outcome", "decided_at", "undone_at", "why_undone"
    )


def rejections_proposed(user: Any) -> Iterator[Row]:
    rows = ScreeningProposal.objects.filter(Q(proposed_by=user) | Q(answered_by=user)).order_by("pk")
    yield from rows.values(
        "version__submission__number", "version__number", "status", "proposed_at", "answered_at", "answer"
    )


def shortlistings(user: Any) -> Iterator[Row]:
    """What they did about the shortlist."""
    rows = Shortlisting.objects.filter(Q(made_by=user) | Q(announced_by=user) | Q(undone_by=user)).order_by("pk")
    yield from rows.values("submission__number", "made_at", "announced_at", "undone_at", "why_undone")


def screening_notes(user: Any) -> Iterator[Row]:
    rows = ScreeningNote.objects.filter(author=user).order_by("pk")
    yield from rows.values("submission__number", "text", "created_at")


def screening_claims(user: Any) -> Iterator[Row]:
    rows = ScreeningClaim.objects.filter(user=user).order_by("pk")
    yield from rows.values("submission__number", "claimed_at", "expires_at")


def late_attempts(user: Any) -> Iterator[Row]:
    """As with versions: what it said is the team's to read."""
    rows = LateAttempt.objects.filter(submitted_by=user).select_related("submission").order_by("pk")
    teams = set(TeamMember.objects.filter(user=user).values_list("team_id", flat=True))
    return read(
        rows,
        lambda row: {
            "number": row.submission.number,
            "received_at": row.received_at,
            "form_sha256": row.form_sha256,
            **({"form": row.form, "files": row.files} if row.submission.team_id in teams else {}),
        },
    )


def late_decisions(user: Any) -> Iterator[Row]:
    rows = LateDecision.objects.filter(decided_by=user).order_by("pk")
    yield from rows.values("attempt__submission__number", "outcome", "decided_at")


def extensions(user: Any) -> Iterator[Row]:
    yield from Extension.objects.filter(granted_by=user).order_by("pk").values("kind", "closes_at", "granted_at")


def near_notes(user: Any) -> Iterator[Row]:
    """Which entries they were about is said by number alone."""
    rows = NearNote.objects.filter(author=user).order_by("pk")
    yield from rows.values("pair__first__number", "pair__second__number", "text", "at")
