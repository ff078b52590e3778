"""The organizers' shortlist: who is on it, who has been told, and the same step about many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from submissions.answers import Outcome, refused_into
from submissions.enums import ShortlistState
from submissions.screening_forms import MOST_PICKED, PicksForm
from submissions.screening_queue import entries_of
from submissions.services import shortlisting
from submissions.shortlist_forms import ADD, ANNOUNCE, MOVE_END, UNDO, DeedForm, ShortlistForm
from submissions.shortlist_page import counts_of, listed, narrowed, page_of_shortlist
from submissions.views.screening import can_be_narrowed_by, organized, own_tracks
from tracks.enums import StageKind
from tracks.models import Competition, Stage

DEEDS: dict[str, Callable[..., list[Any]]] = {
    ADD: shortlisting.shortlist,
    ANNOUNCE: shortlisting.announce_shortlist,
    MOVE_END: shortlisting.move_shortlist_end,
    UNDO: shortlisting.undo_shortlist,
}
# Where one stands once it is done.
THEN = {
    ADD: ShortlistState.CHOSEN,
    ANNOUNCE: ShortlistState.ANNOUNCED,
    MOVE_END: ShortlistState.ANNOUNCED,
    UNDO: ShortlistState.CANDIDATES,
}


@login_required
@never_cache
@require_safe
def shortlist(request: HttpRequest, competition: str) -> HttpResponse:
    """``?state=`` a tab, ``track=`` by number, ``q=`` words."""
    user, shown = request.user, organized(request, competition)
    form = ShortlistForm(request.GET, tracks=own_tracks(request, shown))
    is_narrowed, now = can_be_narrowed_by(form), request.received_at  # type: ignore[attr-defined]
    rows = entries_of(user, shown)
    asked, state = form.asked(), form.cleaned_data["state"] or ShortlistState.CANDIDATES
    context = {
        "competition": shown,
        "form": form,
        "state": state,
        "asked": asked,
        "most": MOST_PICKED,
        "tabs": _tabs(counts_of(rows), state, asked),
        "reset_url": f"?{urlencode({'state': state})}" if set(asked) - {"state"} else "",
        "now": now,
    }
    if is_narrowed:
        found = narrowed(rows, form.cleaned_data)
        cursors = {name: request.GET.get(name, "") for name in ("before", "after")}
        page = page_of_shortlist(user, found, now=now, **cursors)
        context |= {"rows": page.rows, "found": found.count()}
        context["previous_url"] = f"?{urlencode({**asked, 'before': page.older})}" if page.older else ""
        context["next_url"] = f"?{urlencode({**asked, 'after': page.newer})}" if page.newer else ""
    return render(request, "submissions/shortlist.html", context, status=200 if is_narrowed else 400)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def shortlist_many(request: HttpRequest, competition: str) -> HttpResponse:
    """What was picked (``pick``), or all that the filter shows (``all``); with ``sure`` it is done to all, or none."""
    shown = organized(request, competition)
    deed = request.POST.get("do", "")
    if request.method != "POST" or deed not in DEEDS:
        return redirect("submissions:shortlist", shown.slug)
    try:
        picks = _picked(request, shown)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(_address(shown, {name: request.POST.get(name, "") for name in ("state", "track", "q")}))
    is_sure, outcome = "sure" in request.POST, Outcome()
    form = DeedForm(request.POST if is_sure else None, deed=deed, initial={"do": deed})
    if is_sure:
        outcome.status = 400
        if form.is_valid():
            with refused_into(form, outcome):
                made = DEEDS[deed](picks, actor=request.user, **form.given())
                messages.success(request, _said(deed, len(made)))
                return redirect(_address(shown, {"state": str(THEN[deed])}))
    return _confirm(request, shown, picks, form, deed, outcome)


def _confirm(
    request: HttpRequest, shown: Competition, picks: list[UUID], form: DeedForm, deed: str, outcome: Outcome
) -> HttpResponse:
    user, now = request.user, request.received_at  # type: ignore[attr-defined]
    found = entries_of(user, shown).filter(public_id__in=picks).order_by("track__number", "number")
    rows = listed(user, list(found.values_list("pk", flat=True)), now=now)
    if len(rows) != len(picks):
        # In the words of the service, which asks once more: whether there is such an entry or not.
        raise ValidationError(_("At least one of these entries isn't yours to decide about. Nothing has been changed."))
    context = {
        "competition": shown,
        "title": _asked(deed, len(rows)),
        "rows": rows,
        "form": form,
        "deed": deed,
        "conflict": outcome.conflict,
        "told": sum(row.row is not None and row.row.is_announced for row in rows),
        "defence": Stage.objects.filter(competition=shown, kind=StageKind.DEFENCE, opens_at__gt=now).first(),
        "now": now,
    }
    return render(request, "submissions/shortlist_many.html", context, status=outcome.status)


def _picked(request: HttpRequest, shown: Competition) -> list[UUID]:
    """Raises ValidationError for none or too many of them."""
    if "all" not in request.POST:
        return [public_id for public_id, _version in PicksForm.read(request.POST.getlist("pick"))]
    form = ShortlistForm(request.POST, tracks=own_tracks(request, shown))
    if not form.is_valid():
        raise Http404
    found = narrowed(entries_of(request.user, shown), form.cleaned_data).order_by("pk")
    keys = list(found.values_list("public_id", flat=True)[: MOST_PICKED + 1])
    if not 1 <= len(keys) <= MOST_PICKED:
        raise ValidationError(_("Please choose at least one entry, and at most %(most)s.") % {"most": MOST_PICKED})
    return keys


def _asked(deed: str, count: int) -> str:
    words = {
        ADD: ngettext("Put %(count)s entry on the shortlist", "Put %(count)s entries on the shortlist", count),
        ANNOUNCE: ngettext(
            "Announce %(count)s entry as shortlisted", "Announce %(count)s entries as shortlisted", count
        ),
        MOVE_END: ngettext("Set another end for %(count)s entry", "Set another end for %(count)s entries", count),
        UNDO: ngettext("Take %(count)s entry off the shortlist", "Take %(count)s entries off the shortlist", count),
    }
    return words[deed] % {"count": count}


def _said(deed: str, count: int) -> str:
    words = {
        ADD: ngettext(
            "%(count)s entry is on the shortlist. Its team is told once you announce it.",
            "%(count)s entries are on the shortlist. Their teams are told once you announce them.",
            count,
        ),
        ANNOUNCE: ngettext(
            "%(count)s entry is announced as shortlisted. Its team is told by mail.",
            "%(count)s entries are announced as shortlisted. Their teams are told by mail.",
            count,
        ),
        MOVE_END: ngettext(
            "%(count)s entry has another end. Its team is told by mail.",
            "%(count)s entries have another end. Their teams are told by mail.",
            count,
        ),
        UNDO: ngettext(
            "%(count)s entry is no longer on the shortlist.",
            "%(count)s entries are no longer on the shortlist.",
            count,
        ),
    }
    return words[deed] % {"count": count}


def _address(shown: Competition, asked: dict[str, str]) -> str:
    kept = {name: value for name, value in asked.items() if value}
    address = reverse("submissions:shortlist", args=[shown.slug])
    return f"{address}?{urlencode(kept)}" if kept else address


def _tabs(counts: dict[str, int], state: str, asked: dict[str, str]) -> list[dict[str, Any]]:
    kept = {name: value for name, value in asked.items() if name != "state"}
    return [
        {
            "label": each.label,
            "url": f"?{urlencode({'state': each.value, **kept})}",
            "is_current": each == state,
            "count": counts[each],
        }
        for each in ShortlistState
    ]
