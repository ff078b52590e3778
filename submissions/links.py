"""The link in an invitation's mail: its public id and our signature, so that nothing secret is kept."""

from __future__ import annotations

import uuid

from django.core import signing
from django.urls import reverse

from submissions.models import Invitation

SIGNER = "submissions.invitation"


def invitation_path(invitation: Invitation) -> str:
    signature = signing.Signer(salt=SIGNER).signature(str(invitation.public_id))
    return reverse("submissions:invitation_link", args=[invitation.public_id, signature])


def is_signed(public_id: uuid.UUID, signature: str) -> bool:
    try:
        signing.Signer(salt=SIGNER).unsign(f"{public_id}:{signature}")
    except signing.BadSignature:
        return False
    return True
