"""What pages say of the changes of a roster: whom each is about, as whoever looks may know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from submissions import rules, windows
from submissions.models import RosterRequest, Team
from submissions.texts import masked
from tracks.enums import StageKind
from tracks.querysets import is_site_admin

SHOWN = 50


@dataclass
class Told:
    request: RosterRequest
    who: str

    @property
    def summary(self) -> str:
        return self.request.summary(self.who)


def told(requests: Any, *, is_insider: bool) -> list[Told]:
    """Whoever has agreed to nothing yet is named by their address to their would-be team alone."""
    return [Told(each, _who(each, is_insider=is_insider)) for each in requests]


def of_team(user: Any, team: Team, *, is_member: bool) -> list[Told]:
    """The newest ones; one query."""
    rows = RosterRequest.objects.visible_to(user).filter(team=team).select_related("person")
    return told(rows.order_by("-requested_at", "-pk")[:SHOWN], is_insider=is_member or is_site_admin(user))


def about(user: Any) -> list[Told]:
    """Those that wait for this person's word, for their desk; one query."""
    rows = RosterRequest.objects.about(user).open().exclude(agreed_at__isnull=False).exclude(requested_by_id=user.pk)
    rows = rows.exclude(objected_at__isnull=False).select_related("person", "team__competition", "team__organization")
    return told(rows.select_related("requested_by").order_by("-requested_at", "-pk"), is_insider=True)


def request_page(user: Any, request: RosterRequest, *, now: datetime) -> dict[str, Any]:
    team = request.team
    is_member = rules.is_member(user, team)
    is_about_me = request.person_id == user.pk or (request.person_id is None and rules.is_asked(user, request))
    is_insider = is_member or is_about_me or is_site_admin(user)
    can_decide = request.is_open and rules.can_decide_request(user, request)
    return {
        "told": Told(request, _who(request, is_insider=is_insider)),
        "request_": request,
        "team": team,
        "competition": team.competition,
        "can_see_team": Team.objects.visible_to(user).filter(pk=team.pk).exists(),
        "is_about_me": is_about_me,
        "can_answer": request.is_open and rules.is_asked(user, request),
        "can_object": request.is_open and request.requested_by_id != user.pk and rules.may_object(user, request),
        "can_withdraw": request.is_open and rules.is_captain(user, team),
        "can_decide": can_decide,
        "objection": request.objection if rules.may_read_objection(user, request) else "",
        "count": team.members.count() if can_decide else None,
        "is_outsider": not is_member and not is_about_me,
        "now": now,
    }


def is_roster_locked(team: Team, now: datetime) -> bool:
    return windows.is_locked(windows.stage_of(team.competition, StageKind.REGISTRATION, [team]), now)


def _who(request: RosterRequest, *, is_insider: bool) -> str:
    if request.person is not None:
        return str(request.person.full_name)
    return request.email if is_insider else masked(request.email)
