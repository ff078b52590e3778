"""How long submissions keeps what nobody needs any more."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import IdentityDocument
from portal.accounts.policies import Held, Policy, register
from portal.accounts.services.identity import delete_document
from submissions.enums import RosterChange, RosterRequestStatus, SubmissionStatus
from submissions.models import (
    Invitation,
    LateAttempt,
    Rendition,
    RosterRequest,
    Submission,
    TeamMember,
    TeamOrganization,
)
from tracks.models import Competition

NOBODY = "closed.invalid"
UNSUBMITTED = (SubmissionStatus.DRAFT, SubmissionStatus.WITHDRAWN)


def drafts(cutoff: datetime) -> QuerySet[Any]:
    over = Competition.objects.over_since(cutoff)
    return _unsubmitted().filter(team__competition__in=over.values("pk"))


def _unsubmitted() -> QuerySet[Any]:
    """Neither in time nor late: what was handed in after the end stays on record."""
    late = LateAttempt.objects.filter(submission=OuterRef("pk"))
    return Submission.objects.filter(~Exists(late), number="", status__in=UNSUBMITTED)


def delete_draft(draft: Submission) -> None:
    """What has been submitted in the meantime, under a late extension say, is no draft any more."""
    rows = _unsubmitted().select_for_update().filter(pk=draft.pk)
    found = rows.first()
    if found is None:
        raise Held
    found.delete()


def settled_invitations(cutoff: datetime) -> QuerySet[Any]:
    settled = Q(accepted_at__lt=cutoff) | Q(revoked_at__lt=cutoff)
    expired = Q(accepted_at=None, revoked_at=None, expires_at__lt=cutoff)
    return Invitation.objects.filter(settled | expired)


def delete_invitation(row: Invitation) -> None:
    row.delete()


def addresses_of_requests(cutoff: datetime) -> QuerySet[Any]:
    """Of people who were asked to join and didn't."""
    came_to_nothing = RosterRequest.objects.filter(change=RosterChange.ADD, settled_at__lt=cutoff)
    return came_to_nothing.exclude(status=RosterRequestStatus.APPROVED).exclude(email__endswith=f"@{NOBODY}")


def forget_address(request: RosterRequest) -> None:
    RosterRequest.objects.filter(pk=request.pk).update(email=f"request{request.pk}@{NOBODY}")


def document_numbers(cutoff: datetime) -> QuerySet[Any]:
    """Of people for whom no competition asks that is under way or over for less than that."""
    over = Competition.objects.over_since(cutoff)
    needed = TeamMember.objects.filter(user=OuterRef("user"), team__competition__asks_document_number=True)
    needed = needed.exclude(team__competition__in=over.values("pk"))
    return IdentityDocument.objects.filter(~Exists(needed), saved_at__lt=cutoff)


def forget_number(document: IdentityDocument) -> None:
    delete_document(document.user, actor=None, reason="retention")


def old_renditions(cutoff: datetime) -> QuerySet[Any]:
    return Rendition.objects.filter(requested_at__lt=cutoff)


def delete_rendition(row: Rendition) -> None:
    """Its file goes with the next sweep, unless others have the same bytes. Who draws it just now finds it gone."""
    row.delete()


def partner_contacts(cutoff: datetime) -> QuerySet[Any]:
    over = Competition.objects.over_since(cutoff)
    return TeamOrganization.objects.exclude(contact_name="").filter(team__competition__in=over.values("pk"))


def forget_contact(row: TeamOrganization) -> None:
    TeamOrganization.objects.filter(pk=row.pk).update(contact_name="", contact_phone="")


register(
    Policy(
        "drafts",
        _("drafts that were never submitted"),
        _("from the end of the competition's last stage. The draft is deleted."),
        180,
        drafts,
        delete_draft,
    )
)
register(
    Policy(
        "invitations",
        _("invitations that were accepted, revoked or have expired"),
        _("from that moment. The invitation with its e-mail address is deleted; who is in a team stays."),
        90,
        settled_invitations,
        delete_invitation,
    )
)
register(
    Policy(
        "roster_addresses",
        _("addresses of people who were asked to join a team and did not"),
        _("from the end of the request. The address is deleted; that there was a request stays."),
        90,
        addresses_of_requests,
        forget_address,
    )
)
register(
    Policy(
        "document_numbers",
        _("document numbers"),
        _("from the end of the last stage of the last competition that asks for them. The number is deleted."),
        180,
        document_numbers,
        forget_number,
    )
)
register(
    Policy(
        "renditions",
        _("entries put on paper (PDF and Word)"),
        _("from when somebody asked for them. The document is deleted; whoever asks again gets it made anew."),
        30,
        old_renditions,
        delete_rendition,
    )
)
register(
    Policy(
        "partner_contacts",
        _("contact persons of partner organizations"),
        _("from the end of the competition's last stage. Name and phone number are deleted."),
        180,
        partner_contacts,
        forget_contact,
    )
)
