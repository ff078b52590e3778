"""Which window of the calendar lets a team do what."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from portal.core.errors import Conflict
from portal.core.templatetags.ui import beijing, deadline
from submissions.enums import SubmissionStatus
from submissions.models import Submission
from tracks.enums import StageKind
from tracks.models import Competition, Stage


def stage_of(competition: Competition, kind: StageKind) -> Stage | None:
    return Stage.objects.filter(competition=competition, kind=kind).first()


def require_open(competition: Competition, kind: StageKind, now: datetime) -> None:
    """Raise Conflict, saying since when or until when, unless the stage is open at ``now``."""
    stage = stage_of(competition, kind)
    if stage is None:
        raise Conflict(_("This isn't open."))
    if now < stage.opens_at:
        raise Conflict(
            _("%(stage)s opens at %(time)s, Beijing time.") % {"stage": stage, "time": beijing(stage.opens_at)}
        )
    if not stage.is_open(now):
        raise Conflict(
            _("%(stage)s closed at %(time)s, Beijing time.") % {"stage": stage, "time": deadline(stage.closes_at)}
        )


def require_writable(submission: Submission, now: datetime) -> None:
    """What was returned for correction may be mended after the stage has closed; anything else not."""
    if not submission.is_editable:
        raise Conflict(
            _("This entry can no longer be changed: %(state)s.") % {"state": submission.get_status_display()}
        )
    if submission.status != SubmissionStatus.RETURNED:
        require_open(submission.team.competition, StageKind.SUBMISSION, now)


def is_writable(submission: Submission, stage: Stage | None, now: datetime) -> bool:
    """The same as a question, for a page that has the stage at hand."""
    if submission.status == SubmissionStatus.RETURNED:
        return True
    return submission.is_editable and stage is not None and stage.is_open(now)
