from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from portal.notifications.models import Outbox
from portal.notifications.services import enqueue_all
from submissions.models import Submission, TeamMember


def tell_members(submission: Submission, kind: str, *, key: str, about: int) -> None:
    tell_team(submission.team_id, kind, key=key, about=about, people=submission.team.known_roles)


def tell_team(team: int, kind: str, *, key: str, about: int, people: Iterable[int] | None = None) -> None:
    """A mail of ``kind`` about the row ``about`` to each member; it is written when it is sent.

    ``people``: who they are, where the caller has just read it.
    """
    now = timezone.now()
    if people is None:
        people = TeamMember.objects.filter(team=team).values_list("user_id", flat=True)
    enqueue_all(
        [
            Outbox(kind=kind, key=f"{key}:{user}", payload={"about": about, "user": user}, available_at=now)
            for user in people
        ]
    )
