from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.tables import csv_response
from portal.dashboards import people as board
from tracks.models import Competition
from tracks.querysets import named


class ReadingForm(forms.Form):
    purpose = forms.CharField(
        label=gettext_lazy("What for"),
        max_length=200,
        help_text=gettext_lazy("It stays in the audit trail with your name, the person and the time."),
    )
    what = forms.ChoiceField(choices=[("phone", "phone"), ("number", "number")], widget=forms.HiddenInput)


class PeopleForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Name, e-mail, organization or team"), max_length=60, required=False)
    pledge = forms.ChoiceField(choices=[("", ""), ("missing", "missing")], required=False, widget=forms.HiddenInput)


@login_required
@never_cache
@require_safe
def people(request: HttpRequest, competition: str) -> HttpResponse:
    """Who takes part; ``?q=`` words, with ``pledge=missing`` those who have not given the pledge that holds."""
    shown = named(Competition.objects.organized_by(request.user), competition)
    form = PeopleForm(request.GET)
    if not form.is_valid():
        # What is wrong stands at its field; a list that is narrowed by nothing would show too much.
        context = {"competition": shown, "pledge": board.pledge_of(shown), "form": form, "reset_url": "?"}
        return render(request, "dashboards/people.html", context, status=400)
    rows, pledge, words = board.participants(shown), board.pledge_of(shown), form.cleaned_data["q"]
    only_missing = form.cleaned_data["pledge"] == "missing" and pledge is not None
    rows = board.without_pledge(rows, pledge) if only_missing and pledge else rows
    ids = board.in_order(board.found_by(rows, shown, words) if words else rows)
    page = _page(request, len(ids))
    asked = {name: value for name, value in (("q", words), ("pledge", "missing" if only_missing else "")) if value}
    context = {
        "competition": shown,
        "people": board.described(shown, ids[page * board.PAGE : (page + 1) * board.PAGE], pledge),
        "count": len(ids),
        "pledge": pledge,
        "only_missing": only_missing,
        "form": form,
        "reset_url": "?" if asked else "",
        "previous_url": _link(asked, page) if page else "",
        "next_url": _link(asked, page + 2) if (page + 1) * board.PAGE < len(ids) else "",
    }
    return render(request, "dashboards/people.html", context)


@login_required
@require_POST
def export(request: HttpRequest, competition: str) -> HttpResponseBase:
    shown = named(Competition.objects.organized_by(request.user), competition)
    rows = board.export_rows(shown, actor=request.user)
    head = [_("Name"), _("E-mail"), _("Takes part as"), _("Organization"), _("Phone"), _("Pledge"), _("Accepted")]
    return csv_response(f"{shown.slug}-people-{timezone.localdate()}.csv", head, rows)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, competition: str, pk: int) -> HttpResponse:
    """One of them; a POST that says what for shows the whole number, once."""
    shown = named(Competition.objects.organized_by(request.user), competition)
    found = get_object_or_404(board.participants(shown), pk=pk)
    form, read, status = ReadingForm(request.POST or None), "", 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                read = board.read_private(shown, found, actor=request.user, **form.cleaned_data)
                status = 200
            except ValidationError as error:
                form.add_error("purpose", error.messages)
    (described,) = board.described(shown, [found.pk], board.pledge_of(shown))
    context = {
        "competition": shown,
        "person": described,
        "private": board.private(shown, found, actor=request.user),
        "form": form,
        "read": read,
        "what": form.cleaned_data.get("what", "") if form.is_bound and read else "",
    }
    response = render(request, "dashboards/person.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def _page(request: HttpRequest, count: int) -> int:
    """Counted from nought; the address counts from one."""
    given: Any = request.GET.get("page", "1")
    if not (given.isascii() and given.isdigit() and len(given) < 6):
        raise Http404
    page = int(given) - 1
    if page < 0 or (page and page * board.PAGE >= count):
        raise Http404
    return page


def _link(asked: dict[str, str], number: int) -> str:
    return f"?{urlencode({**asked, 'page': str(number)})}"
