"""One entry before an organizer: read it, decide, take back, say it again to the next."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.errors import Conflict
from portal.core.instants import validate_instant
from portal.core.permissions import require
from portal.core.reading import note_reading
from portal.core.serving import serve_stored
from submissions import rules
from submissions.answers import Outcome, refused_into
from submissions.asked import definition_of
from submissions.models import Attachment, ScreeningClaim, ScreeningProposal, Submission
from submissions.screening_forms import PASS, REJECT, RETURN, DecideForm, ExtendForm, NoteForm, SecondLookForm, UndoForm
from submissions.screening_pages import entry_page, forms_of, plan_beside
from submissions.services import claims, corrections, screening, second_look, undoing
from submissions.services.screening_notes import add_note
from submissions.views.screening import next_address
from tracks.models import Competition

DECIDE: dict[str, Callable[..., Any]] = {
    PASS: screening.pass_screening,
    RETURN: screening.return_for_correction,
    REJECT: screening.reject,
}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def screen_entry(request: HttpRequest, competition: str, public_id: uuid.UUID) -> HttpResponse:
    """Whoever opens it has it in hand for a while. A POST decides about the version that was shown."""
    shown, entry = _found(request, competition, public_id)
    if request.method != "POST":
        return _page(request, shown, entry)
    plan, now = plan_beside(shown), request.received_at  # type: ignore[attr-defined]
    form = DecideForm(request.POST, plan=plan, definitions=[definition_of(entry)], now=now)
    outcome = Outcome(400)
    if form.is_valid():
        with refused_into(form, outcome):
            decide = DECIDE[form.cleaned_data["decide"]]
            made = decide(entry, actor=request.user, version=form.cleaned_data["version"], **form.given())
            messages.success(request, _said(entry, made))
            return redirect(next_address(request, shown, after=entry))
    return _page(request, shown, entry, outcome=outcome, form=form)


@login_required
@require_POST
def screen_undo(request: HttpRequest, competition: str, public_id: uuid.UUID) -> HttpResponse:
    shown, entry = _found(request, competition, public_id)
    form, outcome = UndoForm(request.POST, prefix="undo"), Outcome(400)
    if form.is_valid():
        with refused_into(form, outcome):
            given = form.cleaned_data
            undoing.undo_screening(entry, actor=request.user, reason=given["reason"], decision=given["decision"])
            messages.success(request, _("The decision has been taken back. The team is told by mail."))
            return _back(request, shown, entry)
    return _page(request, shown, entry, outcome=outcome, undo_form=form)


@login_required
@require_POST
def screen_extend(request: HttpRequest, competition: str, public_id: uuid.UUID) -> HttpResponse:
    """Give the team more time for its correction."""
    shown, entry = _found(request, competition, public_id)
    form, outcome = ExtendForm(request.POST, prefix="extend"), Outcome(400)
    if form.is_valid():
        with refused_into(form, outcome):
            given = form.cleaned_data
            seen, end = given["correction"], given["closes_at"]
            corrections.extend_correction(entry, actor=request.user, closes_at=end, reason=given["reason"], seen=seen)
            messages.success(request, _("The team has more time. It is told by mail."))
            return _back(request, shown, entry)
    return _page(request, shown, entry, outcome=outcome, extend_form=form)


@login_required
@require_POST
def screen_second_look(request: HttpRequest, competition: str, public_id: uuid.UUID) -> HttpResponse:
    """Somebody else than whoever proposed to reject the entry agrees, or sends it back to the queue.

    Whoever proposed it may take that back, and carry it out once the competition asks for no second look any more.
    """
    shown, entry = _found(request, competition, public_id)
    form, outcome = SecondLookForm(request.POST, prefix="second"), Outcome(400)
    if form.is_valid():
        with refused_into(form, outcome):
            messages.success(request, _look_twice(entry, actor=request.user, **form.cleaned_data))
            return _back(request, shown, entry)
    return _page(request, shown, entry, outcome=outcome, second_form=form)


@login_required
@require_POST
def screen_note(request: HttpRequest, competition: str, public_id: uuid.UUID) -> HttpResponse:
    shown, entry = _found(request, competition, public_id)
    form, outcome = NoteForm(request.POST, prefix="note"), Outcome(400)
    if form.is_valid():
        with refused_into(form, outcome):
            add_note(entry, actor=request.user, text=form.cleaned_data["text"])
            return _back(request, shown, entry, "#notes")
    return _page(request, shown, entry, outcome=outcome, note_form=form)


@login_required
@require_POST
def screen_claim(request: HttpRequest, competition: str, public_id: uuid.UUID) -> JsonResponse:
    """What an open page says every minute: still here, or with ``leave`` gone. Answers who has the entry in hand.

    ``until`` is what the page was told last. The page that came in its place was told something else by then, and
    keeps what it has: browsers send the farewell of the old page after they have asked for the new one.
    """
    _shown, entry = _found(request, competition, public_id)
    if "leave" in request.POST:
        if until := _instant(request.POST.get("until", "")):
            claims.release(entry, actor=request.user, until=until)
        return JsonResponse({"other": "", "until": ""})
    held = claims.renew(entry, actor=request.user, now=request.received_at)  # type: ignore[attr-defined]
    if held is None:
        held = claims.claim(entry, actor=request.user, now=request.received_at)  # type: ignore[attr-defined]
    if held is None:
        return JsonResponse({"other": "", "until": ""})
    is_own = held.user_id == request.user.pk
    return JsonResponse({"other": "" if is_own else str(held.user), "until": _until(held) if is_own else ""})


@login_required
@require_safe
def screen_file(request: HttpRequest, competition: str, public_id: uuid.UUID, file: uuid.UUID) -> HttpResponseBase:
    """A file of one of its versions; a PDF shows itself in a frame of the page."""
    _shown, entry = _found(request, competition, public_id)
    files = Attachment.objects.filter(submission=entry, versions__submission=entry).select_related("file").distinct()
    found = get_object_or_404(files, public_id=file)
    note_reading(entry, actor=request.user, action="download")
    return serve_stored(found.file, found.name, inline=found.kind == "PDF", asked=request)


def _found(request: HttpRequest, competition: str, public_id: uuid.UUID) -> tuple[Competition, Submission]:
    """Whoever is in its team may see it elsewhere, and decides nothing about it: 403."""
    rows = Submission.objects.organized_by(request.user).for_screening(request.user)
    entry = get_object_or_404(rows, track__competition__slug=competition, public_id=public_id)
    if entry.is_own_team:  # type: ignore[attr-defined]
        require(rules.can_screen, request.user, entry)
    return entry.track.competition, entry


def _page(
    request: HttpRequest, shown: Competition, entry: Submission, *, outcome: Outcome | None = None, **typed: forms.Form
) -> HttpResponse:
    """``typed``: the form that somebody filled in, by its name on the page; what it said stays there."""
    user, now = request.user, request.received_at  # type: ignore[attr-defined]
    if outcome is not None:
        # It may have been decided about meanwhile.
        entry = Submission.objects.for_screening(user).get(pk=entry.pk)
    page, plan = entry_page(user, entry, now=now), plan_beside(shown)
    if outcome is not None and outcome.conflict and "form" in typed:
        typed["form"] = _about_latest(typed["form"], page["latest"].number)
    is_own_proposal = page["proposal"] is not None and page["proposal"].who_id == user.pk
    # Whoever waits for the second look has nothing in hand, and keeps nobody from taking it.
    can_take = page["can_decide"] and not is_own_proposal
    # A form that comes back takes the place of the page that claimed it.
    held = claims.claim(entry, actor=user, now=now) if request.method != "HEAD" and can_take else None
    is_own = held is not None and held.user_id == user.pk
    note_reading(entry, actor=user)
    context = page | forms_of(entry, page["latest"], plan, now=now, typed=typed)
    context |= {
        "competition": shown,
        "other": held if held is not None and not is_own else None,
        "until": _until(held) if held is not None and is_own else "",
        "can_take": can_take,
        "is_mine_to_answer": page["proposal"] is not None and not is_own_proposal,
        "takes_two": plan is not None and plan.needs_second_look,
        "conflict": outcome.conflict if outcome else None,
        "track": request.GET.get("track", ""),
        "query": f"?{urlencode({'track': request.GET['track']})}" if request.GET.get("track") else "",
    }
    return render(request, "submissions/screen_entry.html", context, status=outcome.status if outcome else 200)


def _until(held: ScreeningClaim) -> str:
    """What tells one page that has it in hand from the next one."""
    return held.expires_at.isoformat()


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
        validate_instant(found)
    except (ValueError, ValidationError):
        return None
    return found if found.tzinfo else None


def _about_latest(form: Any, number: int) -> Any:
    """What was typed stays; the version it is about is the one that is shown now."""
    data = form.data.copy()
    data["version"] = number
    form.data = data
    return form


def _look_twice(entry: Submission, *, actor: Any, proposal: int, answer: str, reason: str) -> str:
    """In words, what came of it."""
    rows = ScreeningProposal.objects.visible_to(actor).filter(version__submission=entry)
    found = rows.select_related("version__submission__track", "version__submission__team").filter(pk=proposal).first()
    if found is None:
        raise Conflict
    if answer == "agree":
        second_look.agree(found, actor=actor)
        return _("The entry is rejected. The team is told by mail.")
    if answer == "take_back":
        second_look.take_back(found, actor=actor)
        return _("The proposal has been taken back.")
    second_look.decline(found, actor=actor, reason=reason)
    return _("Not agreed: the entry waits for screening again.")


def _said(entry: Submission, made: Any) -> str:
    if isinstance(made, ScreeningProposal):
        words = _("%(entry)s: proposed to be rejected. Another organizer takes the second look.")
        return words % {"entry": entry.number}
    told = {"entry": entry.number, "outcome": made.get_outcome_display()}
    return _("%(entry)s: %(outcome)s. The team is told by mail.") % told


def _back(request: HttpRequest, shown: Competition, entry: Submission, anchor: str = "") -> HttpResponse:
    track = request.GET.get("track", "")
    query = f"?{urlencode({'track': track})}" if track else ""
    return redirect(reverse("submissions:screen_entry", args=[shown.slug, entry.public_id]) + query + anchor)
