"""Entry forms: set up from a definition, published for the teams to see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.errors import Conflict
from portal.core.permissions import require
from portal.core.text import spoken
from submissions.asked import plain_form
from submissions.canonical import sha256_of
from submissions.definition import TITLE_KEY, FormDefinition, Section
from submissions.form_checks import faults
from submissions.models import EntryForm, EntryFormVersion, FormSection, FormSlot
from submissions.services import form_news
from tracks.models import Competition, Track
from tracks.rules import is_organizer

SECTION_FIELDS = (
    *("key", "group", "title", "hint", "kind", "limit", "is_required", "for_judges"),
    *("is_identifying", "options", "columns", "max_rows"),
)
SLOT_FIELDS = (
    *("key", "title", "hint", "kinds", "max_size", "max_count", "max_pages", "is_required", "for_judges"),
    "is_open_after_shortlist",
)


@transaction.atomic
def set_up_form(
    competition: Competition, definition: Mapping[str, Any], *, actor: Any, track: Track | None = None, reason: str = ""
) -> EntryFormVersion:
    """Let the form be what ``definition`` says, whatever it was before, and publish it."""
    form, _is_new = EntryForm.objects.get_or_create(competition=competition, track=track)
    form.sections.all().delete()
    form.slots.all().delete()
    _write(form, definition)
    return publish_form(form, actor=actor, reason=reason)


@transaction.atomic
def begin_form(competition: Competition, *, actor: Any, track: Track | None = None) -> EntryForm:
    """A form to edit. The competition's begins as what is asked anyway, a track's with nothing."""
    require(is_organizer, actor, competition)
    form = EntryForm(competition=competition, track=track)
    form.full_clean()
    form.save()
    if track is None:
        _write(form, plain_form())
    audit.record("begin_form", form, actor=actor, after={"track": track.pk if track else None})
    return form


@transaction.atomic
def edit_form(form: EntryForm, *, actor: Any, saved: Iterable[Any] = (), removed: Iterable[Any] = ()) -> EntryForm:
    """Keep sections and files as they are given; teams are asked them once the form is published."""
    require(is_organizer, actor, form.competition)
    lock_forms(form.competition)
    gone = [row.key for row in removed if row.delete()]
    kept = list(saved)
    for row in kept:
        row.form = form
        row.full_clean()
        row.save()
    if kept or gone:
        audit.record("edit_form", form, actor=actor, after={"saved": [row.key for row in kept], "removed": gone})
    return form


@transaction.atomic
def publish_form(
    form: EntryForm, *, actor: Any, reason: str = "", sha256: str = "", now: datetime | None = None
) -> EntryFormVersion:
    """Ask teams from now on what the form says; unchanged, it stays the version that it is.

    ``sha256`` is of the definition that was looked at; Conflict when it is another by now. Raises ValidationError
    for a form that can't be asked. Answers to sections that are gone are kept, and their teams are told.
    """
    if actor is not None:
        require(is_organizer, actor, form.competition)
    lock_forms(form.competition)
    definition = definition_from(form)
    if sha256 and sha256 != sha256_of(definition):
        raise Conflict(_("The form has changed since you looked at it. Please check it once more."))
    check_definition(form, definition)
    latest = form.versions.order_by("-number").first()
    if latest and latest.sha256 == sha256_of(definition):
        return latest
    version = EntryFormVersion(
        form=form,
        number=latest.number + 1 if latest else 1,
        definition=definition,
        sha256=sha256_of(definition),
        reason=spoken(reason),
        published_by=actor,
        created_at=now or timezone.now(),
    )
    version.clean_fields(exclude=["form", "published_by"])
    version.save()
    audit.record("publish_form", form, actor=actor, after={"version": version.number}, reason=version.reason)
    form_news.tell_of_form(version, latest.definition if latest else form_news.asked_before(form))
    return version


def asked_with(form: EntryForm) -> FormDefinition:
    """As a team will meet it: what the rows say, for a track after what its competition asks."""
    own = definition_from(form)
    if not form.track_id:
        return FormDefinition.read(own)
    latest = EntryFormVersion.objects.filter(form__competition=form.competition_id, form__track=None).order_by("number")
    before = latest.last()
    return FormDefinition.read(before.definition if before else plain_form(), own)


def clone_forms(source: Competition, copy: Competition, *, actor: Any) -> None:
    """The copy asks what the source asks; edits that were never published stay behind."""
    forms = list(EntryForm.objects.filter(competition=source).select_related("track").prefetch_related("versions"))
    tracks = {track.number: track for track in copy.tracks.all()} if forms else {}
    # The competition's own first: what tracks ask may depend on it.
    for form in sorted(forms, key=lambda each: (each.track_id is not None, each.pk)):
        latest = max(form.versions.all(), key=lambda each: each.number, default=None)
        if latest is not None:
            track = tracks[form.track.number] if form.track else None
            set_up_form(copy, latest.definition, actor=actor, track=track)


def lock_forms(competition: Competition) -> None:
    """Whoever edits or publishes one of a competition's forms queues here: a key may stand in one of them alone."""
    Competition.objects.select_for_update(no_key=True).get(pk=competition.pk)


