"""The page in the administration: what is kept for how long, what the next run would do, and a box to change it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from portal.accounts import policies
from portal.accounts.models.retention import LONGEST


class RetentionForm(forms.Form):
    """A box for each policy; empty keeps for ever."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, policy in policies.POLICIES.items():
            self.fields[name] = forms.IntegerField(
                label=policy.title,
                min_value=policy.least,
                max_value=LONGEST,
                required=False,
                help_text=policy.explanation,
            )


def page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Whoever calls has checked that this is a site admin."""
    person: Any = request.user
    rows = policies.report()
    form = RetentionForm(request.POST or None, initial={rule.name: rule.days for rule, _outcome in rows})
    if request.method == "POST" and form.is_valid():
        for name, days in form.cleaned_data.items():
            policies.set_days(name, days, actor=person)
        messages.success(request, _("The periods have been saved."))
        return redirect(request.path)
    context |= {
        "form": form,
        "rows": [{"rule": rule, "outcome": outcome, "field": form[rule.name]} for rule, outcome in rows],
        "nightly": settings.RETENTION_NIGHTLY,
    }
    return render(request, "accounts/admin/retention.html", context, status=400 if form.errors else 200)
