"""The pages where a site admin begins and stops to act for somebody else."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from hijack.views import AcquireUserView, ReleaseUserView

from portal.accounts.acting import begun, has_conflict, may_be_acted_for
from portal.accounts.models import User
from portal.core.context import current_real_actor
from portal.core.text import validate_plain_line
from tracks.querysets import is_site_admin


class ActingForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        validators=[validate_plain_line],
        help_text=_("It stands in the audit trail, and the person concerned reads it."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def act_for(request: HttpRequest, pk: int) -> HttpResponse:
    """Say why, then see the portal as this person does."""
    person = get_object_or_404(User, pk=pk) if is_site_admin(request.user) else None
    if person is None or not may_be_acted_for(request.user, person):
        raise Http404
    if has_conflict(request.user, person):
        words = _("Your own team takes part where %(name)s is an organizer or a judge. Please ask another site admin.")
        return render(request, "403.html", {"message": words % {"name": person}}, status=403)
    return _confirmed(request, person)


@reauthentication_required
def _confirmed(request: HttpRequest, person: User) -> HttpResponse:
    form = ActingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _begin(request, person, form.cleaned_data["reason"])
    context = {"person": person, "form": form}
    return render(request, "dashboards/acting.html", context, status=400 if form.errors else 200)


def _begin(request: HttpRequest, person: User, reason: str) -> HttpResponse:
    real_actor: Any = request.user
    begun(person, real_actor=real_actor, reason=reason)
    posted: Any = request.POST.copy()
    posted["user_pk"] = str(person.pk)
    request.POST = posted
    token = current_real_actor.set(real_actor.pk)
    try:
        AcquireUserView.as_view()(request)
    finally:
        current_real_actor.reset(token)
    return redirect("dashboards:desk")


@require_POST
@login_required
def stop_acting(request: HttpRequest) -> HttpResponse:
    person = request.user.pk
    if not hasattr(request, "real_actor"):
        return redirect("dashboards:desk")
    ReleaseUserView.as_view()(request)
    return redirect(reverse("admin:accounts_user_change", args=[person]))
