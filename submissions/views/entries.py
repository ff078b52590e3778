from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.core.permissions import require
from submissions import rules, services, windows
from submissions.answers import Outcome, refused_into
from submissions.forms import EntryForm, StartForm, SubmitForm
from submissions.models import Submission, Team
from submissions.pages import entry_page, has_file, submit_page
from tracks.enums import StageKind, TopicStatus
from tracks.models import Topic


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, competition: str, track: int, topic: int) -> HttpResponse:
    """Begin an entry that answers this topic. Who has no team yet founds one first and comes back."""
    topics = Topic.objects.visible_to(request.user).select_related("track__competition")
    place = {"track__competition__slug": competition, "track__number": track, "number": topic}
    found = get_object_or_404(topics, **place)
    teams = Team.objects.visible_to(request.user).of_member(request.user)
    teams = teams.filter(competition=found.track.competition).select_related("organization").order_by("pk")
    if not teams:
        messages.info(request, _("First found your team; then you come back to this topic."))
        query = urlencode({"competition": competition, "next": request.path})
        return redirect(f"{reverse('submissions:team_new')}?{query}")
    form, outcome = StartForm(request.POST or None, teams=teams), Outcome()
    if request.method == "POST":
        outcome.status = 400
        if form.is_valid():
            with refused_into(form, outcome):
                return redirect(_start(request, found, form.cleaned_data))
    context = _start_page(request.user, found, teams, now=request.received_at)  # type: ignore[attr-defined]
    context |= {"form": form, "teams": teams, "conflict": outcome.conflict}
    return render(request, "submissions/start.html", context, status=outcome.status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def submission(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The entry. A POST saves the draft; with ``then=check`` it goes on to the last look before submitting."""
    entry, now = _entry(request, public_id), request.received_at  # type: ignore[attr-defined]
    form, outcome = None, Outcome()
    if request.method == "POST":
        require(rules.is_member, request.user, entry.team)
        form, outcome.status = EntryForm(request.POST, request.FILES, has_file=has_file(entry)), 400
        if form.is_valid():
            with refused_into(form, outcome):
                _save(request, entry, form.cleaned_data)
                if request.POST.get("then") == "check":
                    return redirect("submissions:submission_submit", entry.public_id)
                messages.success(request, _("The draft has been saved."))
                return redirect(entry)
    context = entry_page(request.user, entry, now=now, form=form, conflict=outcome.conflict)
    return render(request, "submissions/submission.html", context, status=outcome.status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def submission_submit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The last look, and the step itself."""
    entry, now = _entry(request, public_id), request.received_at  # type: ignore[attr-defined]
    require(rules.is_member, request.user, entry.team)
    form, outcome = SubmitForm(request.POST or None), Outcome()
    if request.method == "POST":
        outcome.status = 400
        if form.is_valid():
            with refused_into(form, outcome):
                receipt = services.submit(
                    entry,
                    actor=request.user,
                    expected_version=form.cleaned_data["expected_version"],
                    key=form.cleaned_data["idempotency_key"],
                    received_at=now,
                )
                messages.success(request, _("Your entry has been received. This is the receipt."))
                return redirect(receipt)
        entry = _entry(request, public_id)
    context = submit_page(request.user, entry, now=now, refused=form if form.is_bound else None)
    context["conflict"] = outcome.conflict
    return render(request, "submissions/submit.html", context, status=outcome.status)


@login_required
@require_POST
def withdraw(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    entry = services.withdraw(_entry(request, public_id), actor=request.user)
    messages.success(request, _("The entry has been withdrawn."))
    return redirect(entry)


def _entry(request: HttpRequest, public_id: uuid.UUID) -> Submission:
    rows = Submission.objects.visible_to(request.user).for_listing()
    return get_object_or_404(rows, public_id=public_id)


def _start(request: HttpRequest, topic: Topic, data: dict[str, Any]) -> Submission:
    return services.start_submission(
        data["team"],
        topic,
        actor=request.user,
        title=data["title"],
        key=data["idempotency_key"],
        now=request.received_at,  # type: ignore[attr-defined]
    )


def _start_page(user: Any, topic: Topic, teams: QuerySet[Team], *, now: datetime) -> dict[str, Any]:
    competition = topic.track.competition
    stage = windows.stage_of(competition, StageKind.SUBMISSION, teams)
    own = Submission.objects.visible_to(user).of_member(user)
    return {
        "topic": topic,
        "competition": competition,
        "stage": stage,
        "is_open": stage is not None and stage.is_open(now) and topic.status == TopicStatus.OPEN,
        "begun": own.filter(topic=topic).select_related("team").order_by("pk"),
        "now": now,
    }


def _save(request: HttpRequest, entry: Submission, data: dict[str, Any]) -> Submission:
    return services.save_draft(
        entry,
        actor=request.user,
        title=data["title"],
        abstract=data["abstract"],
        expected_version=data["expected_version"],
        upload=data["file"],
        now=request.received_at,  # type: ignore[attr-defined]
    )
