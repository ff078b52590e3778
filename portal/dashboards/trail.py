"""The audit trail as organizers read it: what is asked for, and the lines that answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core import deeds
from portal.core.audit_lines import Line, lines_of
from portal.core.keyset import Page, page_of
from portal.core.models import AuditEntry
from portal.core.people import Person
from portal.core.templatetags.ui import BEIJING
from submissions.models import Submission, Team
from tracks.models import Competition, Track

LINES_A_PAGE, LINES_A_CHUNK = 50, 1000
MOST_FOUND = 20
OF_COMPETITIONS = ("tracks.", "submissions.", "judging.")


class TrailForm(forms.Form):
    person = forms.CharField(label=gettext_lazy("Person"), max_length=60, required=False)
    action = forms.ChoiceField(label=gettext_lazy("Action"), required=False)
    thing = forms.CharField(label=gettext_lazy("Entry number or team"), max_length=170, required=False)
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, user: Person, competition: Competition | None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.user, self.competition = user, competition
        actions = deeds.choices(OF_COMPETITIONS if competition else ())
        action: Any = self.fields["action"]
        action.choices = [("", _("All")), *_grouped(actions)]

    def clean_thing(self) -> list[tuple[str, str]]:
        """The things meant, as type and key."""
        wanted = self.cleaned_data["thing"].strip()
        if not wanted:
            return []
        object_type, _colon, key = wanted.partition(":")
        if key and (object_type in deeds.NAMED or deeds.model_of(object_type)):
            return [(object_type, key)]
        found = _things(wanted, self.user, self.competition)
        if not found:
            raise forms.ValidationError(_("There is no such entry or team."))
        return found

    def clean(self) -> None:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day must not be before the first."))


@dataclass(frozen=True)
class Wanted:
    """What is asked of the trail, in keys."""

    people: list[int] | None = None
    action: tuple[str, str] | None = None
    things: list[tuple[str, str]] = field(default_factory=list)
    since: date | None = None
    until: date | None = None

    def facts(self) -> dict[str, Any]:
        """For the trail itself, which learns of each export."""
        said = {
            "people": self.people,
            "action": ".".join(self.action) if self.action else None,
            "things": [":".join(thing) for thing in self.things],
            "since": self.since and self.since.isoformat(),
            "until": self.until and self.until.isoformat(),
        }
        return {name: value for name, value in said.items() if value}


def wanted_of(form: TrailForm) -> Wanted:
    given = form.cleaned_data
    object_type, _dot, action = given["action"].rpartition(".")
    return Wanted(
        people=_people(given["person"], form.competition) if given["person"] else None,
        action=(object_type, action) if action else None,
        things=given["thing"],
        since=given["since"],
        until=given["until"],
    )


def trail_of(user: Person, competition: Competition | None, wanted: Wanted) -> QuerySet[AuditEntry]:
    """What ``user`` may see of it: one competition's, or all there is."""
    lines = AuditEntry.objects.visible_to(user)
    if competition is not None:
        lines = lines.filter(competition_id=competition.pk)
        if not Competition.objects.organized_by(user).filter(pk=competition.pk).exists():
            # The same rows, said so that the index by track is used.
            own = Track.objects.organized_by(user).filter(competition=competition)
            lines = lines.filter(track_id__in=list(own.values_list("pk", flat=True)))
    if wanted.people is not None:
        lines = lines.filter(actor_id__in=wanted.people)
    if wanted.action:
        lines = lines.filter(object_type=wanted.action[0], action=wanted.action[1])
    if wanted.things:
        asked = Q(pk__in=[])
        for object_type, key in wanted.things:
            asked |= Q(object_type=object_type, object_id=key)
        lines = lines.filter(asked)
    return lines.between(_midnight(wanted.since), _midnight(wanted.until and wanted.until + timedelta(days=1)))


def trail_page(
    user: Person, lines: QuerySet[AuditEntry], *, before: str = "", after: str = ""
) -> tuple[Page, list[Line]]:
    page = page_of([lines], size=LINES_A_PAGE, before=before, after=after)
    return page, lines_of(page.rows, viewer=user)


def trail_rows(user: Person, lines: QuerySet[AuditEntry]) -> Iterator[Sequence[Any]]:
    """Every line for a file, newest first, read a chunk at a time."""
    before = ""
    while True:
        page = page_of([lines], size=LINES_A_CHUNK, before=before)
        yield from map(_row, lines_of(page.rows, viewer=user))
        if not (before := page.older):
            return


HEADINGS = [
    gettext_lazy("Time"),
    gettext_lazy("Person"),
    gettext_lazy("Acting for the person"),
    gettext_lazy("Action"),
    gettext_lazy("Kind"),
    gettext_lazy("Object"),
    gettext_lazy("Key"),
    gettext_lazy("Reason"),
    gettext_lazy("Before"),
    gettext_lazy("After"),
    gettext_lazy("Request"),
    gettext_lazy("Chain"),
    gettext_lazy("Line"),
    gettext_lazy("Hash"),
]


def _row(line: Line) -> Sequence[Any]:
    entry = line.entry
    return [
        entry.at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
        line.person,
        line.real_person,
        line.deed,
        line.kind,
        line.name,
        entry.object_id,
        entry.reason,
        entry.before or "",
        entry.after or "",
        entry.request_id,
        entry.scope,
        entry.sequence,
        entry.hash,
    ]


def _people(name: str, competition: Competition | None) -> list[int]:
    """All of that name who have done something here: whom the page left out would seem to have done nothing.

    As keys, not as a subquery: joined to it, no index would hand over the lines in order.
    """
    done = AuditEntry.objects.filter(actor_id=OuterRef("pk"))
    if competition is not None:
        done = done.filter(competition_id=competition.pk)
    people = get_user_model().objects.filter(Exists(done), full_name__icontains=name).order_by("pk")
    return list(people.values_list("pk", flat=True))


def _things(wanted: str, user: Person, competition: Competition | None) -> list[tuple[str, str]]:
    entries = Submission.objects.visible_to(user).filter(number__iexact=wanted)
    teams = Team.objects.visible_to(user).filter(name__iexact=wanted)
    if competition is not None:
        entries, teams = entries.filter(team__competition=competition), teams.filter(competition=competition)
    return [
        *(("submissions.submission", str(pk)) for pk in entries.values_list("pk", flat=True)[:MOST_FOUND]),
        *(("submissions.team", str(pk)) for pk in teams.values_list("pk", flat=True)[:MOST_FOUND]),
    ]


def _grouped(actions: list[tuple[str, str]]) -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for key, words in actions:
        groups.setdefault(deeds.type_words(key.rpartition(".")[0]), []).append((key, words))
    return list(groups.items())


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time.min, BEIJING) if day else None
