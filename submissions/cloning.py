"""What this app gives to the copy of a competition: its published entry forms, its plan of screening; never entries."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from submissions.services import clone_forms
from submissions.services.plans import clone_plan
from tracks.models import Competition
from tracks.signals import competition_cloned


@receiver(competition_cloned, dispatch_uid="submissions.clone_forms")
def clone(sender: Any, source: Competition, copy: Competition, actor: Any = None, **kwargs: Any) -> None:
    clone_forms(source, copy, actor=actor)
    clone_plan(source, copy, actor=actor)
