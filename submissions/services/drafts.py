from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.errors import Conflict
from portal.core.permissions import require
from submissions import rules, windows
from submissions.models import Submission, Team
from submissions.services.keyed import keyed
from submissions.services.limits import require_room_for_entry
from submissions.services.writing import begin_answers
from tracks.enums import StageKind, TopicStatus
from tracks.models import Topic
from tracks.services import lock_topic


def start_submission(
    team: Team, topic: Topic, *, actor: Any, title: str, key: str | None = None, now: datetime | None = None
) -> Submission:
    """A draft of ``team`` that answers ``topic``."""
    require(rules.is_member, actor, team)
    now = now or timezone.now()
    windows.require_open(team.competition, StageKind.SUBMISSION, now, team)
    if topic.track.competition_id != team.competition_id:
        raise ValidationError({"team": _("This team takes part in another competition.")})
    submission = Submission(team=team, topic=topic, track=topic.track, title=title.strip())
    submission.clean_fields(exclude={"topic_revision"})
    return keyed(
        "start_submission",
        key=key,
        actor=actor,
        body={"team": team.pk, "topic": topic.pk, "title": submission.title},
        among=Submission.objects.all(),
        perform=lambda: _start(submission, actor=actor, now=now),
    )


def _start(submission: Submission, *, actor: Any, now: datetime) -> Submission:
    require_room_for_entry(submission.team)
    # Its state, track and text hold until the commit, whoever withdraws, moves or revises it meanwhile.
    topic = lock_topic(submission.topic)
    if topic.status != TopicStatus.OPEN:
        raise Conflict(_("This topic has been withdrawn and takes no new entries."))
    submission.topic, submission.track = topic, topic.track
    submission.topic_revision = topic.revisions.latest("number")
    submission.save()
    begin_answers(submission, actor=actor, now=now)
    audit.record("start", submission, actor=actor, after={"topic": submission.topic_id, "team": submission.team_id})
    return submission
