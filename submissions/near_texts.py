"""What of a version is compared with others: its longer texts, without what the form and the topic say themselves."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from submissions.asked import definition_answered
from submissions.definition import FormDefinition
from submissions.enums import SectionKind
from submissions.models import SubmissionVersion
from submissions.near.sketch import Hashes, all_hashes
from submissions.near.words import fold
from submissions.values import as_text

COMPARED = {SectionKind.TEXT, SectionKind.LONG_TEXT, SectionKind.ROWS}


class Words(NamedTuple):
    """What one section says."""

    key: str
    title: str
    text: str


def words_of(version: SubmissionVersion) -> list[Words]:
    """In the form's order; sections that say nothing are left out."""
    found = []
    for section in definition_answered(version).sections:
        if section.kind in COMPARED:
            text = as_text(section, version.answers.get(section.key))
            if text.strip():
                found.append(Words(section.key, str(section.title), text))
    return found


def texts_of(version: SubmissionVersion) -> dict[str, str]:
    return {words.key: words.text for words in words_of(version)}


def folded_texts(version: SubmissionVersion) -> dict[str, str]:
    return {words.key: fold(words.text) for words in words_of(version)}


def said_by_all(version: SubmissionVersion) -> Hashes:
    """Runs that the form and the topic bring in: whoever quotes them copies nobody."""
    topic = version.topic_revision
    return _hashes_of((topic.title, topic.body, *_printed(definition_answered(version))))


@lru_cache(maxsize=512)
def _hashes_of(texts: tuple[str, ...]) -> Hashes:
    """Many entries answer the same topic in the same form."""
    return all_hashes(fold(text) for text in texts)


def _printed(definition: FormDefinition) -> Iterator[str]:
    for section in definition.sections:
        yield from (str(section.title), str(section.hint), section.group)
        labelled: list[Any] = [*section.options, *section.columns]
        yield from (each.label for each in labelled)
