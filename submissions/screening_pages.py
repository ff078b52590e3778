"""The page on which an organizer screens one entry: what was submitted beside what is known and was said about it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from submissions.asked import definition_answered, definition_of
from submissions.definition import FormDefinition, Section, grouped
from submissions.enums import ScreeningOutcome, SecondLook, SubmissionStatus
from submissions.lifecycle import SUBMISSION_LIFECYCLE
from submissions.models import (
    Attachment,
    ScreeningPlan,
    Submission,
    SubmissionVersion,
    TeamMember,
)
from submissions.near_said import alike
from submissions.pages import Text
from submissions.screening_forms import DecideForm, ExtendForm, NoteForm, SecondLookForm, UndoForm
from submissions.screening_said import Kind, Said, said_about
from submissions.screening_words import chips_of
from submissions.services.inspections import show_inspections
from submissions.sheet import Audience, sheet_of_version
from submissions.values import as_text
from tracks.diffing import Row, side_by_side
from tracks.models import TopicRevision


@dataclass(frozen=True)
class Change:
    """A section that says something else than in the version that was decided about before."""

    title: str
    rows: list[Row]
    # The team had been asked to mend it.
    was_open: bool


@dataclass(frozen=True)
class FileChange:
    title: str
    gone: list[str]
    come: list[str]
    was_open: bool


@dataclass(frozen=True)
class Changes:
    """What a resubmission changed, and since which version."""

    before: SubmissionVersion
    sections: list[Change]
    files: list[FileChange]

    @property
    def has_any(self) -> bool:
        return bool(self.sections or self.files)


@dataclass(frozen=True)
class Past:
    """A line of what was decided, newest first: by whom, about which version, and what became of it."""

    version: int
    at: datetime
    what: str
    tone: str
    who: Any
    reason: str = ""
    then: str = ""


def newest_text(entry: Submission) -> TopicRevision | None:
    """Of its topic, as far as the page names it."""
    if entry.latest_text is None:  # type: ignore[attr-defined]
        return None
    return TopicRevision(pk=entry.latest_text, topic=entry.topic, number=entry.latest_number)  # type: ignore[attr-defined]


def plan_of(competition: Any) -> ScreeningPlan | None:
    rows = ScreeningPlan.objects.filter(competition=competition)
    return rows.prefetch_related("items", "reasons").first()


def plan_beside(competition: Any) -> ScreeningPlan | None:
    """Of a competition that came with its plan."""
    plan = getattr(competition, "screening_plan", None)
    if plan is not None:
        prefetch_related_objects([plan], "items", "reasons")
    return plan


def entry_page(user: Any, entry: Submission, *, now: datetime) -> dict[str, Any]:
    """All that the page shows but the forms; ``entry``, of ``for_screening``, is one that this organizer screens."""
    versions, said = _versions(entry), said_about(user, entry)
    latest, decided = versions[0], _decided_before(versions)
    show_inspections([file for version in versions for file in version.attachments.all()])
    newest = newest_text(entry)
    latest.latest_text = newest.pk if newest else None  # type: ignore[attr-defined]
    entry.topic.track = entry.track
    return {
        "submission": entry,
        "topic": entry.topic,
        "versions": versions,
        "latest": latest,
        "sheet": sheet_of_version(latest, Audience.TEAM),
        "text": Text.of(entry.topic, latest.topic_revision, newest),
        "chips": chips_of(latest, entry, in_full=True),
        "alike": alike(user, entry, entry.track.competition.slug),
        # The one in force, once the latest version is decided about or had files replaced.
        "decision": next((version.screening for version in versions if hasattr(version, "screening")), None),
        "changes": _changes(decided, latest) if decided else None,
        "members": TeamMember.objects.filter(team=entry.team_id).select_related("user"),
        "partners": entry.team.partners.select_related("organization"),
        "notes": [each for each in said if each.kind == Kind.NOTE],
        "past": _past(versions, said),
        "proposal": next((each for each in said if each.kind == Kind.PROPOSED and each.what == SecondLook.OPEN), None),
        "now": now,
    } | _standing(entry, latest, now)


def _standing(entry: Submission, latest: SubmissionVersion, now: datetime) -> dict[str, Any]:
    """What can be done about it."""
    correction = getattr(getattr(latest, "screening", None), "correction", None)
    is_returned = entry.status == SubmissionStatus.RETURNED
    is_overdue = is_returned and correction is not None and correction.closes_at <= now
    return {
        "correction": correction if is_returned else None,
        "is_overdue": is_overdue,
        "can_decide": entry.status == SubmissionStatus.SUBMITTED,
        "can_reject": entry.status == SubmissionStatus.SUBMITTED or is_overdue,
        "can_undo": SUBMISSION_LIFECYCLE.allows(entry, "undo_screening"),
        "can_extend": is_returned and correction is not None,
    }


def forms_of(
    entry: Submission, latest: SubmissionVersion, plan: ScreeningPlan | None, *, now: datetime, typed: dict[str, Any]
) -> dict[str, Any]:
    """By the names that the page has for them; ``typed`` are those that somebody filled in and that come back."""
    definition = definition_of(entry)
    decide = typed.get("form") or DecideForm(
        plan=plan, definitions=[definition], now=now, initial={"version": latest.number}
    )
    return {
        "form": decide,
        "undo_form": UndoForm(prefix="undo"),
        "extend_form": ExtendForm(prefix="extend"),
        "second_form": SecondLookForm(prefix="second"),
        "note_form": NoteForm(prefix="note"),
        "scope": scope_of(decide, lacking_in(latest)),
        "checklist": checklist_of(decide, plan),
    } | {name: form for name, form in typed.items() if name != "form"}


def lacking_in(version: SubmissionVersion) -> set[str]:
    """Anchors of what the portal missed in it."""
    facts = getattr(version, "facts", None)
    return set(facts.lacking) if facts else set()


def scope_of(form: Any, lacking: Collection[str] = ()) -> list[dict[str, Any]]:
    """Sections by group, then files, for the boxes of what a team may mend; ``lacking`` are marked."""
    chosen = {name: set(form[name].value() or []) for name in ("sections", "slots")}
    groups = [
        {"title": title or _("Sections"), "name": "sections", "boxes": _boxes(members, chosen["sections"], lacking)}
        for title, members in grouped(form.asked_sections)
    ]
    if form.asked_slots:
        groups.append(
            {"title": _("Files"), "name": "slots", "boxes": _boxes(form.asked_slots, chosen["slots"], lacking)}
        )
    return groups


def checklist_of(form: Any, plan: ScreeningPlan | None) -> list[dict[str, Any]]:
    ticked = set(form["checks"].value() or [])
    return [{"item": item, "is_ticked": item.key in ticked} for item in (plan.items.all() if plan else ())]


def _boxes(asked: Any, chosen: set[str], lacking: Collection[str]) -> list[dict[str, Any]]:
    return [
        {"key": each.key, "title": each.title, "is_chosen": each.key in chosen, "is_lacking": each.anchor in lacking}
        for each in asked
    ]


def _versions(entry: Submission) -> list[SubmissionVersion]:
    """Newest first."""
    files = Prefetch("attachments", Attachment.objects.select_related("file"))
    related = ("receipt", "facts", "submitted_by", "topic_revision", "screening__decided_by", "screening__proposed_by")
    rows = SubmissionVersion.objects.filter(submission=entry).select_related(*related, "screening__correction")
    return list(rows.defer("topic_revision__body").prefetch_related(files).order_by("-number"))


def _decided_before(versions: list[SubmissionVersion]) -> SubmissionVersion | None:
    """The last one before the latest that somebody decided about."""
    return next((version for version in versions[1:] if hasattr(version, "screening")), None)


def _changes(before: SubmissionVersion, after: SubmissionVersion) -> Changes:
    correction = getattr(before.screening, "correction", None)
    was, is_now = definition_answered(before), definition_answered(after)
    sections = [
        Change(str(section.title), rows, correction is not None and section.key in correction.sections)
        for section in _asked_in_either(was, is_now)
        if (rows := _differing(section, before, after))
    ]
    return Changes(before, sections, list(_file_changes(before, after, is_now, correction)))


def _asked_in_either(was: FormDefinition, is_now: FormDefinition) -> list[Section]:
    return [*is_now.sections, *(section for section in was.sections if is_now.section(section.key) is None)]


def _differing(section: Section, before: SubmissionVersion, after: SubmissionVersion) -> list[Row]:
    old, new = (as_text(section, version.answers.get(section.key)) for version in (before, after))
    return [] if old == new else side_by_side(old, new)


def _file_changes(before: SubmissionVersion, after: SubmissionVersion, form: FormDefinition, correction: Any) -> Any:
    old, new = ({(file.slot, file.file_id): file.name for file in each.attachments.all()} for each in (before, after))
    for slot in sorted({slot for slot, _file in old.keys() ^ new.keys()}):
        asked = form.slot(slot)
        yield FileChange(
            title=asked.title if asked else slot,
            gone=[name for key, name in old.items() if key[0] == slot and key not in new],
            come=[name for key, name in new.items() if key[0] == slot and key not in old],
            was_open=correction is not None and slot in correction.slots,
        )


TONES = {"passed": "ok", "returned": "warn", "rejected": "stop"}


def _past(versions: list[SubmissionVersion], said: list[Said]) -> list[Past]:
    found = []
    for version in versions:
        if made := getattr(version, "screening", None):
            tone, then = TONES[made.outcome], ""
            if made.proposed_by:
                then = _("Proposed by %(who)s.") % {"who": made.proposed_by}
            what = made.get_outcome_display()
            found.append(Past(version.number, made.decided_at, what, tone, made.decided_by, made.reason, then))
    for each in said:
        if each.kind == Kind.UNDONE:
            then = _("Undone by %(who)s: %(why)s") % {"who": each.other, "why": each.answer}
            what = str(ScreeningOutcome(each.what).label)
        elif each.kind == Kind.PROPOSED:
            what, then = _("rejection proposed"), str(SecondLook(each.what).label)
            if each.other:
                # Of those that lapse, only what was taken back has somebody who did it.
                then = pgettext("second look", "taken back") if each.what == SecondLook.LAPSED else then
                then = " ".join(part for part in (each.other, then, each.answer) if part)
        else:
            continue
        found.append(Past(each.version, each.at, what, "off", each.who, each.text, then))
    return sorted(found, key=lambda past: past.at, reverse=True)
