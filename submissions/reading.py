"""An organizer who opens a team's page, entry or file leaves a line in the audit trail; the team itself doesn't."""

from __future__ import annotations

from typing import Any

from django.db import models

from portal.core.reading import note_reading
from submissions.models import Team
from submissions.rules import is_member


def note_outsider(user: Any, obj: models.Model, team: Team, action: str = "read") -> None:
    if not is_member(user, team):
        note_reading(obj, actor=user, action=action)
