from __future__ import annotations

from portal.notifications import mail
from portal.notifications.registry import handles


@handles("mail")
def send_mail(*, key: str, to: str, subject: str, body: str) -> None:
    mail.send(key=key, to=to, subject=subject, body=body)


@handles("mail.secret", is_secret=True)
def send_secret_mail(*, key: str, to: str, subject: str, body: str) -> None:
    mail.send(key=key, to=to, subject=subject, body=body)
