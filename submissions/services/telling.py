from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from portal.notifications.models import Outbox
from portal.notifications.services import enqueue_all
from submissions.models import Submission, TeamMember


def tell_members(submission: Submission, kind: str, *, key: str, about: int, **more: Any) -> None:
    tell_team(submission.team_id, kind, key=key, about=about, people=submission.team.known_roles, **more)


def tell_team(
    team: int,
    kind: str,
    *,
    key: str,
    about: int,
    people: Iterable[int] | None = None,
    besides: Iterable[Outbox] = (),
    **more: Any,
) -> None:
    """A mail of ``kind`` about the row ``about`` to each member; it is written when it is sent.

    ``more`` is what it says that stands in no row; ``besides`` what else goes into the outbox, in the same insert;
    ``people`` who they are, where the caller has just read it.
    """
    now = timezone.now()
    if people is None:
        people = TeamMember.objects.filter(team=team).values_list("user_id", flat=True)
    enqueue_all(
        [
            Outbox(kind=kind, key=f"{key}:{user}", payload={"about": about, "user": user, **more}, available_at=now)
            for user in people
        ]
        + list(besides)
    )
