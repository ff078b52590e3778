"""What of a version is compared with others: its longer texts."""

from __future__ import annotations

from typing import NamedTuple

from submissions.asked import definition_answered
from submissions.enums import SectionKind
from submissions.models import SubmissionVersion
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
