from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.core.errors import Conflict
from portal.core.failpoints import failpoint
from portal.core.permissions import require
from portal.core.reading import note_reading
from submissions import asking, rules, services, windows
from submissions.answers import Outcome, refused_into
from submissions.asked import definition_of
from submissions.boxes import CLOSED, TROUBLE, Box, late_words, save_all
from submissions.forms import ReadForm, StartForm, SubmitForm
from submissions.models import Attachment, LateAttempt, Receipt, Submission, Team
from submissions.pages import begun, entry_page, submit_page
from submissions.replacing import shortlist_part
from submissions.talk import comments_part, presence_part
from submissions.views.papers import renditions_part
from tracks.enums import StageKind, TopicStatus
from tracks.leading import topic_once_at
from tracks.models import Topic


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, competition: str, track: int, topic: int) -> HttpResponse:
    """Begin an entry that answers this topic. Who has no team yet founds one first and comes back."""
    found = _topic(request, competition, track, topic)
    if (found.track.number, found.number) != (track, topic) and request.method != "POST":
        return redirect("submissions:start", competition, found.track.number, found.number)
    teams = Team.objects.visible_to(request.user).of_member(request.user)
    teams = teams.filter(competition=found.track.competition).select_related("organization").order_by("pk")
    if not teams:
        messages.info(request, _("First found your team; then you come back to this topic."))
        query = urlencode({"competition": competition, "next": request.path})
        return redirect(f"{reverse('submissions:team_new')}?{query}")
    form, outcome = StartForm(request.POST or None, teams=teams, initial={"topic": found.pk}), Outcome()
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
    refused, outcome = {}, Outcome()
    if request.method == "POST":
        require(rules.is_member, request.user, entry.team)
        refused = _save(request, entry, outcome)
        if outcome.status == 200:
            if request.POST.get("then") == "check":
                return redirect("submissions:submission_submit", entry.public_id)
            messages.success(request, _("The draft has been saved."))
            return redirect(entry)
        entry = _entry(request, public_id)
    context = entry_page(request.user, entry, now=now, refused=refused, conflict=outcome.conflict)
    if context["is_member"]:
        context["talk"] = comments_part(request.user, entry, now=now, definition=context["draft"].definition)
        context |= {"presence": presence_part(entry), "paper": renditions_part(entry)}
        context["shortlist"] = shortlist_part(entry, now)
    else:
        note_reading(entry, actor=request.user)
    return render(request, "submissions/submission.html", context, status=outcome.status)


@login_required
@require_POST
def remove_file(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take a file out of the draft. Where the entry takes no more changes, its page says so."""
    files = Attachment.objects.visible_to(request.user).current().select_related("submission__team__competition")
    attachment = get_object_or_404(files, public_id=public_id)
    services.remove_file(attachment, actor=request.user, now=request.received_at)  # type: ignore[attr-defined]
    messages.success(request, _("The file has been removed from the draft."))
    if not attachment.submission.is_editable:
        return redirect("submissions:replace_files", attachment.submission.public_id)
    return with_typed(request, attachment.submission)


def with_typed(request: HttpRequest, entry: Submission) -> HttpResponse:
    """After a button among the sections: without a script it has sent what was typed there, and saved nothing of it."""
    if any(name.startswith("v-") for name in request.POST):
        return submission(request, entry.public_id)
    return redirect(entry)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def submission_submit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The last look, and the step itself. What comes too late is kept, and its page says so."""
    now = request.received_at  # type: ignore[attr-defined]
    form, outcome = SubmitForm(request.POST or None), Outcome()
    if request.method == "POST":
        outcome.status = 400
        failpoint("after_body_read")
        if form.is_valid():
            # Whoever may see the entry and is not of its team hears below that it isn't theirs to submit.
            with suppress(services.NoOwnEntry), refused_into(form, outcome):
                handed_in = _hand_in(request, public_id, form.cleaned_data)
                if isinstance(handed_in, Receipt):
                    messages.success(request, _("Your entry has been received. This is the receipt."))
                failpoint("before_response")
                return redirect(handed_in)
    entry = _entry(request, public_id)
    context = submit_page(request.user, entry, now=now, refused=form if form.is_bound else None)
    context["conflict"] = outcome.conflict
    return render(request, "submissions/submit.html", context, status=outcome.status)


@login_required
@require_POST
def read_topic(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """ "I have read the new text": the one that the page named."""
    entry, form = _entry(request, public_id), ReadForm(request.POST)
    require(rules.is_member, request.user, entry.team)
    if not form.is_valid():
        raise ValidationError(_("The topic has no such text."))
    services.read_topic(entry, actor=request.user, revision=form.cleaned_data["revision"])
    messages.success(request, _("Noted. The next version that you submit answers this text."))
    return redirect(entry)


@login_required
@require_POST
def withdraw(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    entry = services.withdraw(_entry(request, public_id), actor=request.user)
    messages.success(request, _("The entry has been withdrawn."))
    return redirect(entry)


def _topic(request: HttpRequest, competition: str, track: int, number: int) -> Topic:
    """The one at this address, or that left it last. A form that was sent is about the topic it was opened for."""
    topics = Topic.objects.visible_to(request.user).filter(track__competition__slug=competition)
    topics = topics.select_related("track__competition")
    sent = request.POST.get("topic", "")
    meant = topics.filter(pk=sent).first() if sent.isascii() and sent.isdigit() and len(sent) < 19 else None
    found = meant or topics.filter(track__number=track, number=number).first()
    return found or topic_once_at(request.user, competition, track, number)


def _entry(request: HttpRequest, public_id: uuid.UUID) -> Submission:
    found = asking.page_of(request.user, public_id)
    if found is None:
        raise Http404
    return found


def _hand_in(request: HttpRequest, public_id: uuid.UUID, data: dict[str, Any]) -> Receipt | LateAttempt:
    return services.hand_in(
        public_id,
        actor=request.user,
        expected_version=data["expected_version"],
        key=data["idempotency_key"],
        received_at=request.received_at,  # type: ignore[attr-defined]
        topic_revision=data["topic_revision"],
    )


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
    own = Submission.objects.visible_to(user).of_member(user).filter(topic=topic)
    latest = topic.revisions.with_recency(now).defer("body").order_by("-number").first()
    return {
        "revision": latest,
        "topic": topic,
        "competition": competition,
        "stage": stage,
        "is_open": stage is not None and stage.is_open(now) and topic.status == TopicStatus.OPEN,
        "begun": begun(own, topic, latest),
        "now": now,
    }


def _save(request: HttpRequest, entry: Submission, outcome: Outcome) -> dict[str, Any]:
    """What could not be saved, by the name of its field."""
    definition, now = definition_of(entry), request.received_at  # type: ignore[attr-defined]
    try:
        refused = save_all(entry, definition, request.POST, request.FILES, actor=request.user, now=now)
    except services.TooLate as late:
        late_words(entry, request.POST, definition.sections, actor=request.user, now=now)
        outcome.status, outcome.conflict = 409, late.message
        return {}
    except Conflict as conflict:
        outcome.status, outcome.conflict = 409, conflict.message
        return {}
    if CLOSED in refused:
        outcome.status, outcome.conflict = 409, refused[CLOSED]
    elif refused:
        clashes = [box for box in refused.values() if isinstance(box, Box) and not box.errors]
        outcome.status = 409 if clashes else 400
        if trouble := refused.get(TROUBLE):
            outcome.status = trouble.status
    return refused
