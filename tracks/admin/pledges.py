from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from portal.core.admin import ScopedAdmin
from portal.core.templatetags.ui import beijing
from tracks import services
from tracks.admin.competitions import runs_a_competition
from tracks.forms import PledgeForm
from tracks.models import Competition, Pledge

TEXTS = ["title", "title_en", "body", "body_en", "changes", "changes_en", "published_at"]


@admin.register(Pledge)
class PledgeAdmin(ScopedAdmin):
    """One line a competition. Adding publishes the next version: what people have accepted never changes."""

    list_display = ["competition", "version"]
    list_filter = [("competition", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["competition", "series"]
    readonly_fields = ["versions"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Pledge]:
        rows: Any = super().get_queryset(request)
        return rows.organized_by(request.user).annotate(latest=models.Max("series__versions__version"))

    def has_add_permission(self, request: HttpRequest) -> bool:  # type: ignore[override]
        return runs_a_competition(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) and runs_a_competition(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["competition", "versions"] if obj else ["competition", *TEXTS]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's hook
        if obj is not None:
            return super().get_form(request, obj, change, **kwargs)
        return super().get_form(request, obj, change, form=PledgeForm, fields=["competition"])

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = Competition.objects.organized_by(request.user).current_first()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The next version starts from the text that is there."""
        own = list(Competition.objects.organized_by(request.user).current_first()[:2])
        given = super().get_changeform_initial_data(request)
        wanted = Competition.objects.organized_by(request.user)
        chosen = given.get("competition")
        start = wanted.filter(pk=chosen).first() if str(chosen).isdigit() else (own[0] if len(own) == 1 else None)
        if start is None:
            return given
        latest = services.current_pledge(start)
        texts = {name: getattr(latest, name) for name in ("title", "title_en", "body", "body_en")} if latest else {}
        return {"competition": start.pk, **texts, **given}

    @admin.display(description=_("version"), ordering="latest")
    def version(self, pledge: Pledge) -> int:
        return pledge.latest  # type: ignore[attr-defined]

    @admin.display(description=_("versions"))
    def versions(self, pledge: Pledge) -> str:
        add = f"{reverse('admin:tracks_pledge_add')}?competition={pledge.competition_id}"
        rows = pledge.series.versions.order_by("-version").defer("body", "body_en")
        listed = format_html_join("", "<li>{} · {}</li>", ((each, beijing(each.published_at)) for each in rows))
        return format_html('<ul>{}</ul><p><a href="{}">{}</a></p>', listed, add, _("Publish a new version"))

    def save_model(self, request: HttpRequest, obj: Pledge, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's hook
        services.publish_pledge(obj.competition, actor=request.user, **form.texts())
        obj.pk = Pledge.objects.get(competition=obj.competition).pk
