"""What teams are told by mail. Each is written when it is sent, from what is true then."""

from __future__ import annotations

import re
from typing import Any

from django.urls import reverse

from portal.notifications import mail
from submissions.links import invitation_path
from submissions.models import Extension, Invitation, Receipt, Screening, Submission

HOST = re.compile(r"(?<=[A-Za-z0-9])\.(?=[A-Za-z]{2})")


def plain(name: object) -> str:
    """A name that somebody chose, such that no mail program makes a link of it in a mail from us."""
    return HOST.sub("．", str(name)).replace("://", "：//").replace("@", "＠")


def invitation(row: Invitation, *, key: str) -> None:
    context = {
        "team": plain(row.team.name),
        "organization": plain(row.team.organization.name),
        "competition": row.team.competition.name,
        "inviter": plain(row.invited_by.full_name),
        "expires_at": row.expires_at,
        "url": mail.address(invitation_path(row)),
    }
    _send("invitation", context, to=row.email, key=key)


def submitted(receipt: Receipt, user: Any, *, key: str) -> None:
    version = receipt.version
    context = {
        **_of(version.submission),
        "title": plain(version.title),
        "version": version.number,
        "receipt": receipt,
        "form_sha256": version.form_sha256,
        "files": [{**each, "name": plain(each["name"])} for each in receipt.files],
        "receipt_url": mail.address(receipt.get_absolute_url()),
    }
    _send("submitted", context, to=user.email, key=key)


def withdrawn(submission: Submission, user: Any, *, key: str) -> None:
    _send("withdrawn", _of(submission), to=user.email, key=key)


def screened(screening: Screening, user: Any, *, key: str) -> None:
    version = screening.version
    context = {**_of(version.submission), "version": version.number, "screening": screening}
    _send("screened", context, to=user.email, key=key)


def extended(extension: Extension, user: Any, *, key: str) -> None:
    context = {
        "extension": extension,
        "team": plain(extension.team.name),
        "competition": extension.team.competition.name,
        "url": mail.address(extension.team.get_absolute_url()),
    }
    _send("extended", context, to=user.email, key=key)


def _of(submission: Submission) -> dict[str, object]:
    return {
        "title": plain(submission.title),
        "number": submission.number,
        "competition": submission.team.competition.name,
        "url": mail.address(reverse("submissions:submission", args=[submission.public_id])),
    }


def _send(name: str, context: dict[str, object], *, to: str, key: str) -> None:
    subject, body = mail.render(f"submissions/emails/{name}.txt", context)
    mail.send(key=key, to=to, subject=subject, body=body)
