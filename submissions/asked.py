"""Which form asks an entry. Versions never change, so a process reads each once."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.db.models import F

from portal.core.prepared import Given, Prepared
from submissions.definition import FormDefinition, Section
from submissions.models import EntryFormVersion, LateAttempt, Submission, SubmissionVersion

PLAIN = Path(__file__).with_name("plain_form.json")


def definition_of(entry: Submission) -> FormDefinition:
    """What the entry's team is asked now: the competition's form, then the track's."""
    if not hasattr(entry, "form_version"):
        return _definition(*_which_asks().ask(entry=entry.pk)[0])
    return _definition(entry.form_version, entry.track_form_version)  # type: ignore[attr-defined]


@cache
def _which_asks() -> Prepared[Any]:
    rows = Submission.objects.with_form().filter(pk=Given("entry"))
    return Prepared(rows.values_list("form_version", "track_form_version"))


def definition_answered(version: SubmissionVersion | LateAttempt) -> FormDefinition:
    """What was asked when the version was submitted."""
    asked = version.form.get("form", {}).get("versions", [None, None])
    return _definition(*asked)


def sections_once(definition: FormDefinition) -> dict[str, Section]:
    """By key, as it was asked last: what the forms have asked at one time or another, and no longer do."""
    return {key: section for key, section in _once(definition.versions).items() if definition.section(key) is None}


def plain_form() -> dict[str, Any]:
    """What is asked where a competition has published no form of its own."""
    return dict(json.loads(PLAIN.read_text(encoding="utf-8")))


def forget() -> None:
    """For tests, which take back what they have published."""
    for remembered in (_definition, _once, _published):
        remembered.cache_clear()


@lru_cache(maxsize=256)
def _definition(of_competition: int | None, of_track: int | None) -> FormDefinition:
    parts = [_published(of_competition) if of_competition else plain_form()]
    if of_track:
        parts.append(_published(of_track))
    return FormDefinition.read(*parts, versions=(of_competition, of_track))


@lru_cache(maxsize=256)
def _once(versions: tuple[int | None, ...]) -> dict[str, Section]:
    """From what was published before these and from the plain form: none of it changes any more."""
    asked = EntryFormVersion.objects.filter(pk__in=[pk for pk in versions if pk])
    earlier = EntryFormVersion.objects.filter(form__versions__in=asked, number__lt=F("form__versions__number"))
    parts = [plain_form(), *earlier.order_by("number", "pk").values_list("definition", flat=True)]
    return {section.key: section for part in parts for section in FormDefinition.read(part).sections}


@cache
def _published(pk: int) -> dict[str, Any]:
    return dict(EntryFormVersion.objects.values_list("definition", flat=True).get(pk=pk))
