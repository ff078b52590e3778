"""What the actions of the audit trail are called, and which things in it have a name. Each app says it for its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db import models

# "tracks.topic.revise" -> words; the object's type and the action.
WORDS: dict[str, Any] = {}
# "submissions.submission" -> the relations that its name is read from.
NAMED: dict[str, tuple[str, ...]] = {}
# "submissions.organization.size" -> words, where a value means something else there than in most lines.
VALUES: dict[str, Any] = {}


def describe(
    words: Mapping[str, Any],
    *,
    named: Mapping[str, tuple[str, ...]] | None = None,
    values: Mapping[str, Any] | None = None,
) -> None:
    """Add an app's words, the types whose rows may be named and linked where the reader can see them, and what values
    of a type are called that others call something else.
    """
    WORDS.update(words)
    NAMED.update(named or {})
    VALUES.update(values or {})


def words_for(object_type: str, action: str) -> str:
    return str(WORDS.get(f"{object_type}.{action}", action))


def type_words(object_type: str) -> str:
    """What the kind of thing is called; a type that is gone keeps its name in code."""
    model = model_of(object_type)
    return str(model._meta.verbose_name) if model else object_type


def model_of(object_type: str) -> type[models.Model] | None:
    try:
        return apps.get_model(object_type)
    except (LookupError, ValueError):
        return None


def choices(prefixes: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Every action with its words, for a filter; only of the apps named, when any is."""
    shown = {key: str(words) for key, words in WORDS.items() if not prefixes or key.startswith(prefixes)}
    return sorted(shown.items(), key=lambda pair: (pair[0].rpartition(".")[0], pair[1]))
