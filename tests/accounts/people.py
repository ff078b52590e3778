"""Who acts in the tests of this app."""

from __future__ import annotations

from typing import Any

from django.test import Client

from portal.core.models import AuditEntry
from tests.factories.accounts import PASSWORD, SiteAdminFactory


def client_for(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def signed_in(user: Any) -> Client:
    """With a password, a moment ago: what asks for it again is content."""
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def acted_for(user: Any) -> Client:
    """The browser of a site admin who acts for ``user``."""
    client = client_for(user)
    session = client.session
    session["hijack_history"] = [str(SiteAdminFactory().pk)]
    session.save()
    return client


def deeds(user: Any) -> list[str]:
    """What the audit trail says this person did, in order."""
    return list(AuditEntry.objects.filter(actor_id=user.pk).order_by("pk").values_list("action", flat=True))
