"""What the portal checks on its own about what was submitted: after the submit, never on its way."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.core.errors import Unavailable
from portal.core.models import StoredFile
from portal.notifications.models import Outbox
from submissions import afterwards
from submissions.asked import definition_answered, definition_of
from submissions.codes import validate_credit_code
from submissions.completeness import Draft
from submissions.definition import TITLE_KEY, FormDefinition, Slot
from submissions.enums import InspectionState, SectionKind, SlotKind, SubmissionStatus
from submissions.findings import too_many_pages
from submissions.models import Attachment, Submission, SubmissionVersion, VersionFacts
from submissions.services.inspections import show_inspections
from submissions.values import as_text
from tracks.finding import LONGEST, find_among

logger = logging.getLogger(__name__)

KIND = "submissions.facts"
# What a search shows on its first page; whatever comes after that isn't found.
FOUND = 20
A_SWEEP = 300
# What is put in the place of what was found out about the same version before.
FACTS = [each.name for each in VersionFacts._meta.concrete_fields if each.name not in {"id", "version"}]
COUNTED = {
    InspectionState.NOTICE: "noticed",
    InspectionState.REFUSED: "refused",
    InspectionState.UNCHECKED: "unchecked",
}


def asking_for_facts(version: SubmissionVersion) -> Outbox:
    """A row for the outbox, to be put there together with whatever else the submit says."""
    return Outbox(kind=KIND, key=f"facts:{version.pk}", payload={"version": version.pk}, available_at=timezone.now())


def make_facts(version: int, *, now: datetime | None = None) -> VersionFacts | None:
    """Of the version with this key; again as often as wanted. None when there is none, or while nothing is searched."""
    found = afterwards.version_to_check(version)
    if found is None:
        return None
    try:
        place, share = _topic(found)
    except Unavailable:
        # Only submissions count just now: the sweep comes back to it.
        return None
    files = afterwards.files_in(version)
    facts = VersionFacts(
        version=found,
        title=found.title[:200],
        lacking=_lacking(found, files),
        wrong_codes=_wrong_codes(found.submission),
        topic_place=place,
        topic_share=share,
        made_at=now or timezone.now(),
        **_flags(files, definition_answered(found)),
    )
    facts.remarks = count_remarks(facts)
    VersionFacts.objects.bulk_create([facts], update_conflicts=True, unique_fields=["version"], update_fields=FACTS)
    return facts


def count_remarks(facts: VersionFacts) -> int:
    """How many kinds of things deserve a look."""
    flagged = facts.noticed or facts.refused or facts.unchecked
    return sum(map(bool, (facts.lacking, facts.wrong_codes, not facts.fits, flagged)))


def note_inspection(stored: StoredFile) -> None:
    """A program has looked into a file by now: whoever screens what holds it hears of that."""
    for facts in afterwards.facts_about(stored.pk):
        files, definition = afterwards.files_in(facts.version_id), definition_answered(facts.version)
        for name, count in _flags(files, definition).items():
            setattr(facts, name, count)
        facts.remarks = count_remarks(facts)
        facts.save(update_fields=[*COUNTED.values(), "remarks"])


def sweep_facts() -> int:
    """Of what waits for screening without facts; returns how many were made. One that fails doesn't stop the rest."""
    waiting = SubmissionVersion.objects.filter(facts=None, submission__status=SubmissionStatus.SUBMITTED)
    made = 0
    for pk in list(waiting.order_by("-pk").values_list("pk", flat=True)[:A_SWEEP]):
        try:
            made += make_facts(pk) is not None
        except Exception:
            logger.exception("no facts about version %s", pk)
    return made


def _lacking(version: SubmissionVersion, files: Sequence[Attachment]) -> list[str]:
    definition = definition_of(version.submission)
    asked = [file for file in files if definition.slot(file.slot)]
    return [lack.anchor for lack in Draft(definition, version.answers, asked).missing]


def _wrong_codes(entry: Submission) -> list[str]:
    partners = afterwards.partners_codes(entry.team_id)
    return [code for code in (entry.team.organization.code, *partners) if not _is_right(code)]


def _is_right(code: str) -> bool:
    try:
        validate_credit_code(code)
    except ValidationError:
        return False
    return True


def _topic(version: SubmissionVersion) -> tuple[int | None, float | None]:
    competition = version.submission.team.competition_id
    among = {competition: set(afterwards.topics_in(competition))}
    found = find_among(among, words_of(version), limit=FOUND)
    places = {one.key: (place, round(one.share, 3)) for place, one in enumerate(found, start=1)}
    return places.get(version.submission.topic_id, (None, None))


def words_of(version: SubmissionVersion) -> str:
    """Title and abstract; where the form asks for none of that name, whatever was written at length."""
    answers = version.answers
    title, abstract = str(answers[TITLE_KEY]), answers.get("abstract")
    if not isinstance(abstract, str) or not abstract:
        abstract = "\n".join(_long_texts(version, answers))
    return f"{title}\n{abstract}"[:LONGEST]


def _long_texts(version: SubmissionVersion, answers: dict[str, Any]) -> Iterable[str]:
    for section in definition_of(version.submission).sections:
        if section.kind in {SectionKind.TEXT, SectionKind.LONG_TEXT} and answers.get(section.key):
            yield as_text(section, answers[section.key])


def _flags(files: Sequence[Attachment], definition: FormDefinition) -> dict[str, int]:
    show_inspections(files)
    states = Counter(_state(file, definition.slot(file.slot)) for file in files if file.inspection)
    return {name: states[state] for state, name in COUNTED.items()}


def _state(file: Attachment, slot: Slot | None) -> str:
    most = slot.max_pages if slot and file.inspection.kind == SlotKind.PDF else None
    is_too_long = too_many_pages(file.inspection.findings, most)
    return InspectionState.REFUSED if is_too_long else file.inspection.state
