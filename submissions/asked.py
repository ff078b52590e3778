"""Which form asks an entry. Versions never change, so a process reads each once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from portal.core.prepared import Given, Prepared
from submissions.definition import FormDefinition, Section
from submissions.models import EntryFormVersion, LateAttempt, Submission, SubmissionVersion

# By competition: how many versions of its forms there were when somebody last counted them.
_so_many: dict[int, int] = {}
PLAIN = Path(__file__).with_name("plain_form.json")


def definition_of(entry: Submission) -> FormDefinition:
    """What the entry's team is asked now: the competition's form, then the track's."""
    if not hasattr(entry, "form_version"):
        return _definition(*_which_asks().ask(entry=entry.pk)[0])
    return _definition(entry.form_version, entry.track_form_version)  # type: ignore[attr-defined]


@cache
def _which_asks() -> Prepared[Any]:
    rows: Any = Submission.objects.with_form().filter(pk=Given("entry"))
    return Prepared(rows.values_list("form_version", "track_form_version"))


def definition_answered(version: SubmissionVersion | LateAttempt) -> FormDefinition:
    """What was asked when the version was submitted."""
    asked = version.form.get("form", {}).get("versions", [None, None])
    return _definition(*asked)


def sections_once(entry: Submission, definition: FormDefinition, keys: Iterable[str]) -> dict[str, Section]:
    """Of ``keys`` those that ``definition`` doesn't ask, and a form of the competition does or did, as it asked last.

    Another track's form too: the entry's topic may have stood there. Costs a query only for what nobody knows yet.
    """
    wanted = [key for key in keys if definition.section(key) is None]
    competition = entry.team.competition_id
    once = _once(competition, _so_many.get(competition, 0), definition.versions)
    if any(key not in once for key in wanted):
        _so_many[competition] = EntryFormVersion.objects.filter(form__competition=competition).count()
        once = _once(competition, _so_many[competition], definition.versions)
    return {key: once[key] for key in wanted if key in once}


def plain_form() -> dict[str, Any]:
    """What is asked where a competition has published no form of its own."""
    return dict(json.loads(PLAIN.read_text(encoding="utf-8")))


def forget() -> None:
    """For tests, which take back what they have published."""
    for remembered in (_definition, _once, _published):
        remembered.cache_clear()
    _so_many.clear()


@lru_cache(maxsize=256)
def _definition(of_competition: int | None, of_track: int | None) -> FormDefinition:
    parts = [_published(of_competition) if of_competition else plain_form()]
    if of_track:
        parts.append(_published(of_track))
    return FormDefinition.read(*parts, versions=(of_competition, of_track))


@lru_cache(maxsize=256)
def _once(competition: int, published: int, versions: tuple[int | None, ...]) -> dict[str, Section]:
    """From all that is published and the plain form; what the forms of these versions say of a key comes first.

    ``published`` is how many there are: none of them changes any more, and with one more all are read again.
    """
    own = set(EntryFormVersion.objects.filter(pk__in=[pk for pk in versions if pk]).values_list("form", flat=True))
    rows = EntryFormVersion.objects.filter(form__competition=competition).order_by("number", "pk")
    told = sorted(rows.values_list("form", "definition"), key=lambda row: row[0] in own)
    parts = [plain_form(), *(definition for _form, definition in told)]
    return {section.key: section for part in parts for section in FormDefinition.read(part).sections}


@cache
def _published(pk: int) -> dict[str, Any]:
    return dict(EntryFormVersion.objects.values_list("definition", flat=True).get(pk=pk))
