"""The columns of a table of topics. A heading is known in every language that the portal speaks."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import pgettext_lazy

from tracks.enums import TopicStatus


class Column(StrEnum):
    """The value is its name where programs read it."""

    TRACK_NUMBER = "track_number"
    TRACK_NAME = "track_name"
    TOPIC_NUMBER = "topic_number"
    TOPIC_TITLE = "topic_title"
    TOPIC_TEXT = "topic_text"
    STATE = "state"
    REVISION = "revision"
    REVISED_AT = "revised_at"


NEEDED = (Column.TRACK_NUMBER, Column.TRACK_NAME, Column.TOPIC_NUMBER, Column.TOPIC_TITLE, Column.TOPIC_TEXT)
HEADINGS = {
    Column.TRACK_NUMBER: pgettext_lazy("column", "Track number"),
    Column.TRACK_NAME: pgettext_lazy("column", "Track name"),
    Column.TOPIC_NUMBER: pgettext_lazy("column", "Topic number"),
    Column.TOPIC_TITLE: pgettext_lazy("column", "Topic title"),
    Column.TOPIC_TEXT: pgettext_lazy("column", "Topic text"),
    Column.STATE: pgettext_lazy("column", "State"),
    Column.REVISION: pgettext_lazy("column", "Revision"),
    Column.REVISED_AT: pgettext_lazy("column", "Revised at"),
}


def heading(column: Column) -> str:
    return str(HEADINGS[column])


def column_of(name: str) -> Column | None:
    """The column that a heading or a program's name for it means."""
    return _known().get(_folded(name))


def says_withdrawn(state: str) -> bool:
    return _folded(state) in _withdrawn()


@cache
def _known() -> dict[str, Column]:
    known = {_folded(column): column for column in Column}
    return known | {name: column for column, words in HEADINGS.items() for name in _in_every_language(words)}


@cache
def _withdrawn() -> frozenset[str]:
    return frozenset({TopicStatus.WITHDRAWN.value, *_in_every_language(TopicStatus.WITHDRAWN.label)})


def _in_every_language(words: Any) -> Iterator[str]:
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            yield _folded(str(words))


def _folded(name: str) -> str:
    """Full-width letters, capitals, spaces and underscores don't matter."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().replace("_", " ").split())
