"""Sessions as Django keeps them; every request of somebody signed in asks for one, so the question is prepared."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from portal.core.prepared import Given, Prepared


class SessionStore(db.SessionStore):
    """Under the name that Django's own has: it is part of what a session is signed with."""

    def load(self) -> dict[str, Any]:
        kept = _kept().first(key=self.session_key, now=timezone.now())
        if kept is None:
            self._session_key = None
            return {}
        return dict(self.decode(kept))


CHUNK = 1000


def clear_expired() -> int:
    """Delete what no session needs any more, a chunk at a time; returns how many there were."""
    expired, count = Session.objects.filter(expire_date__lt=timezone.now()), 0
    while keys := list(expired.values_list("session_key", flat=True)[:CHUNK]):
        count += expired.filter(session_key__in=keys).delete()[0]
    return count


@cache
def _kept() -> Prepared[str]:
    key: Any = Given("key", CharField())
    now: Any = Given("now", DateTimeField())
    rows = Session.objects.filter(session_key=key, expire_date__gt=now).order_by()
    return Prepared(rows.values_list("session_data", flat=True))
