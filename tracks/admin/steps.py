"""Pages for what an organizer does to a topic or a track beside changing its text, each with its reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from portal.core.errors import Conflict, TransitionNotAllowed
from tracks import rules, services
from tracks.forms import MoveForm, ReasonForm, RenumberForm
from tracks.lifecycle import TOPIC_LIFECYCLE
from tracks.models import Topic, Track
from tracks.services.placing import lock_competition


class StepPages(admin.ModelAdmin):
    """A form, one service, and back to the row."""

    def step(
        self, request: HttpRequest, row: Any, form: forms.Form, act: Callable[[], Any], **words: str
    ) -> HttpResponse:
        """``words``: title, help, button, done."""
        status = 200
        if form.is_bound:
            status = _carried_out(form, act) if form.is_valid() else 400
            if status == 200:
                self.message_user(request, words["done"])
                return HttpResponseRedirect(
                    reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])
                )
        context = {
            **self.admin_site.each_context(request),
            **words,
            "opts": self.opts,
            "original": row,
            "form": form,
        }
        return render(request, "admin/tracks/step.html", context, status=status)


class TopicSteps(StepPages):
    def get_urls(self) -> list[Any]:
        steps = [("withdraw", self.withdraw), ("reopen", self.reopen), ("move", self.move)]
        pages = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"tracks_topic_{name}")
            for name, view in steps
        ]
        return [*pages, *super().get_urls()]

    def withdraw(self, request: HttpRequest, pk: int) -> HttpResponse:
        topic = self._own(request, pk, "withdraw")
        form = ReasonForm(request.POST or None)
        return self.step(
            request,
            topic,
            form,
            lambda: services.withdraw_topic(topic, actor=request.user, reason=form.cleaned_data["reason"]),
            title=_("Withdraw “%(topic)s”") % {"topic": topic.title},
            help=_(
                "It takes no new entries. Drafts and entries that there are go on, and their teams are told by mail."
            ),
            button=_("Withdraw the topic"),
            done=_("The topic has been withdrawn. Teams with entries on it are told by mail."),
        )

    def reopen(self, request: HttpRequest, pk: int) -> HttpResponse:
        topic = self._own(request, pk, "reopen")
        form = ReasonForm(request.POST or None, is_required=False)
        return self.step(
            request,
            topic,
            form,
            lambda: services.reopen_topic(topic, actor=request.user, reason=form.cleaned_data["reason"]),
            title=_("Open “%(topic)s” again") % {"topic": topic.title},
            help=_("It takes new entries again. Teams with entries on it are told by mail."),
            button=_("Open the topic again"),
            done=_("The topic is open again. Teams with entries on it are told by mail."),
        )

    def move(self, request: HttpRequest, pk: int) -> HttpResponse:
        topic = self._own(request, pk)
        tracks = Track.objects.organized_by(request.user).filter(competition=topic.track.competition)
        form = MoveForm(
            request.POST or None,
            tracks=tracks.order_by("number"),
            initial={"track": topic.track_id, "number": topic.number},
        )

        @transaction.atomic
        def act() -> None:
            competition, reason = topic.track.competition, form.cleaned_data["reason"]
            lock_competition(competition)
            # Who stands where may have changed since this page was opened.
            places = form.places(Topic.objects.select_related("track").get(pk=topic.pk))
            if not services.place_topics(competition, places, actor=request.user, reason=reason):
                raise ValidationError({"number": _("It stands there already.")})

        return self.step(
            request,
            topic,
            form,
            act,
            title=_("Move “%(topic)s”") % {"topic": topic.title},
            help=_("Its entries go with it and keep their numbers; its old address leads on. Teams are told by mail."),
            button=_("Move the topic"),
            done=_("The topic has moved. Teams with entries on it are told by mail."),
        )

    def _own(self, request: HttpRequest, pk: int, step: str = "") -> Any:
        topic: Any = self.get_object(request, str(pk))
        if not rules.is_track_organizer(request.user, topic.track):
            raise PermissionDenied
        if step and not TOPIC_LIFECYCLE.allows(topic, step):
            raise TransitionNotAllowed(_("This step isn't possible in the present state."))
        return topic


class TrackSteps(StepPages):
    def get_urls(self) -> list[Any]:
        renumber = self.admin_site.admin_view(self.renumber)
        return [path("<int:pk>/renumber/", renumber, name="tracks_track_renumber"), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The number is offered to those who run the whole competition."""
        track = kwargs.get("obj")
        context["may_renumber"] = track is not None and rules.is_organizer(request.user, track.competition)
        return super().render_change_form(request, context, *args, **kwargs)

    def renumber(self, request: HttpRequest, pk: int) -> HttpResponse:
        track: Any = self.get_object(request, str(pk))
        if not rules.is_organizer(request.user, track.competition):
            raise PermissionDenied
        form = RenumberForm(request.POST or None, initial={"number": track.number})

        @transaction.atomic
        def act() -> None:
            competition, reason = track.competition, form.cleaned_data["reason"]
            lock_competition(competition)
            numbers = form.numbers(Track.objects.get(pk=track.pk))
            if not services.renumber_tracks(competition, numbers, actor=request.user, reason=reason):
                raise ValidationError({"number": _("It has this number already.")})

        return self.step(
            request,
            track,
            form,
            act,
            title=_("Give “%(track)s” another number") % {"track": track.name},
            help=_(
                "Old addresses of the track and its topics lead to the new ones. Entries keep the numbers they have."
            ),
            button=_("Change the number"),
            done=_("The track has another number."),
        )


def _carried_out(form: forms.Form, act: Callable[[], Any]) -> int:
    """The status of the answer; what was refused stands in the form."""
    try:
        act()
    except ValidationError as error:
        for name, messages in error.message_dict.items() if hasattr(error, "error_dict") else [(None, error.messages)]:
            form.add_error(name if name in form.fields else None, messages)
        return 400
    except Conflict as error:
        form.add_error(None, str(error.message))
        return 409
    return 200
