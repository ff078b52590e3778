"""The page of one's API tokens: what is there, a new one that is shown once, and an end to each."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.models import ApiToken
from portal.accounts.services.tokens import MOST_LIVE, USUAL_DAYS, issue_token, revoke_token
from portal.core.errors import Conflict
from portal.core.text import validate_plain_line
from tracks.models import Competition

DAYS = (7, 30, USUAL_DAYS, 180, 365)
ENDED_SHOWN = 20


class TokenForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        validators=[validate_plain_line],
        help_text=gettext_lazy("So that you know it again, such as the program that uses it."),
    )
    purpose = forms.CharField(label=gettext_lazy("Purpose"), max_length=200, validators=[validate_plain_line])
    competition = forms.ModelChoiceField(
        label=gettext_lazy("Reaches"),
        queryset=Competition.objects.none(),
        required=False,
        empty_label=gettext_lazy("All competitions that I can see"),
    )
    can_write = forms.BooleanField(
        label=gettext_lazy("It may also change what I may change"),
        required=False,
        help_text=gettext_lazy("Without this it can only read."),
    )
    days = forms.TypedChoiceField(label=gettext_lazy("Valid for"), coerce=int, initial=USUAL_DAYS)
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, user: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", secrets.token_hex(16))
        days, competition = self.fields["days"], self.fields["competition"]
        days.choices = [(each, _("%(days)s days") % {"days": each}) for each in DAYS]  # type: ignore[attr-defined]
        competition.queryset = Competition.objects.visible_to(user).current_first()  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
@reauthentication_required(allow_get=True)
@sensitive_variables("issued")
def tokens(request: HttpRequest) -> HttpResponse:
    """A POST makes one and shows it in the answer, the only place where it ever stands."""
    form = TokenForm(request.POST if request.method == "POST" else None, user=request.user)
    issued, status, conflict = None, 200, ""
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                issued, status = _issue(request, form), 200
            except ValidationError as error:
                form.add_error(None, error)
            except Conflict as error:
                conflict, status = error.message, 409
    shown = TokenForm(user=request.user) if issued else form
    context = {"form": shown, "issued": issued, "conflict": conflict, "most": MOST_LIVE, **_listed(request)}
    return render(request, "dashboards/tokens.html", context, status=status)


@require_POST
@login_required
def revoke(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    own = ApiToken.objects.visible_to(request.user).select_related("user")
    token = revoke_token(get_object_or_404(own, public_id=public_id), actor=request.user)
    messages.success(request, _("The token “%(name)s” opens nothing any more.") % {"name": token})
    return redirect("dashboards:tokens")


def _issue(request: HttpRequest, form: TokenForm) -> Any:
    given = form.cleaned_data
    competition = given["competition"]
    return issue_token(
        request.user,
        name=given["name"],
        purpose=given["purpose"],
        days=given["days"],
        can_write=given["can_write"],
        competition_id=competition.pk if competition else None,
        key=given["key"],
    )


def _listed(request: HttpRequest) -> dict[str, Any]:
    now = timezone.now()
    own = ApiToken.objects.visible_to(request.user).order_by("-created", "-public_id")
    live, ended = list(own.live(now)), own.exclude(pk__in=own.live(now).values("pk"))
    rows = [*live, *ended[:ENDED_SHOWN]]
    wanted = {row.competition_id for row in rows if row.competition_id}
    names = Competition.objects.visible_to(request.user).in_bulk(wanted)
    return {
        "now": now,
        "tokens": [
            {"token": row, "is_live": row.is_live(now), "competition": names.get(row.competition_id)} for row in rows
        ],
    }
