"""What the outbox asks of this app. A row that is gone, or no longer true, is let pass in silence."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from portal.notifications.registry import handles
from submissions import mail
from submissions.enums import SubmissionStatus
from submissions.models import Extension, Invitation, Receipt, Screening, Submission

OF_ENTRY = "submission__team__competition"


@handles("submissions.invitation")
def send_invitation(*, key: str, invitation: int) -> None:
    rows = Invitation.objects.pending(timezone.now())
    row = rows.select_related("team__competition", "team__organization", "invited_by").filter(pk=invitation).first()
    if row is not None:
        mail.invitation(row, key=key)


@handles("submissions.submitted")
def send_submitted(*, key: str, about: int, user: int) -> None:
    receipt = Receipt.objects.select_related(f"version__{OF_ENTRY}").filter(pk=about).first()
    if receipt and (person := _member(receipt.version.submission, user)):
        mail.submitted(receipt, person, key=key)


@handles("submissions.withdrawn")
def send_withdrawn(*, key: str, about: int, user: int) -> None:
    withdrawn = Submission.objects.filter(status=SubmissionStatus.WITHDRAWN)
    submission = withdrawn.select_related("team__competition").filter(pk=about).first()
    if submission and (person := _member(submission, user)):
        mail.withdrawn(submission, person, key=key)


@handles("submissions.screened")
def send_screened(*, key: str, about: int, user: int) -> None:
    screening = Screening.objects.select_related(f"version__{OF_ENTRY}").filter(pk=about).first()
    if screening and (person := _member(screening.version.submission, user)):
        mail.screened(screening, person, key=key)


@handles("submissions.extended")
def send_extended(*, key: str, about: int, user: int) -> None:
    extension = Extension.objects.live().select_related("team__competition").filter(pk=about).first()
    if extension and (person := _in_team(extension.team_id, user)):
        mail.extended(extension, person, key=key)


def _member(submission: Submission, user: int) -> Any:
    return _in_team(submission.team_id, user)


def _in_team(team: int, user: int) -> Any:
    """Whoever has left the team meanwhile is told nothing."""
    people = get_user_model().objects.filter(pk=user, is_active=True)
    return people.filter(memberships__team=team).first()
