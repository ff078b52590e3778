"""Writing a competition and its calendar."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.people import Person
from portal.core.permissions import require
from tracks import rules
from tracks.models import Competition, Stage
from tracks.services.changing import write_changes
from tracks.services.prefixes import free_prefix


@transaction.atomic
def create_competition(*, actor: Person | None, slug: str, name: str, introduction: str) -> Competition:
    """An unpublished competition; what only its organizers know is filled in provisionally."""
    require(rules.is_site_admin, actor)
    year = re.search(r"20[0-9]{2}", name)
    competition = Competition(
        slug=slug,
        name=name,
        short_name=name[:40].rstrip(),
        year=int(year[0]) if year else timezone.localdate().year,
        host=(_("Organizing committee of %(name)s") % {"name": name})[:100],
        introduction=introduction,
        certificate_prefix=free_prefix(slug),
    )
    competition.full_clean()
    competition.save()
    audit.record("add", competition, actor=actor, after={"slug": slug, "name": name})
    return competition


@transaction.atomic
def change_competition(competition: Competition, *, actor: Person | None, **changes: Any) -> Competition:
    """Write ``changes`` (field names and values); what stays the same leaves no line in the audit trail."""
    require(rules.is_organizer, actor, competition)
    kept = Competition.objects.select_for_update(no_key=True).get(pk=competition.pk)
    return write_changes(kept, changes, actor=actor)


@transaction.atomic
def set_stage(
    competition: Competition,
    *,
    actor: Person | None,
    kind: str,
    opens_at: datetime,
    closes_at: datetime,
    grace: int | None = None,
    hash_grace: int | None = None,
) -> Stage:
    """Give the stage ``kind`` its window, half open; a stage is made when there is none. ``None`` keeps a grace."""
    require(rules.is_organizer, actor, competition)
    # The competition, not the stage: two who give a kind its first window would find no row to wait at.
    Competition.objects.select_for_update(no_key=True).get(pk=competition.pk)
    stage = competition.stages.filter(kind=kind).first() or Stage(competition=competition, kind=kind)
    before = {} if stage.pk is None else _window(stage)
    stage.opens_at, stage.closes_at = opens_at, closes_at
    stage.grace = stage.grace if grace is None else grace
    stage.hash_grace = stage.hash_grace if hash_grace is None else hash_grace
    if _window(stage) == before:
        return stage
    stage.full_clean()
    stage.save()
    audit.record("set_window", stage, actor=actor, before=before, after={"kind": kind, **_window(stage)})
    return stage


def _window(stage: Stage) -> dict[str, Any]:
    return {
        "opens_at": stage.opens_at.isoformat(),
        "closes_at": stage.closes_at.isoformat(),
        "grace": stage.grace,
        # Where it is used at all.
        **({"hash_grace": stage.hash_grace} if stage.hash_grace else {}),
    }
