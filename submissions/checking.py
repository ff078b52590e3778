"""What this app has to say before a contest opens."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from submissions.canonical import sha256_of
from submissions.enums import ReasonUse
from submissions.models import EntryForm, ScreeningPlan
from submissions.services.forms import check_definition, definition_from
from tracks.lint import Finding, Severity
from tracks.models import Competition, Track
from tracks.signals import competition_checked


@receiver(competition_checked, dispatch_uid="submissions.check_forms")
def check_forms(sender: Any, competition: Competition, **kwargs: Any) -> list[Finding]:
    forms = list(EntryForm.objects.filter(competition=competition).with_latest().order_by("track__number", "pk"))
    found = [finding for form in forms if (finding := _finding(form))]
    if not any(form.track_id is None and form.latest_number for form in forms):
        words = _("No entry form has been published: teams are asked for an abstract and a PDF, nothing else.")
        found.insert(0, Finding(Severity.LOOK, words, reverse("admin:submissions_entryform_changelist")))
    return found


@receiver(competition_checked, dispatch_uid="submissions.check_plan")
def check_plan(sender: Any, competition: Competition, **kwargs: Any) -> list[Finding]:
    plan = ScreeningPlan.objects.filter(competition=competition).first()
    if plan is None:
        words = _("There is no plan of screening: no checklist, no prepared reasons.")
        return [Finding(Severity.LOOK, words, reverse("admin:submissions_screeningplan_add"))]
    url = reverse("admin:submissions_screeningplan_change", args=[plan.pk])
    empty = {
        _("The plan of screening has no checklist."): plan.items,
        _("The plan of screening has no prepared reasons for a return."): plan.reasons.filter(use=ReasonUse.RETURN),
        _(
            "The plan of screening has no prepared reasons for a rejection: entries can be rejected with a text alone,"
            " and the numbers can't tell for what."
        ): plan.reasons.filter(use=ReasonUse.REJECT),
    }
    found = [Finding(Severity.LOOK, words, url) for words, rows in empty.items() if not rows.exists()]
    if plan.needs_second_look and (tracks := _screened_by_one(competition)):
        words = _("A rejection takes two organizers, and these tracks have fewer: %(tracks)s.")
        told = {"tracks": pgettext("numbers", ", ").join(str(track.number) for track in tracks)}
        found.append(Finding(Severity.LOOK, words % told, reverse("admin:tracks_organizer_changelist")))
    return found


def _screened_by_one(competition: Competition) -> list[Track]:
    """Or by nobody. Whoever runs the site may screen as well, and isn't counted upon."""
    people: dict[int, set[int]] = {track.pk: set() for track in competition.tracks.all()}
    for role in competition.organizers.filter(user__is_active=True).prefetch_related("tracks"):
        for key in [track.pk for track in role.tracks.all()] or people:
            people.setdefault(key, set()).add(role.user_id)
    return [track for track in competition.tracks.order_by("number") if len(people[track.pk]) < 2]


def _finding(form: Any) -> Finding | None:
    url = reverse("admin:submissions_entryform_change", args=[form.pk])
    definition = definition_from(form)
    if form.latest_sha256 == sha256_of(definition):
        return None
    try:
        check_definition(form, definition)
    except ValidationError as error:
        return Finding(Severity.LOOK, f"{form}: {' '.join(error.messages)}", url)
    words = _("The entry form of %(form)s has changes that are not published.") % {"form": form}
    return Finding(Severity.LOOK, words, url)
