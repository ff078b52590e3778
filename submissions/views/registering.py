"""Files by their hash: register one, take it back, send what was registered once the end is over."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portal.core.permissions import require
from submissions import rules, services, windows
from submissions.answers import Outcome, refused_into
from submissions.asked import definition_of
from submissions.awaited import told
from submissions.forms import RegisteredForm, RegisterForm
from submissions.models import RegisteredFile, Submission
from submissions.reading import note_outsider
from submissions.uploads import accepted
from submissions.views.entries import with_typed


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register_file(request: HttpRequest, public_id: uuid.UUID, slot: str) -> HttpResponse:
    """Register a file for a slot; it is hashed in the browser, or by a program of whoever has no script."""
    entries = Submission.objects.visible_to(request.user).for_listing().with_form().with_window()
    entry, now = get_object_or_404(entries, public_id=public_id), request.received_at  # type: ignore[attr-defined]
    require(rules.is_member, request.user, entry.team)
    asked = definition_of(entry).slot(slot)
    if asked is None:
        raise Http404
    form, outcome = RegisterForm(request.POST or None), Outcome()
    if request.method == "POST":
        outcome.status = 400
        if form.is_valid():
            with refused_into(form, outcome):
                services.register_file(entry, actor=request.user, slot=slot, now=now, **form.cleaned_data)
                messages.success(request, _("Registered. Please submit the entry: only what is submitted may follow."))
                return redirect(f"{entry.get_absolute_url()}#{asked.anchor}")
    window = windows.window_of(entry)
    context = {
        "submission": entry,
        "competition": entry.team.competition,
        "slot": asked,
        "accept": accepted(asked),
        "largest": asked.largest(entry.team.competition.max_file_size),
        "window": window,
        "may_register": windows.may_register(entry, window, now),
        "form": form,
        "conflict": outcome.conflict,
    }
    return render(request, "submissions/register_file.html", context, status=outcome.status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def registered_file(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What was registered and what became of it; a POST sends the file itself."""
    found = get_object_or_404(_rows(request.user), public_id=public_id)
    entry, now = found.submission, request.received_at  # type: ignore[attr-defined]
    form, outcome = RegisteredForm(request.POST or None, request.FILES or None), Outcome()
    if request.method == "POST":
        require(rules.is_member, request.user, entry.team)
        outcome.status = 400
        form = RegisteredForm(request.POST, request.FILES)
        if form.is_valid():
            with refused_into(form, outcome):
                services.send_registered(found, actor=request.user, upload=form.cleaned_data["file"], now=now)
                messages.success(request, _("The file has arrived. It is exactly the one that was registered."))
                return redirect(found)
        found = get_object_or_404(_rows(request.user), public_id=public_id)
    note_outsider(request.user, entry, entry.team)
    asked = definition_of(entry).slot(found.slot)
    latest = entry.versions.order_by("-number").first()
    state = next(iter(told([found], latest, windows.window_of(entry), now)), None)
    context: dict[str, Any] = {
        "registered": found,
        "state": state,
        "slot": asked,
        "accept": accepted(asked) if asked else "",
        "submission": entry,
        "competition": entry.team.competition,
        "is_member": rules.is_member(request.user, entry.team),
        "form": form,
        "conflict": outcome.conflict,
    }
    return render(request, "submissions/registered_file.html", context, status=outcome.status)


@login_required
@require_POST
def registered_withdraw(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(_rows(request.user), public_id=public_id)
    services.withdraw_registration(found, actor=request.user, now=request.received_at)  # type: ignore[attr-defined]
    messages.success(request, _("The file is no longer registered in the draft."))
    return with_typed(request, found.submission)


def _rows(user: Any) -> Any:
    rows = RegisteredFile.objects.visible_to(user)
    entry = "submission__team"
    return rows.select_related(
        f"{entry}__competition", f"{entry}__organization", "submission__track", "attachment__file"
    )