def definition_from(form: EntryForm) -> dict[str, Any]:
    """What the rows say, as a version keeps it."""
    sections = [_said(section, SECTION_FIELDS, _condition(section)) for section in form.sections.all()]
    slots = [_said(slot, SLOT_FIELDS, {}) for slot in form.slots.all()]
    return {"sections": sections, "slots": slots}


def check_definition(form: EntryForm, definition: Mapping[str, Any]) -> None:
    """Raise ValidationError, naming the section, for what no team could answer."""
    read = FormDefinition.read(definition)
    beside = list(_beside(form))
    if form.track_id:
        before: dict[str, Section | None] = {each.key: each for part in beside for each in part.sections}
        before.pop(TITLE_KEY)
    else:
        before = {each.key: None for part in beside for each in part.sections if each.key != TITLE_KEY}
    found = list(
        faults(
            read,
            before=before,
            files=frozenset(slot.key for part in beside for slot in part.slots),
            earlier=[FormDefinition.read(each.definition) for each in form.versions.order_by("-number")],
            is_addition=form.track_id is not None,
        )
    )
    if not form.track_id:
        found += [fault for part in beside for fault in _left_hanging(part, read)]
    if found:
        raise ValidationError(found)


def _left_hanging(of_track: FormDefinition, of_competition: FormDefinition) -> Iterator[str]:
    for section in of_track.sections:
        on = section.shown_if.section if section.shown_if else TITLE_KEY
        if of_track.section(on) is None and of_competition.section(on) is None:
            words = _("%(section)s, in the form of a track, depends on a choice that is gone.")
            yield words % {"section": section.title}


def _beside(form: EntryForm) -> Iterator[FormDefinition]:
    """As published: the competition's form for a track's, for the competition's those of all tracks."""
    others = EntryForm.objects.filter(competition=form.competition_id).exclude(pk=form.pk)
    others = others.filter(track=None) if form.track_id else others.exclude(track=None)
    latest = EntryFormVersion.objects.filter(form__in=others).order_by("form", "-number")
    by_form = {each.form_id: each.definition for each in reversed(latest)}
    if form.track_id and not by_form:
        yield FormDefinition.read(plain_form())
    for definition in by_form.values():
        yield FormDefinition.read(definition)


def _write(form: EntryForm, definition: Mapping[str, Any]) -> None:
    for place, data in enumerate(definition.get("sections", []), start=1):
        _section(form, place, data).save()
    for place, data in enumerate(definition.get("slots", []), start=1):
        known = {name: data[name] for name in SLOT_FIELDS if name in data}
        slot = FormSlot(form=form, place=place, **{"is_required": False, **known})
        slot.full_clean()
        slot.save()


def _section(form: EntryForm, place: int, data: Mapping[str, Any]) -> FormSection:
    known = {name: data[name] for name in SECTION_FIELDS if name in data}
    condition = data.get("shown_if") or {}
    section = FormSection(
        form=form,
        place=place,
        shown_if_section=condition.get("section", ""),
        shown_if_values=condition.get("values", []),
        **{"is_required": False, **known},
    )
    if section.key == TITLE_KEY:
        raise ValidationError(_("The project's title is asked in every form; it needs no section."))
    section.full_clean()
    return section


def _said(row: Any, names: tuple[str, ...], more: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: getattr(row, name) for name in names}
    return {name: value for name, value in {**said, **more}.items() if value not in (None, "", [])}


def _condition(section: FormSection) -> dict[str, Any]:
    if not section.shown_if_section:
        return {}
    return {"shown_if": {"section": section.shown_if_section, "values": section.shown_if_values}}
