"""Who may act in judging. The rounds are run by those who run the whole competition."""

from __future__ import annotations

from typing import Any

from portal.core.people import Person
from tracks.rules import is_organizer


def runs(user: Person, round_: Any) -> bool:
    return is_organizer(user, round_.competition)


def is_its_judge(user: Person, assignment: Any) -> bool:
    return bool(user.is_active and assignment.judge.user_id == user.pk)


def owes_review(user: Person, assignment: Any) -> bool:
    """Is its judge, still takes part, and is not in the entry's own team."""
    return bool(type(assignment).objects.owed_by(user).filter(pk=assignment.pk).exists())


def is_entrant(user: Person, round_: Any) -> bool:
    """Is in a team with an entry in this round. Whatever else they may do, they don't decide about it."""
    return bool(type(round_).objects.entered_by(user).filter(pk=round_.pk).exists())
