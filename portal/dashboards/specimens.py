"""Made-up things for the style page, so that each component is seen in each of its states."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.templatetags.ui import BEIJING
from portal.dashboards.calendar import place

NOW = datetime(2030, 7, 18, 19, 48, tzinfo=BEIJING)
STATES = [
    (_("draft"), ""),
    (_("submitted"), "now"),
    (_("eligible"), "ok"),
    (_("returned for correction"), "warn"),
    (_("rejected"), "stop"),
    (_("withdrawn"), "off"),
]


class SpecimenForm(forms.Form):
    title = forms.CharField(label=_("Project name"), max_length=60, help_text=_("As it should stand on a certificate."))
    email = forms.EmailField(label=_("E-mail"))
    abstract = forms.CharField(label=_("Abstract"), max_length=200, widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(
        label=_("Kind of entry"), choices=[("case", _("case")), ("solution", _("solution"))], widget=forms.RadioSelect
    )
    track = forms.ChoiceField(label=_("Track"), choices=[("", _("Please choose")), ("1", "01"), ("2", "02")])
    document = forms.FileField(label=_("Application form"), help_text=_("One PDF with the seal."), required=False)
    pledge = forms.BooleanField(label=_("I have read and accept the privacy notice."))


def stages() -> list[Any]:
    windows = [
        (_("registration"), -82, 24),
        (pgettext_lazy("stage", "submission"), -60, 24),
        (_("screening"), 24, 38),
        (_("expert review"), 38, 52),
        (_("defence"), 60, 62),
        (_("publicity"), 66, 73),
    ]
    midnight = NOW.replace(hour=0, minute=0)
    made = [
        SimpleNamespace(name=name, opens_at=midnight + timedelta(opens), closes_at=midnight + timedelta(closes))
        for name, opens, closes in windows
    ]
    return place(made, NOW, name_of=lambda stage: stage.name)


def specimens() -> dict[str, Any]:
    form = SpecimenForm({"title": "", "email": "name@", "abstract": "×" * 190}, auto_id="sent_%s")
    tabs = [
        {"label": _("Awaiting screening"), "url": "#tabs", "is_current": True, "count": 12},
        {"label": _("Eligible"), "url": "#tabs", "count": 48},
        {"label": _("All"), "url": "#tabs"},
    ]
    return {
        "now": NOW,
        "closes_at": NOW.replace(hour=0, minute=0) + timedelta(24),
        "stages": stages(),
        "states": STATES,
        "blank_form": SpecimenForm(),
        "sent_form": form,
        "tabs": tabs,
        "tracks": range(1, 8),
        "swatches": ["paper", "card", "wash", "line", "edge", "ink", "brand", "seal", "ok", "warn"],
    }
