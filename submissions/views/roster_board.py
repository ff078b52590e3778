"""What teams of a competition ask to have changed, for those who decide about it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Exists, F, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.core.keyset import page_of
from submissions.enums import RosterRequestStatus
from submissions.models import RosterRequest, TeamMember
from submissions.roster_pages import told
from tracks.models import Competition, Track
from tracks.querysets import is_site_admin, named

A_PAGE = 50
ORDER = [
    RosterRequestStatus.AWAITING,
    RosterRequestStatus.ASKED,
    RosterRequestStatus.APPROVED,
    RosterRequestStatus.REFUSED,
    RosterRequestStatus.DECLINED,
    RosterRequestStatus.WITHDRAWN,
    RosterRequestStatus.LAPSED,
]


@login_required
@never_cache
@require_safe
def roster_board(request: HttpRequest, competition: str) -> HttpResponse:
    """Newest first; ``?state=`` a state, or ``all``; without it those that wait for a decision."""
    user: Any = request.user
    shown = named(_organized(user), competition)
    state = request.GET.get("state", RosterRequestStatus.AWAITING)
    if state not in (*RosterRequestStatus.values, "all"):
        raise Http404
    rows = RosterRequest.objects.organized_by(user).filter(team__competition=shown)
    wanted = rows if state == "all" else rows.filter(status=state)
    own = TeamMember.objects.filter(team=OuterRef("team"), user_id=user.pk)
    wanted = wanted.for_listing().annotate(at=F("requested_at"), is_own=Exists(own))
    page = page_of([wanted], size=A_PAGE, before=request.GET.get("before", ""), after=request.GET.get("after", ""))
    context = {
        "competition": shown,
        "requests": told(page.rows, is_insider=is_site_admin(user)),
        "tabs": _tabs(rows, state),
        "previous_url": f"?{urlencode({'state': state, 'after': page.newer})}" if page.newer else "",
        "next_url": f"?{urlencode({'state': state, 'before': page.older})}" if page.older else "",
    }
    return render(request, "submissions/roster_board.html", context)


def _organized(user: Any) -> Any:
    """Those that this person runs, wholly or in some tracks."""
    tracks = Track.objects.organized_by(user).values("competition")
    return Competition.objects.filter(Q(pk__in=Competition.objects.organized_by(user)) | Q(pk__in=tracks))


def _tabs(rows: Any, state: str) -> list[dict[str, Any]]:
    """Those states that occur, the one that waits first; one query."""
    counts = dict(rows.order_by().values_list("status").annotate(count=Count("pk")))
    shown = [each for each in ORDER if each in counts or each in (ORDER[0], state)]
    tabs: list[dict[str, Any]] = [
        {"label": each.label, "url": f"?state={each}", "is_current": state == each, "count": counts.get(each, 0)}
        for each in shown
    ]
    everything = {"label": _("All"), "url": "?state=all", "is_current": state == "all", "count": sum(counts.values())}
    return [*tabs, everything]
