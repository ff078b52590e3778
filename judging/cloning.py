"""What judging gives to the copy of a competition: its rubrics, never its judges and rounds."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from judging.models import Criterion, Rubric
from tracks.models import Competition
from tracks.signals import competition_cloned


@receiver(competition_cloned, dispatch_uid="judging.clone_rubrics")
def clone_rubrics(sender: Any, source: Competition, copy: Competition, **kwargs: Any) -> None:
    names = Rubric.objects.filter(competition=source).values_list("name", flat=True)
    rubrics = Rubric.objects.bulk_create(Rubric(competition=copy, name=name) for name in names)
    rubric_of = {rubric.name: rubric for rubric in rubrics}
    lines = Criterion.objects.filter(rubric__competition=source).select_related("rubric")
    Criterion.objects.bulk_create(
        Criterion(
            rubric=rubric_of[line.rubric.name],
            position=line.position,
            name=line.name,
            guidance=line.guidance,
            max_points=line.max_points,
            weight=line.weight,
        )
        for line in lines
    )
