"""One world for all questions: two public competitions, one in preparation, entries and rounds in every state.

Each word that somebody might not be meant to read is a canary of its own (``tests.visibility.canaries``).
"""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from portal.core.templatetags.ui import BEIJING
from tests.visibility.asking import Answer, Door
from tests.visibility.canaries import Canaries

NOW = datetime(2026, 6, 15, 10, tzinfo=BEIJING)


class World(SimpleNamespace):
    """Rows by name. ``users`` and ``sessions`` are by actor."""

    canaries: Canaries
    users: dict[str, Any]
    sessions: dict[str, str]
    door: Door

    def find(self, path: str) -> Any:
        """What ``submitted.public_id`` stands for; ``=tracks`` stands for itself."""
        if path.startswith("="):
            return path[1:]
        found: Any = self
        for name in path.removeprefix("+").split("."):
            found = found[name] if isinstance(found, dict) else getattr(found, name)
        return found

    def person(self, actor: str) -> Any:
        return self.users.get(actor) or AnonymousUser()

    def ask(self, actor: str, method: str, address: str, data: Any = None, **headers: str) -> Answer:
        """Whatever the question does is undone, so that the next one finds the same world.

        Sessions are made once: signing in anew for each question would cost most of the time.
        """
        with transaction.atomic():
            answer = self.door.ask(self.sessions.get(actor, ""), method, address, data, **headers)
            transaction.set_rollback(True)
        return answer

    def get(self, actor: str, address: str) -> Answer:
        """Asked once: nothing that a question does stays."""
        known = self.__dict__.setdefault("answers", {})
        if (actor, address) not in known:
            known[actor, address] = self.ask(actor, "GET", address)
        return known[actor, address]


def build() -> World:
    from tests.visibility.world import competitions, entries, judging, people, trail

    world = World(canaries=Canaries(), users={}, sessions={}, door=Door())
    people.register(world)
    competitions.add(world)
    people.appoint(world)
    entries.add(world)
    judging.add(world)
    competitions.add_guides(world)
    trail.add(world)
    people.sign_in(world)
    return world
