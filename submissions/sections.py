"""What the parts of an entry's form are called, for whoever knows them by their keys only."""

from __future__ import annotations

from collections.abc import Mapping

from submissions.asked import definition_of
from submissions.definition import FormDefinition
from submissions.models import Submission


def section_titles(submission: Submission, definition: FormDefinition | None = None) -> Mapping[str, str]:
    """By key, in the order of the form; its files, too, may be talked about. No query where the form is at hand."""
    definition = definition or definition_of(submission)
    titles = {section.key: str(section.title) for section in definition.sections}
    return titles | {slot.anchor: str(slot.title) for slot in definition.slots}
