"""What a section said before: read, compared with each other, brought back."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from submissions import services
from submissions.asked import definition_of, sections_once
from submissions.definition import Section
from submissions.forms import RestoreForm, RevisionPairForm
from submissions.models import Answer, AnswerRevision, Submission
from submissions.services import NoSuchSection
from submissions.values import in_any_words
from submissions.views.writing import own
from tracks.diffing import side_by_side


@require_safe
@login_required
def section_history(request: HttpRequest, public_id: uuid.UUID, key: str) -> HttpResponse:
    """What the section said after each sitting, newest first, and what changed between any two of them.

    ``?from=&to=`` name two; without them the last sitting is shown beside the one before.
    """
    entry, section = _own_section(request, public_id, key)
    answer = Answer.objects.visible_to(request.user).filter(submission=entry, key=key).first()
    rows = services.revisions_of(entry, key)
    context: dict[str, Any] = {
        "submission": entry,
        "competition": entry.team.competition,
        "section": section,
        "version": answer.version if answer else 0,
        "can_restore": services.can_save(entry, key, request.received_at),  # type: ignore[attr-defined]
        "revisions": [
            {
                "revision": row,
                "is_now": answer is not None and row.value == answer.value,
                "text": in_any_words(section, row.value),
                "before": rows[place + 1] if place + 1 < len(rows) else None,
            }
            for place, row in enumerate(rows)
        ],
        "form": None,
    }
    if len(rows) > 1:
        given = {name: request.GET[name] for name in ("from", "to") if name in request.GET}
        form = RevisionPairForm({"from": rows[1].number, "to": rows[0].number} | given, revisions=rows)
        context["form"] = form
        if form.is_valid():
            context |= _compared(section, rows, {form.cleaned_data["from"], form.cleaned_data["to"]})
    status = 400 if context["form"] and context["form"].errors else 200
    return render(request, "submissions/section_history.html", context, status=status)


@require_POST
@login_required
def restore_section(request: HttpRequest, public_id: uuid.UUID, key: str) -> HttpResponse:
    entry, _section = _own_section(request, public_id, key)
    form = RestoreForm(request.POST)
    if not form.is_valid():
        raise ValidationError(_("This revision is no longer kept."))
    services.restore_revision(
        entry,
        actor=request.user,
        key=key,
        number=form.cleaned_data["number"],
        expected_version=form.cleaned_data["version"],
        now=request.received_at,  # type: ignore[attr-defined]
    )
    messages.success(request, _("The section says again what it said then; what it said last stays in its history."))
    return redirect(f"{entry.get_absolute_url()}#section-{key}")


def _own_section(request: HttpRequest, public_id: uuid.UUID, key: str) -> tuple[Submission, Section]:
    """Also one that the form asks no longer: what was written in it can be read."""
    entry = own(request, public_id)
    definition = definition_of(entry)
    section = definition.section(key) or sections_once(entry, definition, [key]).get(key)
    if section is None:
        raise NoSuchSection
    return entry, section


def _compared(section: Section, rows: list[AnswerRevision], numbers: set[int]) -> dict[str, Any]:
    """The older one stands first, whichever was asked for first."""
    chosen = sorted((row for row in rows if row.number in numbers), key=lambda row: row.number)
    before, after = chosen[0], chosen[-1]
    rows_shown = side_by_side(in_any_words(section, before.value), in_any_words(section, after.value))
    return {"before": before, "after": after, "rows": rows_shown}
