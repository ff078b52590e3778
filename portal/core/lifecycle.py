"""A lifecycle is a table of moves, applied by one conditional UPDATE."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from portal.core import audit
from portal.core.errors import TransitionNotAllowed
from portal.core.people import Person

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Move:
    name: str
    sources: frozenset[str]
    target: str


def move(name: str, *, sources: Collection[str], target: str) -> Move:
    return Move(name, frozenset(sources), target)


class Lifecycle:
    """The moves of one model's ``status``; nothing else writes that column."""

    def __init__(self, *moves: Move):
        self.moves = {each.name: each for each in moves}

    def allows(self, instance: models.Model, name: str) -> bool:
        return instance.status in self.moves[name].sources  # type: ignore[attr-defined]

    def open_to(self, instance: models.Model) -> Iterable[str]:
        return [name for name in self.moves if self.allows(instance, name)]

    def apply(self, instance: M, name: str, *, actor: Person | None, reason: str = "", **changes: Any) -> M:
        """Move ``instance``, write ``changes`` with it and leave an audit line, or raise TransitionNotAllowed.

        The status we decided on is in the WHERE: of rivals who all read the same row, one wins.
        """
        previous = instance.status  # type: ignore[attr-defined]
        if not self.allows(instance, name):
            raise TransitionNotAllowed(_("This step isn't possible in the present state."))
        changes["status"] = self.moves[name].target
        same_state = type(instance)._base_manager.filter(pk=instance.pk, status=previous)
        # Without a savepoint: of a move whose line can't be written nothing may stay.
        with transaction.atomic(savepoint=False):
            is_moved = same_state.update(**changes) == 1
            if is_moved:
                for field, value in changes.items():
                    setattr(instance, field, value)
                audit.record(
                    name,
                    instance,
                    actor=actor,
                    before={"status": previous},
                    after={"status": self.moves[name].target},
                    reason=reason,
                )
        if not is_moved:
            raise TransitionNotAllowed
        return instance
