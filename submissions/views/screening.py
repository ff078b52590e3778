"""The queue of screening: what waits, who has what in hand, the next one, and the same decision about many."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from submissions.answers import Outcome, refused_into
from submissions.asked import definition_of
from submissions.enums import ScreeningState, SubmissionStatus
from submissions.models import Screening, ScreeningProposal, Submission
from submissions.screening_forms import AssessForm, PicksForm, QueueForm
from submissions.screening_pages import checklist_of, plan_of, scope_of
from submissions.screening_queue import counts_of, entries_of, lines_of, page_of_queue
from submissions.services import claims, screening
from tracks.models import Competition, Track
from tracks.querysets import named


@login_required
@never_cache
@require_safe
def screening_queue(request: HttpRequest, competition: str) -> HttpResponse:
    """``?state=`` a tab, ``track=`` by number, ``q=`` words, ``remarks=on``, ``order=new``."""
    user, shown = request.user, organized(request, competition)
    form = QueueForm(request.GET, tracks=own_tracks(request, shown))
    is_narrowed, now = can_be_narrowed_by(form), request.received_at  # type: ignore[attr-defined]
    asked, state = form.asked(), form.cleaned_data["state"] or ScreeningState.WAITING
    context = {
        "competition": shown,
        "form": form,
        "state": state,
        "tabs": _tabs(counts_of(user, shown, now), state, asked),
        "track": asked.get("track", ""),
        "reset_url": f"?{urlencode({'state': state})}" if set(asked) - {"state"} else "",
        "now": now,
    }
    if is_narrowed:
        cursors = {name: request.GET.get(name, "") for name in ("before", "after")}
        page = page_of_queue(user, entries_of(user, shown), form.cleaned_data, now=now, **cursors)
        context |= {"lines": page.rows, "leaving": form.leaving()}
        context |= {"previous_url": _earlier(page, asked), "next_url": _later(page, asked)}
    return render(request, "submissions/screening_queue.html", context, status=200 if is_narrowed else 400)


def can_be_narrowed_by(form: Form) -> bool:
    """False where what was typed is wrong: its field says so. An address that is no view of the list isn't there."""
    if not form.is_valid() and set(form.errors) != {"q"}:
        raise Http404
    return form.is_valid()


@login_required
@require_POST
def screening_next(request: HttpRequest, competition: str) -> HttpResponse:
    """The one that has waited longest and that nobody else has; ``after`` an entry, the one behind it."""
    shown = organized(request, competition)
    return redirect(next_address(request, shown, after=_named_in(request, shown)))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def screening_many(request: HttpRequest, competition: str) -> HttpResponse:
    """What was picked in the queue, and with ``decide`` the same decision about all of it, or about none."""
    shown = organized(request, competition)
    if request.method != "POST":
        return redirect("submissions:screening_queue", shown.slug)
    now, outcome = request.received_at, Outcome()  # type: ignore[attr-defined]
    try:
        picks = PicksForm.read(request.POST.getlist("pick"))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("submissions:screening_queue", shown.slug)
    found = {row.public_id: row for row in _picked(request, shown, picks)}
    if len(found) != len(picks):
        # In the words of the service, which asks once more: whether there is such an entry or not.
        raise ValidationError(_("At least one of these entries isn't yours to decide about. Nothing has been decided."))
    plan, definitions = plan_of(shown), list({definition_of(row): None for row in found.values()})
    is_decided = "decide" in request.POST
    form = AssessForm(request.POST if is_decided else None, plan=plan, definitions=definitions, now=now)
    if is_decided:
        outcome.status = 400
        if form.is_valid():
            with refused_into(form, outcome):
                given = form.given()
                made = screening.decide_many(picks, actor=request.user, decide=form.cleaned_data["decide"], **given)
                messages.success(request, _said(made))
                return redirect("submissions:screening_queue", shown.slug)
    lines = lines_of(request.user, [found[public_id].pk for public_id, _version in picks], now=now)
    waiting = all(line.entry.status == SubmissionStatus.SUBMITTED for line in lines)
    context = {
        "competition": shown,
        "lines": lines,
        # After a conflict what is shown now is what the next attempt is about.
        "picks": [line.pick for line in lines] if outcome.conflict else [f"{key}:{number}" for key, number in picks],
        "can_pass": waiting,
        "now": now,
        "form": form,
        "scope": scope_of(form),
        "checklist": checklist_of(form, plan),
        "conflict": outcome.conflict,
    }
    return render(request, "submissions/screening_many.html", context, status=outcome.status)


def organized(request: HttpRequest, competition: str) -> Competition:
    found: Competition = named(Competition.objects.partly_organized_by(request.user), competition)
    return found


def own_tracks(request: HttpRequest, competition: Competition) -> Any:
    return Track.objects.organized_by(request.user).filter(competition=competition).order_by("number")


def next_address(request: HttpRequest, competition: Competition, *, after: Submission | None) -> str:
    """Where the next entry is; the queue when there is none. ``track`` of the address or form narrows it."""
    number = request.POST.get("track") or request.GET.get("track") or ""
    kept = {"track": number} if number.isascii() and number.isdigit() and len(number) < 5 else {}
    tracks = list(own_tracks(request, competition).filter(number=number)) if kept else None
    now = request.received_at  # type: ignore[attr-defined]
    following = claims.take_next(competition, actor=request.user, tracks=tracks, after=after, now=now)
    if following is None:
        messages.info(request, _("Nothing else waits for you here."))
        address = reverse("submissions:screening_queue", args=[competition.slug])
    else:
        address = reverse("submissions:screen_entry", args=[competition.slug, following.public_id])
    return f"{address}?{urlencode(kept)}" if kept else address


def _named_in(request: HttpRequest, competition: Competition) -> Submission | None:
    try:
        public_id = uuid.UUID(request.POST.get("after", ""))
    except ValueError:
        return None
    return entries_of(request.user, competition).filter(public_id=public_id).first()


def _picked(request: HttpRequest, competition: Competition, picks: Any) -> Any:
    rows = entries_of(request.user, competition).filter(public_id__in=[public_id for public_id, _version in picks])
    return rows.with_form().order_by("pk")


def _said(made: Sequence[Screening | ScreeningProposal]) -> str:
    """Where the competition asks for a second look, a rejection is only proposed."""
    count = len(made)
    if any(isinstance(each, ScreeningProposal) for each in made):
        words = ngettext(
            "%(count)s entry: proposed to be rejected. Another organizer takes the second look.",
            "%(count)s entries: proposed to be rejected. Another organizer takes the second look.",
            count,
        )
    else:
        words = ngettext("%(count)s entry has been decided.", "%(count)s entries have been decided.", count)
    return words % {"count": count}


def _tabs(counts: dict[str, int], state: str, asked: dict[str, str]) -> list[dict[str, Any]]:
    kept = {name: value for name, value in asked.items() if name != "state"}
    return [
        {
            "label": each.label,
            "url": f"?{urlencode({'state': each.value, **kept})}",
            "is_current": each == state,
            "count": counts[each],
        }
        for each in ScreeningState
    ]


def _earlier(page: Any, asked: dict[str, str]) -> str:
    """The page before this one, in the order in which they are shown."""
    is_new = asked.get("order") == "new"
    cursor = page.newer if is_new else page.older
    return f"?{urlencode({**asked, 'after' if is_new else 'before': cursor})}" if cursor else ""


def _later(page: Any, asked: dict[str, str]) -> str:
    is_new = asked.get("order") == "new"
    cursor = page.older if is_new else page.newer
    return f"?{urlencode({**asked, 'before' if is_new else 'after': cursor})}" if cursor else ""
