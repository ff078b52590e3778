"""What judging has to say before a contest opens."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, F, Sum
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext as _

from judging.models import Rubric
from tracks.lint import Finding, Severity
from tracks.models import Competition
from tracks.signals import competition_checked

USUAL_TOTAL = Decimal(100)


@receiver(competition_checked, dispatch_uid="judging.check_rubrics")
def check_rubrics(sender: Any, competition: Competition, **kwargs: Any) -> list[Finding]:
    points = F("criteria__max_points") * F("criteria__weight")
    total = Sum(points, output_field=DecimalField(max_digits=12, decimal_places=4))
    rubrics = list(Rubric.objects.filter(competition=competition).annotate(total=total).order_by("pk"))
    if not rubrics:
        return [Finding(Severity.LOOK, _("There is no rubric yet."), reverse("admin:judging_rubric_changelist"))]
    return [
        Finding(Severity.LOOK, words(rubric), reverse("admin:judging_rubric_change", args=[rubric.pk]))
        for rubric in rubrics
        if rubric.total != USUAL_TOTAL
    ]


def words(rubric: Any) -> str:
    if rubric.total is None:
        return _("The rubric “%(rubric)s” has no criteria.") % {"rubric": rubric}
    values = {"rubric": rubric, "total": f"{rubric.total.normalize():f}"}
    return _("The rubric “%(rubric)s” adds up to %(total)s points, not 100.") % values
