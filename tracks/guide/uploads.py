"""A guide that an organizer uploads: kept while they look at the plan, then applied by one of them, once."""

from __future__ import annotations

import io
from collections.abc import Collection
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit, files
from portal.core.errors import Conflict
from portal.core.files import open_stored
from portal.core.people import Person
from portal.core.permissions import require
from portal.core.text import tidy_file_name
from tracks import rules
from tracks.guide.document import GuideDocument
from tracks.guide.importing import apply_import, plan_import, refuse_unfit
from tracks.guide.plan import Change
from tracks.guide.readers import read
from tracks.guide.report import REOPENED, WITHDRAWN
from tracks.guide.sheets import MOST_BYTES
from tracks.models import Competition, GuideImport


def keep_upload(competition: Competition, *, actor: Person, content: File[Any]) -> GuideImport:
    """Keep a guide that makes sense. Raises GuideError with place and reason for one that doesn't."""
    require(rules.is_organizer, actor, competition)
    name = tidy_file_name(content.name or "")
    # One byte more tells what is too large; nobody reads the rest.
    data = content.read(MOST_BYTES + 1)
    refuse_unfit(read(name, data))
    stored = files.store(File(io.BytesIO(data)), limit=MOST_BYTES)
    with transaction.atomic():
        upload = GuideImport.objects.create(
            competition=competition,
            file=stored,
            file_name=name,
            uploaded_by_id=actor.pk,
            created_at=timezone.now(),
        )
        audit.record("upload", upload, actor=actor, after={"file_name": name, "sha256": stored.sha256})
    return upload


def read_upload(upload: GuideImport) -> GuideDocument:
    with open_stored(upload.file) as content:
        return read(upload.file_name, content.read())


@transaction.atomic
def apply_upload(
    upload: GuideImport,
    *,
    actor: Person,
    fingerprint: str,
    reason: str = "",
    withdraw: Collection[int] = (),
    reopen: Collection[int] = (),
) -> GuideImport:
    """Bring the topics in line with the guide as they were when ``fingerprint`` was taken of them, or not at all."""
    competition = upload.competition
    require(rules.is_organizer, actor, competition)
    refuse_applied(upload)
    plan = plan_import(competition, read_upload(upload))
    if plan.fingerprint != fingerprint:
        raise Conflict(_("Somebody has changed the topics in the meantime. This is the plan as it is now."))
    apply_import(competition, plan, actor=actor, reason=reason, withdraw=withdraw, reopen=reopen)
    done = {WITHDRAWN: len(set(withdraw)), REOPENED: len(set(reopen))}
    counts = {str(change): number for change, number in plan.counts.items()} | done
    counts[Change.GONE] = plan.counts[Change.GONE] - done[WITHDRAWN]
    counts[Change.WITHDRAWN_HERE] = plan.counts[Change.WITHDRAWN_HERE] - done[REOPENED]
    now = timezone.now()
    changed = GuideImport.objects.filter(pk=upload.pk, applied_at=None).update(
        applied_at=now, applied_by=actor.pk, counts=counts
    )
    if changed != 1:
        refuse_applied(GuideImport.objects.get(pk=upload.pk))
    audit.record("apply", upload, actor=actor, after=counts, reason=reason)
    upload.refresh_from_db()
    return upload


def refuse_applied(upload: GuideImport) -> None:
    if upload.applied_at is not None:
        raise Conflict(_("This guide has been imported already. Upload it again to see what has changed since."))
