"""What judging carries out from the outbox."""

from __future__ import annotations

from judging.services.certificates import KIND, issue_certificate
from portal.notifications.registry import handles


@handles(KIND)
def issue(*, key: str, certificate_id: int) -> None:
    issue_certificate(certificate_id)
