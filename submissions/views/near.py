"""Entries that resemble each other, for those who run their tracks. Here nothing is decided, and no team sees it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.keyset import page_of
from submissions import services
from submissions.answers import Outcome, refused_into
from submissions.enums import NearKind
from submissions.forms import NearNoteForm
from submissions.models import NearNote, NearPair
from submissions.near.querysets import NearPairQuerySet
from submissions.near_page import comparison_of
from submissions.reading import note_outsider
from tracks.models import Competition, Track
from tracks.querysets import named

A_PAGE = 50


class NearFilterForm(forms.Form):
    track = forms.TypedChoiceField(label=gettext_lazy("Track"), coerce=int, empty_value=None, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Alike in"), choices=[("", gettext_lazy("anything")), *NearKind.choices], required=False
    )
    number = forms.CharField(label=gettext_lazy("Entry number"), max_length=20, required=False)
    unseen = forms.BooleanField(label=gettext_lazy("Not looked at yet"), required=False)

    def __init__(self, *args: Any, tracks: list[Track], **kwargs: Any):
        super().__init__(*args, **kwargs)
        listed = [(track.pk, f"{track.number}. {track.name}") for track in tracks]
        self.fields["track"].choices = [("", _("All tracks")), *listed]  # type: ignore[attr-defined]

    def narrowed(self, user: Any, competition: Competition) -> NearPairQuerySet:
        wanted = self.cleaned_data
        rows = NearPair.objects.of_competition(user, competition, wanted["track"]).standing()
        if wanted["kind"]:
            rows = rows.of_kind(wanted["kind"])
        if wanted["number"]:
            rows = rows.of_number(wanted["number"])
        return rows.unseen(user) if wanted["unseen"] else rows


@login_required
@never_cache
@require_safe
def near_report(request: HttpRequest, competition: str) -> HttpResponse:
    """The most alike first."""
    user: Any = request.user
    shown = named(Competition.objects.partly_organized_by(user), competition)
    tracks = list(Track.objects.organized_by(user).filter(competition=shown).order_by("number"))
    form = NearFilterForm(request.GET, tracks=tracks)
    context: dict[str, Any] = {"competition": shown, "form": form, "pairs": []}
    if form.is_valid():
        found = form.narrowed(user, shown)
        rows = found.for_listing().with_sight(user).annotate(at=F("score"))
        page = page_of(
            [rows], size=A_PAGE, before=request.GET.get("before", ""), after=request.GET.get("after", ""), by=int
        )
        kept = {name: request.GET[name] for name in form.fields if request.GET.get(name)}
        context |= {
            "pairs": [(pair, pair.address_in(shown.slug)) for pair in page.rows],
            "count": found.count(),
            "is_narrowed": bool(kept),
            "previous_url": f"?{urlencode({**kept, 'after': page.newer})}" if page.newer else "",
            "next_url": f"?{urlencode({**kept, 'before': page.older})}" if page.older else "",
        }
    return render(request, "submissions/near_report.html", context, status=200 if form.is_valid() else 400)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def near_pair(request: HttpRequest, competition: str, pk: int) -> HttpResponse:
    """Both side by side, as far as this organizer may read them; a POST notes that they have looked."""
    user: Any = request.user
    shown = named(Competition.objects.partly_organized_by(user), competition)
    rows = NearPair.objects.of_competition(user, shown).for_page().with_sight(user)
    pair: Any = get_object_or_404(rows, pk=pk)
    form, outcome = NearNoteForm(request.POST or None), Outcome()
    if request.method == "POST":
        outcome.status = 400
        if form.is_valid():
            with refused_into(form, outcome):
                services.note_pair(pair, actor=user, **form.cleaned_data)
                messages.success(request, _("Noted."))
                return redirect(pair.address_in(shown.slug))
    sides = [(pair.first, pair.sees_first), (pair.second, pair.sees_second)]
    for entry, is_seen in sides:
        if is_seen:
            note_outsider(user, entry, entry.team)
    context = {
        "competition": shown,
        "pair": pair,
        "comparison": comparison_of(pair, sees_first=pair.sees_first, sees_second=pair.sees_second),
        "notes": NearNote.objects.readable_by(user).filter(pair=pair).select_related("author"),
        "form": form,
        "conflict": outcome.conflict,
    }
    return render(request, "submissions/near_pair.html", context, status=outcome.status)
