"""A topic's texts over time, and what changed between any two of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from portal.core.remembered import remembered
from portal.core.templatetags.ui import beijing_date
from tracks import leading
from tracks.diffing import Kind, Row, side_by_side
from tracks.models import Topic, TopicRevision


class PairForm(forms.Form):
    """Which two texts; the address names them by their numbers."""

    def __init__(self, *args: Any, revisions: Sequence[TopicRevision], **kwargs: Any):
        super().__init__(*args, **kwargs)
        words = _("Version %(number)s of %(date)s")
        choices = [
            (each.number, words % {"number": each.number, "date": beijing_date(each.created_at)}) for each in revisions
        ]
        for name, label in (("from", _("Compare")), ("to", pgettext_lazy("revision", "with"))):
            self.fields[name] = forms.TypedChoiceField(label=label, choices=choices, coerce=int)


@require_safe
@remembered
def revisions(request: HttpRequest, competition: str, track_number: int, number: int) -> HttpResponse:
    place = {"track__competition__slug": competition, "track__number": track_number, "number": number}
    topics = Topic.objects.visible_to(request.user).select_related("track__competition").replacing()
    topic = topics.filter(**place).first()
    if topic is None:
        return leading.to_topic(request, competition, track_number, number, page="tracks:revisions")
    texts = TopicRevision.objects.visible_to(request.user).filter(topic=topic)
    found = list(texts.with_recency(timezone.now()).defer("body").order_by("-number"))
    form, status = None, 200
    context: dict[str, Any] = {}
    if len(found) > 1:
        given = {name: request.GET[name] for name in ("from", "to") if name in request.GET}
        form = PairForm({"from": found[1].number, "to": found[0].number} | given, revisions=found)
        if form.is_valid():
            context = _compared(texts, {form.cleaned_data["from"], form.cleaned_data["to"]})
        else:
            status = 400
    context |= {
        "competition": topic.track.competition,
        "track": topic.track,
        "topic": topic,
        "former": leading.replaced_by(topic, request.user) if topic.replaces_another else None,
        "revisions": found,
        "form": form,
    }
    return render(request, "tracks/revisions.html", context, status=status)


def _compared(texts: Any, numbers: set[int]) -> dict[str, Any]:
    """The older one stands first, whichever was asked for first."""
    chosen = list(texts.filter(number__in=numbers).order_by("number"))
    before, after = chosen[0], chosen[-1]
    titles, rows = side_by_side(before.title, after.title), side_by_side(before.body, after.body)
    return {"before": before, "after": after, "title": _first(titles), "rows": rows}


def _first(rows: list[Row]) -> Row:
    """A title that is quite another is told as one that went and one that came; it is one line all the same."""
    if len(rows) == 1:
        return rows[0]
    removed, added = (
        next((row for row in rows if getattr(row, side)), Row(rows[0].kind)) for side in ("before", "after")
    )
    return Row(Kind.CHANGED, removed.before, added.after)
