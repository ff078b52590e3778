"""One way for mail to leave: plain text, headers without line breaks, an id that follows from its key."""

from __future__ import annotations

import hashlib
import smtplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.utils import translation

from portal.core.failpoints import failpoint


def render(template: str, context: dict[str, object]) -> tuple[str, str]:
    """Subject (the first line) and body of a mail template, in the portal's own language."""
    with translation.override(settings.LANGUAGE_CODE):
        text = render_to_string(template, {"site_name": settings.SITE_NAME, **context})
    subject, _newline, body = text.strip().partition("\n")
    return " ".join(subject.split()), body.strip() + "\n"


def address(path: str) -> str:
    """The full address of ``path``, always on the portal's own host."""
    return settings.CANONICAL_URL + path


class _Kept(threading.local):
    line: Any = None


_kept = _Kept()


@contextmanager
def one_line() -> Iterator[None]:
    """What this thread sends meanwhile goes over one line to the mail server, opened for the first mail."""
    _kept.line = get_connection()
    try:
        yield
    finally:
        _hang_up(_kept.line)
        _kept.line = None


def send(*, key: str, to: str, subject: str, body: str) -> None:
    """Send now. A mail that goes out twice after a crash has the same Message-ID both times."""
    host = urlsplit(settings.CANONICAL_URL).hostname or "localhost"
    message_id = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{host}>"
    _hand_over(EmailMessage(subject, body, to=[to], headers={"Message-ID": message_id}, connection=_kept.line))
    failpoint("smtp_accepted_before_mark")


def _hand_over(message: EmailMessage) -> None:
    line = message.connection
    if line is None:
        message.send()
        return
    try:
        if line.open() is False and not _is_heard(line):
            # A server may hang up between two mails whenever it likes, after a hundred of them, say.
            _hang_up(line)
            line.open()
        # Once: a server that falls silent in the middle of a mail may have taken it.
        message.send()
    except Exception:
        # After half a mail, whatever came next would be taken for its other half.
        _hang_up(line)
        raise


def _is_heard(line: Any) -> bool:
    """Whether the mail server is still there, as far as this kind of line can tell."""
    server = getattr(line, "connection", None)
    if not isinstance(server, smtplib.SMTP):
        return True
    try:
        return server.noop()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False


def _hang_up(line: Any) -> None:
    with suppress(smtplib.SMTPException, OSError):
        line.close()
