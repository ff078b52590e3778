from __future__ import annotations

from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.core.audit_lines import things_of
from portal.core.deeds import words_for
from portal.core.keyset import page_of
from portal.core.models import AuditEntry
from submissions.models import Organization, Team
from submissions.reading import note_outsider
from submissions.trail import history_of, is_own, organization_concerned, person_concerned

LINES_A_PAGE = 30


@require_safe
@login_required
@never_cache
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """What the team has done and what it was told, from the audit trail."""
    teams = Team.objects.visible_to(request.user).select_related("competition", "organization")
    team = get_object_or_404(teams, pk=pk)
    visible = AuditEntry.objects.visible_to(request.user)
    parts = [visible.filter(part) for part in history_of(team)]
    page = page_of(parts, size=LINES_A_PAGE, before=request.GET.get("before", ""), after=request.GET.get("after", ""))
    note_outsider(request.user, team, team)
    context = {
        "team": team,
        "competition": team.competition,
        "lines": _lines(request, page.rows),
        "previous_url": f"?{urlencode({'after': page.newer})}" if page.newer else "",
        "next_url": f"?{urlencode({'before': page.older})}" if page.older else "",
    }
    return render(request, "submissions/history.html", context)


def _lines(request: HttpRequest, entries: list[AuditEntry]) -> list[dict[str, object]]:
    named = {entry.actor_id for entry in entries if is_own(entry)} | {person_concerned(entry) for entry in entries}
    people = get_user_model().objects.in_bulk(named - {None})
    houses = {organization_concerned(entry) for entry in entries} - {None}
    organizations = Organization.objects.visible_to(request.user).in_bulk(houses) if houses else {}
    things = things_of(entries, viewer=request.user)
    return [
        {
            "entry": entry,
            "deed": words_for(entry.object_type, entry.action),
            # Who of the organizers it was is no affair of the team's.
            "doer": str(people.get(entry.actor_id, "")) if is_own(entry) else _("The organizing committee"),
            "is_acting": is_own(entry) and entry.real_actor_id is not None,
            "thing": things.get((entry.object_type, entry.object_id)),
            "about": people.get(person_concerned(entry)) or organizations.get(organization_concerned(entry)) or "",
            "reason": "" if is_own(entry) else entry.reason,
        }
        for entry in entries
    ]
