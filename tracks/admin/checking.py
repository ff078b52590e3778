"""The check before a contest opens, as a page, and as a question when somebody makes the contest public."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from tracks.checking import findings, stopping
from tracks.lint import Finding
from tracks.models import Competition

# What the button says that publishes all the same; the box in the form says "on".
CONFIRMED = "confirmed"
NOT_SENT_AGAIN = {"csrfmiddlewaretoken", "is_published"}


class CheckedBeforeItOpens(admin.ModelAdmin):
    def get_urls(self) -> list[Any]:
        check = self.admin_site.admin_view(self.check_page)
        return [path("<int:pk>/check/", check, name="tracks_competition_check"), *super().get_urls()]

    def check_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        competition: Any = self.get_object(request, str(pk))
        found = findings(competition)
        context = self._context(request, competition, found, title=_("Check before %(competition)s opens"))
        return render(request, "admin/tracks/competition_check.html", context)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        competition = kwargs.get("obj")
        if competition is not None and not competition.is_published:
            context["findings"] = findings(competition)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_related(self, request: HttpRequest, form: forms.ModelForm, formsets: Any, change: bool) -> None:  # noqa: FBT001 - Django's hook
        super().save_related(request, form, formsets, change)
        publishes = "is_published" in form.changed_data and form.cleaned_data["is_published"]
        request.must_be_asked = publishes and request.POST.get("is_published") != CONFIRMED  # type: ignore[attr-defined]

    def response_change(self, request: HttpRequest, obj: Competition) -> HttpResponse:
        """Stages are on the same page, so what is checked is what has just been saved; it is taken back to ask."""
        if request.must_be_asked:  # type: ignore[attr-defined]
            found = stopping(findings(obj, is_to_open=True))
            if found:
                context = self._context(request, obj, found, title=_("Make %(competition)s public?"))
                question = render(request, "admin/tracks/competition_publish.html", context)
                # Only now: a transaction that is to be taken back answers no more queries.
                transaction.set_rollback(True)
                return question
        return super().response_change(request, obj)

    def _context(
        self, request: HttpRequest, competition: Competition, found: list[Finding], *, title: str
    ) -> dict[str, Any]:
        sent = ((name, value) for name, values in request.POST.lists() for value in values)
        return {
            **self.admin_site.each_context(request),
            "title": title % {"competition": competition},
            "opts": self.opts,
            "original": competition,
            "findings": found,
            "confirmed": CONFIRMED,
            "sent": [(name, value) for name, value in sent if name not in NOT_SENT_AGAIN],
        }
