"""The team among itself: comments on its entry, and who else is in it just now."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portal.core.keyset import page_of
from portal.core.permissions import require
from portal.core.reading import note_reading
from submissions import presence as being
from submissions import rules, services
from submissions.answers import Outcome, refused_into
from submissions.forms import CommentForm
from submissions.models import Comment, Submission, TeamMember
from submissions.sections import section_titles
from submissions.services.comments import SECTION_KEY
from submissions.talk import Shown, comments_url, section_title

A_PAGE = 50


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def comments(request: HttpRequest, public_id: uuid.UUID, section: str = "") -> HttpResponse:
    """All of an entry, or those on one section, newest first; a POST adds one."""
    entry, titles = _entry(request, public_id)
    if section and section not in titles and not entry.comments.filter(section=section).exists():
        raise Http404
    form, outcome = CommentForm(request.POST or None), Outcome()
    if request.method == "POST":
        require(rules.is_member, request.user, entry.team)
        outcome.status = 400
        if form.is_valid():
            with refused_into(form, outcome):
                said = _say(request, entry, section, form.cleaned_data)
                return redirect(f"{comments_url(entry, section)}#comment-{said.pk}")
    context = _page(request, entry, titles, section) | {"form": form, "conflict": outcome.conflict}
    if not context["is_member"]:
        note_reading(entry, actor=request.user)
    return render(request, "submissions/comments.html", context, status=outcome.status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one's own words."""
    found = _comment(request, pk)
    require(rules.is_author, request.user, found)
    form, outcome = CommentForm(request.POST or None, initial={"text": found.text}), Outcome()
    if request.method == "POST":
        outcome.status = 400
        if form.is_valid():
            with refused_into(form, outcome):
                services.edit_comment(found, actor=request.user, text=form.cleaned_data["text"], now=_now(request))
                return redirect(_back(found))
    context = {"comment": found, "submission": found.submission, "form": form, "conflict": outcome.conflict}
    context |= {"back": _back(found), "competition": found.submission.team.competition}
    return render(request, "submissions/comment.html", context, status=outcome.status)


@login_required
@require_POST
def comment_delete(request: HttpRequest, pk: int) -> HttpResponse:
    found = _comment(request, pk)
    services.delete_comment(found, actor=request.user, now=_now(request))
    messages.success(request, _("The comment has been deleted."))
    return redirect(comments_url(found.submission, found.section))


@login_required
@require_POST
def comment_resolve(request: HttpRequest, pk: int) -> HttpResponse:
    """Dealt with; with ``open`` it waits again."""
    found = _comment(request, pk)
    is_resolved = "open" not in request.POST
    services.resolve_comment(found, actor=request.user, is_resolved=is_resolved, now=_now(request))
    return redirect(_back(found))


@login_required
@never_cache
@require_POST
def presence(request: HttpRequest, public_id: uuid.UUID) -> JsonResponse:
    """ "I am here", every twenty seconds; the answer says who else is. One query beside those of the session."""
    members = TeamMember.objects.filter(team__submissions__public_id=public_id)
    rows = members.values_list("user_id", "user__full_name", "team__submissions__pk").order_by("pk")
    found = {user: (name, entry) for user, name, entry in rows}
    if request.user.pk not in found:
        get_object_or_404(Submission.objects.visible_to(request.user), public_id=public_id)
        raise PermissionDenied
    entry, section = found[request.user.pk][1], request.POST.get("section", "")
    if not SECTION_KEY.fullmatch(section):
        return JsonResponse({"errors": [_("The form has no such section.")]}, status=400)
    if "leave" in request.POST:
        being.leave(entry, request.user.pk)
        return JsonResponse({"others": []})
    being.note(entry, request.user.pk, section)
    there = being.others(entry, {user: name for user, (name, _entry) in found.items()}, but=request.user.pk)
    return JsonResponse({"others": [each._asdict() for each in there]})


def _entry(request: HttpRequest, public_id: uuid.UUID) -> tuple[Submission, Any]:
    """For the team and whoever may read its draft; an organizer doesn't find it even when it has been submitted."""
    rows = Submission.objects.visible_to(request.user).writing_seen_by(request.user).for_listing().with_form()
    entry = get_object_or_404(rows, public_id=public_id)
    return entry, section_titles(entry)


def _comment(request: HttpRequest, pk: int) -> Comment:
    rows = Comment.objects.visible_to(request.user).select_related("submission__team__competition")
    return get_object_or_404(rows, pk=pk)


def _say(request: HttpRequest, entry: Submission, section: str, data: dict[str, Any]) -> Comment:
    return services.add_comment(
        entry,
        actor=request.user,
        section=section,
        text=data["text"],
        key=data["idempotency_key"],
        now=_now(request),
    )


def _page(request: HttpRequest, entry: Submission, titles: Any, section: str) -> dict[str, Any]:
    rows = Comment.objects.visible_to(request.user).filter(submission=entry).select_related("author", "resolved_by")
    if section:
        rows = rows.filter(section=section)
    page = page_of([rows], size=A_PAGE, before=request.GET.get("before", ""), after=request.GET.get("after", ""))
    return {
        "submission": entry,
        "competition": entry.team.competition,
        "comments": [Shown(each, titles, request.user, _now(request)) for each in page.rows],
        "section": section,
        "section_title": section_title(titles, section),
        "all_url": comments_url(entry),
        "sections": [(comments_url(entry, key), title, key == section) for key, title in titles.items()],
        "is_member": rules.is_member(request.user, entry.team),
        "previous_url": f"?{urlencode({'after': page.newer})}" if page.newer else "",
        "next_url": f"?{urlencode({'before': page.older})}" if page.older else "",
    }


def _back(found: Comment) -> str:
    return f"{comments_url(found.submission, found.section)}#comment-{found.pk}"


def _now(request: HttpRequest) -> Any:
    return request.received_at  # type: ignore[attr-defined]
