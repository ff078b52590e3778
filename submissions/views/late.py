"""What was handed in after the end: for its team to see, for organizers to decide about."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.keyset import page_of
from portal.core.permissions import require
from submissions import rules, services
from submissions.answers import Outcome, refused_into
from submissions.enums import LateOutcome
from submissions.forms import LateDecisionForm
from submissions.models import LateAttempt
from submissions.reading import note_outsider
from submissions.services.inspections import show_inspections
from submissions.sheet import Audience, sheet_of_version
from tracks.models import Competition
from tracks.querysets import named

ROWS_A_PAGE = 50
DECIDE = {LateOutcome.ACCEPTED: services.accept_late, LateOutcome.DECLINED: services.decline_late}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def late_attempt(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What is kept, and what became of it; a POST by an organizer decides."""
    rows = LateAttempt.objects.visible_to(request.user).for_listing()
    rows = rows.select_related("decision__version__receipt", "topic_revision__topic")
    found = get_object_or_404(rows, public_id=public_id)
    form, outcome = LateDecisionForm(request.POST or None), Outcome()
    if request.method == "POST":
        require(rules.can_screen, request.user, found.submission)
        outcome.status = 400
        if form.is_valid():
            with refused_into(form, outcome):
                decide = DECIDE[LateOutcome(form.cleaned_data["outcome"])]
                decide(found, actor=request.user, reason=form.cleaned_data["reason"])
                messages.success(request, _("Decided. The team is told by mail."))
                return redirect(found)
        found = rows.get(pk=found.pk)
    entry = found.submission
    is_member = rules.is_member(request.user, entry.team)
    note_outsider(request.user, entry, entry.team)
    sheet = sheet_of_version(found, Audience.TEAM)
    show_inspections(sheet.files)
    context = {
        "attempt": found,
        "submission": entry,
        "competition": entry.team.competition,
        "sheet": sheet,
        "is_member": is_member,
        "can_decide": found.status == "pending" and rules.can_screen(request.user, entry),
        "form": form,
        "conflict": outcome.conflict,
    }
    return render(request, "submissions/late_attempt.html", context, status=outcome.status)


@login_required
@never_cache
@require_safe
def late_attempts(request: HttpRequest, competition: str) -> HttpResponse:
    """All of a competition that this organizer decides about, newest first."""
    shown = named(Competition.objects.partly_organized_by(request.user), competition)
    rows = LateAttempt.objects.organized_by(request.user).filter(submission__team__competition=shown)
    page = page_of(
        [rows.for_listing().annotate(at=F("received_at"))],
        size=ROWS_A_PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    context = {
        "competition": shown,
        "attempts": page.rows,
        "waiting": rows.undecided().count(),
        "previous_url": f"?{urlencode({'after': page.newer})}" if page.newer else "",
        "next_url": f"?{urlencode({'before': page.older})}" if page.older else "",
    }
    return render(request, "submissions/late_attempts.html", context)
