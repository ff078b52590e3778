"""A guide comes in: upload it, look at what it would change, apply it or leave it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from portal.core.errors import Conflict
from portal.core.serving import serve_stored
from tracks.forms import ApplyGuideForm, GuideForm
from tracks.guide.importing import plan_import
from tracks.guide.report import describe_counts, describe_repair
from tracks.guide.showing import shown
from tracks.guide.uploads import read_upload
from tracks.models import Competition, GuideImport

PER_PAGE = 20
# More changes than these are folded, so that the list of them is seen first.
FEW = 12


class ImportsGuide(admin.ModelAdmin):
    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        start = "<int:pk>/guide/"
        return [
            path(start, view(self.upload_guide), name="tracks_competition_guide"),
            path(f"{start}<int:upload_pk>/", view(self.plan_guide), name="tracks_competition_guide_plan"),
            path(f"{start}<int:upload_pk>/file/", view(self.guide_file), name="tracks_competition_guide_file"),
            *super().get_urls(),
        ]

    def upload_guide(self, request: HttpRequest, pk: int) -> HttpResponse:
        competition: Any = self.get_object(request, str(pk))
        form = GuideForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
        if form.is_valid() and (upload := form.keep(competition, actor=request.user)):
            return HttpResponseRedirect(reverse("admin:tracks_competition_guide_plan", args=[pk, upload.pk]))
        uploads = Paginator(competition.guide_imports.visible_to(request.user).for_listing(), PER_PAGE)
        page = uploads.get_page(request.GET.get("page"))
        context = {
            **self._about(request, competition, _("Import a guide into %(competition)s")),
            "form": form,
            "page": page,
            "uploads": [(upload, describe_counts(upload.counts)) for upload in page],
        }
        return render(request, "admin/tracks/guide_upload.html", context, status=400 if form.errors else 200)

    def plan_guide(self, request: HttpRequest, pk: int, upload_pk: int) -> HttpResponse:
        upload = self._upload(request, pk, upload_pk)
        if request.method != "POST":
            return self._plan_page(request, upload)
        form = ApplyGuideForm(request.POST)
        try:
            applied = form.apply(upload, actor=request.user)
        except Conflict as conflict:
            upload.refresh_from_db()
            return self._plan_page(request, upload, form, conflict=str(conflict), status=409)
        if not applied:
            return self._plan_page(request, upload, form, status=400)
        self.message_user(request, _("The guide has been imported."))
        return HttpResponseRedirect(reverse("admin:tracks_competition_guide", args=[pk]))

    def guide_file(self, request: HttpRequest, pk: int, upload_pk: int) -> HttpResponseBase:
        upload = self._upload(request, pk, upload_pk)
        return serve_stored(upload.file, upload.file_name)

    def _upload(self, request: HttpRequest, pk: int, upload_pk: int) -> GuideImport:
        competition: Any = self.get_object(request, str(pk))
        uploads = GuideImport.objects.visible_to(request.user).select_related("competition", "file", "applied_by")
        return get_object_or_404(uploads, competition=competition, pk=upload_pk)

    def _plan_page(
        self,
        request: HttpRequest,
        upload: GuideImport,
        form: ApplyGuideForm | None = None,
        *,
        conflict: str = "",
        status: int = 200,
    ) -> HttpResponse:
        context = {
            **self._about(request, upload.competition, _("What “%(file)s” would change"), file=upload.file_name),
            "upload": upload,
            "conflict": conflict,
        }
        if upload.applied_at is not None:
            context["counts"] = describe_counts(upload.counts)
            return render(request, "admin/tracks/guide_plan.html", context, status=status)
        document = read_upload(upload)
        plan = plan_import(upload.competition, document)
        tracks = shown(plan)
        context |= {
            "form": form or ApplyGuideForm(initial={"reason": ""}),
            "counts": describe_counts(plan.counts),
            "tracks": [track for track in tracks if not track.is_the_same],
            "is_short": sum(len(track.topics) for track in tracks) <= FEW,
            "same": [track for track in tracks if track.is_the_same],
            "plan": plan,
            "repairs": [describe_repair(repair, document.unit) for repair in document.repairs],
            "ticked": form.ticked("withdraw") | form.ticked("reopen") if form else set(),
            "can_apply": plan.writes_something or bool(plan.gone or plan.withdrawn_here),
            "must_say_why": upload.competition.is_published and plan.writes_something,
        }
        return render(request, "admin/tracks/guide_plan.html", context, status=status)

    def _about(self, request: HttpRequest, competition: Competition, title: str, **values: str) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": title % {"competition": competition, **values},
            "opts": self.opts,
            "original": competition,
        }
