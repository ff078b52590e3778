"""Who of a team is in an entry just now, and in which section. Kept in the cache alone: it is true for seconds."""

from __future__ import annotations

import logging
from typing import Any, NamedTuple

from django.core.cache import cache

logger = logging.getLogger(__name__)

EXPIRES_AFTER = 45


class Present(NamedTuple):
    name: str
    section: str


def note(entry: int, user: int, section: str) -> None:
    """``user`` is in ``section``. Everybody has a key of their own, so that no two processes write the same one."""
    _try(cache.set, _key(entry, user), section, timeout=EXPIRES_AFTER)


def leave(entry: int, user: int) -> None:
    _try(cache.delete, _key(entry, user))


def others(entry: int, members: dict[int, str], *, but: int) -> list[Present]:
    """The other ``members`` (names by key) who are there now, in their order."""
    keys = {_key(entry, user): name for user, name in members.items() if user != but}
    found: dict[str, str] = _try(cache.get_many, list(keys)) or {}
    return [Present(name, found[key]) for key, name in keys.items() if key in found]


def _key(entry: int, user: int) -> str:
    return f"presence:{entry}:{user}"


def _try(step: Any, *arguments: Any, **keywords: Any) -> Any:
    """Without the cache nobody is seen, and the page goes on."""
    try:
        return step(*arguments, **keywords)
    except Exception as error:  # noqa: BLE001 - each cache raises its own kind
        logger.warning("presence is unknown: %s", type(error).__name__)
        return None
