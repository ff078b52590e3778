"""Where mails go when the portal runs on one machine: files in a folder, and a page that shows them."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

SHOWN = 200


class MailboxBackend(BaseEmailBackend):
    """Writes each message to a file of its own; the name sorts by time."""

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            path = folder / f"{time.time_ns()}-{os.urandom(4).hex()}"
            path.with_suffix(".part").write_bytes(message.message().as_bytes())
            path.with_suffix(".part").rename(path.with_suffix(".eml"))
        return len(email_messages)


@dataclass(frozen=True)
class Letter:
    name: str
    sent_at: datetime
    to: str
    subject: str
    body: str


@never_cache
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """The latest letters, newest first, and the one that is open; with ``?to=`` those to one address."""
    wanted = request.GET.get("to", "")
    letters = [_read(path) for path in _paths()[:SHOWN]]
    shown = [letter for letter in letters if wanted.lower() in letter.to.lower()]
    opened = next((letter for letter in shown if letter.name == request.GET.get("letter")), next(iter(shown), None))
    return render(request, "notifications/mailbox.html", {"letters": shown, "opened": opened, "wanted": wanted})


def _folder() -> Path:
    if settings.MAILBOX_DIR is None:
        raise Http404
    return settings.MAILBOX_DIR


def _paths() -> list[Path]:
    return sorted(_folder().glob("*.eml"), reverse=True)


def _read(path: Path) -> Letter:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    body = message.get_body(("plain",))
    sent_at = datetime.fromtimestamp(int(path.name.split("-")[0]) / 1e9, tz=timezone.get_default_timezone())
    text = body.get_content() if body is not None else ""
    return Letter(path.stem, sent_at, str(message["To"]), str(message["Subject"]), text)
