"""The organizers' boards: for those who run the whole competition, and missing for everybody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from judging import services
from judging.forms import AwardForm, RoundForm, add_errors
from judging.models import Round
from judging.services.ranking import fingerprint
from judging.views.board import award_forms, board_page, ranked
from judging.views.requests import arrived, says_why
from portal.core.errors import Conflict, TransitionNotAllowed
from tracks.enums import StageKind
from tracks.models import Competition, Stage

PAGE = ["GET", "HEAD", "POST"]


@require_http_methods(PAGE)
@login_required
@never_cache
def organize(request: HttpRequest) -> HttpResponse:
    """The rounds of the competitions that somebody runs, and the form for another one."""
    competitions = Competition.objects.organized_by(request.user)
    if not competitions.exists():
        raise Http404
    form = RoundForm(request.POST or None, user=request.user, initial=_next_round(competitions, request))
    if form.is_valid():
        fields = dict(form.cleaned_data)
        key = fields.pop("key")
        try:
            made = services.create_round_once(key, fields["rubric"].competition, actor=request.user, **fields)
        except ValidationError as error:
            add_errors(form, error)
        else:
            return redirect(made)
    rounds = Round.objects.visible_to(request.user).with_progress().select_related("competition", "rubric")
    context = {"form": form, "rounds": rounds.order_by("-competition", "-opens_at", "-pk"), "now": arrived(request)}
    return render(request, "judging/organize.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD"])
@login_required
@never_cache
def board(request: HttpRequest, pk: int) -> HttpResponse:
    return _board(request, _round(request, pk))


@require_http_methods(PAGE)
@login_required
@never_cache
@says_why
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the plan; the one that was shown is the one that is carried out."""
    round_ = _impartial(request, pk)
    if request.method == "POST":
        made = services.assign_judges(round_, actor=request.user, confirmed=request.POST.get("plan", ""))
        if made:
            messages.success(request, _("%(count)s reviews have been assigned.") % {"count": len(made)})
        return redirect(round_)
    return render(request, "judging/assign.html", {"round": round_, "proposal": services.plan_assignment(round_)})


@require_POST
@login_required
@says_why
def open_round(request: HttpRequest, pk: int) -> HttpResponse:
    round_ = services.open_round(_round(request, pk), actor=request.user)
    messages.success(request, _("The round is open. Each judge is told by mail."))
    return redirect(round_)


@require_POST
@login_required
@says_why
def take_out_unlisted(request: HttpRequest, pk: int) -> HttpResponse:
    round_ = _round(request, pk)
    if services.take_out_unlisted(round_, actor=request.user):
        messages.success(request, _("What is not on the shortlist has been taken out of the round."))
    return redirect(round_)


@require_http_methods(PAGE)
@login_required
@never_cache
@says_why
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is still missing; to close all the same takes a reason."""
    round_ = _impartial(request, pk)
    missing = services.missing_in(round_)
    errors: list[str] = []
    if request.method == "POST":
        reason, accept_missing = request.POST.get("reason", ""), request.POST.get("accept_missing") == "yes"
        try:
            services.close_round(round_, actor=request.user, reason=reason, accept_missing=accept_missing)
        except ValidationError as error:
            errors = error.messages
        else:
            messages.success(request, _("The round is closed and the ranking is computed."))
            return redirect(round_)
    context = {
        "round": round_,
        "assignments": missing.assignments,
        "entries": missing.entries,
        "errors": errors,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "judging/close.html", context, status=400 if errors else 200)


@require_POST
@login_required
@says_why
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """The awards of one track."""
    round_ = _impartial(request, pk)
    track = request.POST.get("track", "")
    entries = [each for each in ranked(round_, user=request.user) if str(each.track_id) == track]
    if not entries:
        raise Http404
    form = AwardForm(entries, request.POST)
    if form.is_valid():
        seen = form.cleaned_data["seen"]
        try:
            services.decide_awards(round_, actor=request.user, decisions=form.decisions, seen=seen)
        except ValidationError as error:
            form.add_service_errors(error)
        except TransitionNotAllowed:
            raise
        except Conflict as conflict:
            # What was chosen stays, to be compared with what stands now and saved knowingly.
            form = AwardForm(entries, {**request.POST.dict(), "seen": fingerprint(ranked(round_, user=request.user))})
            form.add_error(None, str(conflict.message))
            return _board(request, round_, bound=form, status=409)
        else:
            messages.success(request, _("The awards of %(track)s are saved.") % {"track": entries[0].track})
            return redirect(f"{round_.get_absolute_url()}#track-{track}")
    return _board(request, round_, bound=form, status=400)


@require_http_methods(PAGE)
@login_required
@never_cache
@says_why
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Show exactly what would become public; what was shown is what gets published."""
    round_ = _impartial(request, pk)
    if request.method == "POST":
        services.publish_results(
            round_, actor=request.user, reason=request.POST.get("reason", ""), seen=request.POST.get("seen", "")
        )
        messages.success(request, _("The results are public. Certificates are being made."))
        return redirect(round_)
    entries = ranked(round_, user=request.user)
    context = {"round": round_, "awards": services.awards_to_publish(round_), "seen": fingerprint(entries)}
    return render(request, "judging/publish.html", context)


def _round(request: HttpRequest, pk: int) -> Round:
    visible = Round.objects.visible_to(request.user).with_progress()
    return get_object_or_404(visible.select_related("competition", "rubric"), pk=pk)


def _impartial(request: HttpRequest, pk: int) -> Round:
    """For the steps whose pages already tell what an entrant may not know: who judges what, who gets what."""
    round_ = _round(request, pk)
    services.refuse_entrants(round_, actor=request.user)
    return round_


def _board(request: HttpRequest, round_: Round, *, bound: AwardForm | None = None, status: int = 200) -> HttpResponse:
    context = board_page(round_, user=request.user, now=arrived(request))
    context["tracks"] = award_forms(context["entries"], bound)
    return render(request, "judging/board.html", context, status=status)


def _next_round(competitions: Any, request: HttpRequest) -> dict[str, Any]:
    """A sensible start: the stage of expert review, else a week from now on."""
    now = arrived(request).replace(minute=0, second=0, microsecond=0)
    stage = Stage.objects.filter(competition__in=competitions, kind=StageKind.REVIEW, closes_at__gt=now).first()
    latest = Round.objects.filter(competition__in=competitions).aggregate(latest=Max("number"))["latest"]
    return {
        "number": (latest or 0) + 1,
        "opens_at": stage.opens_at if stage else now,
        "closes_at": stage.closes_at if stage else now + timedelta(days=7),
    }
