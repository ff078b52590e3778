"""Moments that people type: a slip in the year must not become a date that no database can hold."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

YEARS = range(2000, 2101)


def validate_instant(value: datetime) -> None:
    if value.year not in YEARS:
        raise ValidationError(
            _("Please choose a year from %(first)s to %(last)s."), params={"first": YEARS[0], "last": YEARS[-1]}
        )
