"""The entry on paper: ask for it, see whether it is ready, take it along."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.core import service
from portal.core.serving import serve_stored
from portal.core.templatetags.ui import BEIJING
from portal.core.text import tidy_file_name
from submissions import rules, services
from submissions.answers import Outcome, refused_into
from submissions.enums import Edition, RenditionKind, RenditionStatus
from submissions.forms import RenditionForm
from submissions.models import Rendition, Submission, SubmissionVersion
from submissions.reading import note_outsider
from submissions.services.renditions import delayed_among

DRAFT = "draft"
SHOWN = 30


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def renditions(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What has been asked for, newest first; a POST asks for another."""
    entry = get_object_or_404(Submission.objects.visible_to(request.user).for_listing(), public_id=public_id)
    versions = _versions(request.user, entry)
    is_member = rules.is_member(request.user, entry.team)
    texts = [*([(DRAFT, _("The draft"))] if is_member else []), *((str(each.number), _text(each)) for each in versions)]
    form, outcome = RenditionForm(request.POST or None, texts=texts), Outcome()
    if request.method == "POST":
        service.require_spare()
        outcome.status = 400
        if form.is_valid():
            with refused_into(form, outcome):
                _ask(request, entry, versions, form.cleaned_data)
                return redirect("submissions:renditions", entry.public_id)
    rows = Rendition.objects.visible_to(request.user).filter(submission=entry).defer("paper")
    shown = list(rows.select_related("version", "file").order_by("-requested_at", "-pk")[:SHOWN])
    note_outsider(request.user, entry, entry.team)
    context = {
        "submission": entry,
        "competition": entry.team.competition,
        "is_member": is_member,
        "form": form if texts else None,
        "conflict": outcome.conflict,
        "renditions": shown,
        "delayed": delayed_among(shown),
        "is_waiting": any(each.status == RenditionStatus.REQUESTED for each in shown),
    }
    return render(request, "submissions/renditions.html", context, status=outcome.status)


@login_required
@require_safe
def rendition(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The document itself, to whom the text in it is visible."""
    ready = Rendition.objects.visible_to(request.user).filter(status=RenditionStatus.READY, file__isnull=False)
    rows = ready.defer("paper").select_related("file", "version", "submission__team")
    found: Any = get_object_or_404(rows, public_id=public_id)
    note_outsider(request.user, found, found.submission.team, "download")
    return serve_stored(found.file, file_name(found))


def renditions_part(entry: Submission) -> dict[str, Any]:
    """For parts/renditions.html on the entry's page, as ``paper``: no query."""
    kinds = [(kind.value, kind.label) for kind in RenditionKind]
    return {"url": reverse("submissions:renditions", args=[entry.public_id]), "kinds": kinds}


def file_name(found: Rendition) -> str:
    """A blind one is called by its number alone."""
    entry, version = found.submission, found.version
    parts = [entry.number or "草稿"]
    if found.edition != Edition.BLIND_JUDGE:
        parts.append(version.title if version else entry.title)
    parts.append(f"第{version.number}版" if version else f"草稿{_minute(found.requested_at)}")
    return tidy_file_name(f"{'-'.join(parts)}.{found.kind}".replace("/", "／"))


def _ask(request: HttpRequest, entry: Submission, versions: list[SubmissionVersion], data: dict[str, Any]) -> Rendition:
    wanted = next((each for each in versions if str(each.number) == data["text"]), None)
    return services.request_rendition(
        entry,
        actor=request.user,
        kind=RenditionKind(data["kind"]),
        edition=Edition(data["edition"]),
        version=wanted,
        now=request.received_at,  # type: ignore[attr-defined]
    )


def _versions(user: Any, entry: Submission) -> list[SubmissionVersion]:
    rows = SubmissionVersion.objects.visible_to(user).filter(submission=entry).select_related("receipt")
    found = list(rows.order_by("-number"))
    for version in found:
        version.submission = entry
    return found


def _text(version: SubmissionVersion) -> str:
    return _("Version %(number)s, as submitted") % {"number": version.number}


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(BEIJING):%m%d%H%M}"
