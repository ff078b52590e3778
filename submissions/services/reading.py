"""Which of its topic's texts a team has read."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.errors import Conflict
from portal.core.permissions import require
from submissions import rules
from submissions.models import Submission
from submissions.services.locking import lock_submission


@transaction.atomic
def read_topic(submission: Submission, *, actor: Any, revision: int) -> Submission:
    """A member says for the team: we have read this text. An older one, or the same again, changes nothing.

    What has been submitted answers what it answered; the next version answers the new text.
    """
    require(rules.is_member, actor, submission.team)
    submission = lock_submission(submission)
    if not submission.is_editable:
        told = {"state": submission.get_status_display()}
        raise Conflict(_("This entry can no longer be changed: %(state)s.") % told)
    text = submission.topic.revisions.filter(number=revision).first()
    if text is None:
        raise ValidationError(_("The topic has no such text."))
    before = submission.topic_revision
    if before is not None and before.number >= text.number:
        return submission
    submission.topic_revision = text
    submission.save(update_fields=["topic_revision"])
    was = {"revision": before.number if before else None}
    audit.record("read_topic", submission, actor=actor, before=was, after={"revision": text.number})
    return submission
