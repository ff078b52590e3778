"""A shortlisted team replaces what is open to it: put the new files there, look once more, hand them in."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.core.errors import Conflict
from portal.core.permissions import require
from submissions import replacing, rules, services, windows
from submissions.answers import Outcome, refused_into
from submissions.boxes import CLOSED, TROUBLE, SlotBox, save_files
from submissions.forms import SubmitForm
from submissions.models import Submission
from submissions.services.inspections import show_inspections

PAGE = ["GET", "HEAD", "POST"]


@login_required
@never_cache
@require_http_methods(PAGE)
def replace_files(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The files that may be replaced. A POST keeps those that were sent with it; with ``then=check`` it goes on."""
    entry, scope, now = *_found(request, public_id), request.received_at  # type: ignore[attr-defined]
    refused, outcome = {}, Outcome()
    if request.method == "POST":
        refused = _kept(request, entry, scope, outcome)
        if outcome.status == 200:
            if request.POST.get("then") == "check":
                return redirect("submissions:replace_submit", entry.public_id)
            messages.success(request, _("The files have been kept. They count once the captain has handed them in."))
            return redirect("submissions:replace_files", entry.public_id)
    files = replacing.files_of(entry, scope)
    show_inspections(files.all)
    largest, is_open = entry.team.competition.max_file_size, scope.is_open(now)
    boxes = [
        SlotBox(
            slot,
            files.by_slot[slot.key],
            slot.largest(largest),
            is_locked=not is_open,
            errors=refused.get(f"file-{slot.key}", []),
        )
        for slot in scope.slots
    ]
    context = _page(request, entry, scope, files) | {"boxes": boxes, "conflict": outcome.conflict}
    return render(request, "submissions/replace_files.html", context, status=outcome.status)


@login_required
@never_cache
@require_http_methods(PAGE)
def replace_submit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The last look, and the step itself."""
    entry, scope = _found(request, public_id)
    form, outcome = SubmitForm(request.POST or None), Outcome()
    if request.method == "POST":
        outcome.status = 400
        if form.is_valid():
            with refused_into(form, outcome):
                receipt = services.replace_files(
                    entry,
                    actor=request.user,
                    expected_version=form.cleaned_data["expected_version"],
                    key=form.cleaned_data["idempotency_key"],
                    received_at=request.received_at,  # type: ignore[attr-defined]
                )
                messages.success(request, _("Your files have been received. This is the receipt."))
                return redirect(receipt)
        entry, scope = _found(request, public_id)
    files = replacing.files_of(entry, scope)
    show_inspections(files.all)
    errors = [message for each in form.errors.values() for message in each] if form.is_bound else []
    context = _page(request, entry, scope, files) | {
        "form": SubmitForm(initial={"expected_version": entry.draft_version}),
        "errors": errors,
        "conflict": outcome.conflict,
        "changed": _changed(files),
    }
    return render(request, "submissions/replace_submit.html", context, status=outcome.status)


def _found(request: HttpRequest, public_id: uuid.UUID) -> tuple[Submission, replacing.Scope]:
    """Of one's own team, and announced: until then there is no such page. 403 for who may read the entry."""
    rows = Submission.objects.visible_to(request.user).for_listing().with_form()
    entry = get_object_or_404(rows, public_id=public_id)
    require(rules.is_member, request.user, entry.team)
    scope = replacing.scope_of(entry)
    if scope is None:
        replacing.require_never_told(entry)
        raise Http404
    return entry, scope


def _page(request: HttpRequest, entry: Submission, scope: replacing.Scope, files: replacing.Files) -> dict[str, Any]:
    now = request.received_at  # type: ignore[attr-defined]
    entry.topic.track = entry.track
    ends = scope.closes_at
    begins = scope.shortlisting.announced_at
    return {
        "submission": entry,
        "competition": entry.team.competition,
        "files": files,
        "latest": files.latest,
        "lacking": files.missing,
        "is_open": scope.is_open(now),
        "is_captain": rules.is_captain(request.user, entry.team),
        "stage": windows.Window(_("Replacing files"), begins, ends) if begins and ends else None,
        "now": now,
    }


def _kept(request: HttpRequest, entry: Submission, scope: replacing.Scope, outcome: Outcome) -> dict[str, Any]:
    now = request.received_at  # type: ignore[attr-defined]
    refused: dict[str, Any] = {}
    try:
        refused = save_files(entry, scope.slots, request.FILES, actor=request.user, now=now)
    except Conflict as conflict:
        outcome.status, outcome.conflict = 409, conflict.message
    if CLOSED in refused:
        outcome.status, outcome.conflict = 409, refused[CLOSED]
    elif refused and outcome.status == 200:
        trouble = refused.get(TROUBLE)
        outcome.status = trouble.status if trouble else 400
    return refused


def _changed(files: replacing.Files) -> list[dict[str, Any]]:
    """Slot by slot: what goes and what comes."""
    before = list(files.latest.attachments.all())
    return [
        {
            "slot": slot,
            "gone": [file for file in before if file.slot == slot.key and file not in files.draft],
            "come": [file for file in files.draft if file.slot == slot.key and file not in before],
        }
        for slot in files.scope.slots
        if slot.key in files.changed
    ]
