"""From the ranking of a round that is over to the shortlist: the first of a track, and who shares the last place."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from judging import services
from judging.enums import RoundStatus
from judging.models import Round
from judging.shortlisting import first_of
from judging.views.board import ranked
from submissions.models import Shortlisting
from tracks.models import Track

MOST = 100
PROPOSED = 20


class FirstForm(forms.Form):
    """Which track, and how many of it."""

    track = forms.ModelChoiceField(label=_("Track"), queryset=Track.objects.none(), to_field_name="number")
    first = forms.IntegerField(label=_("The first"), min_value=1, max_value=MOST, initial=PROPOSED)


@require_safe
@login_required
@never_cache
def shortlist(request: HttpRequest, pk: int) -> HttpResponse:
    """``?track=7&first=20``. What is ticked goes to the shortlist's own page, which asks once more."""
    over = Round.objects.visible_to(request.user).filter(status__in=[RoundStatus.CLOSED, RoundStatus.PUBLISHED])
    round_ = get_object_or_404(over.select_related("competition"), pk=pk)
    services.refuse_entrants(round_, actor=request.user)
    entries = ranked(round_, user=request.user)
    tracks = Track.objects.filter(pk__in={each.track_id for each in entries}).order_by("number")
    chosen = request.GET.get("track", "")
    form = FirstForm(request.GET if chosen else None, initial={"track": tracks.first()})
    form.fields["track"].queryset = tracks  # type: ignore[attr-defined]
    context = {"round": round_, "competition": round_.competition, "form": form, "first": None}
    if chosen:
        if not form.is_valid():
            raise Http404
        in_track = [each for each in entries if each.track == form.cleaned_data["track"]]
        context["first"] = first_of(in_track, form.cleaned_data["first"])
        rows = Shortlisting.objects.visible_to(request.user).live()
        listed = rows.filter(submission__in=[each.submission_id for each in in_track])
        context["listed"] = set(listed.values_list("submission", flat=True))
    return render(request, "judging/shortlist.html", context)
