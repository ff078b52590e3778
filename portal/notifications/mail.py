"""One way for mail to leave: plain text, headers without line breaks, an id that follows from its key."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
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


def send(*, key: str, to: str, subject: str, body: str) -> None:
    """Send now. A mail that goes out twice after a crash has the same Message-ID both times."""
    host = urlsplit(settings.CANONICAL_URL).hostname or "localhost"
    message_id = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{host}>"
    EmailMessage(subject, body, to=[to], headers={"Message-ID": message_id}).send()
    failpoint("smtp_accepted_before_mark")
