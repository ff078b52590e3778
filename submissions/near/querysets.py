"""Who may see that two entries resemble each other: organizers, of their own tracks. Never the teams."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.fields.json import KeyTextTransform

from portal.core.people import Person
from submissions.enums import NearKind, SubmissionStatus

COUNTING = {NearKind.TEXT: "text__gt", NearKind.FILES: "files__gt", NearKind.PEOPLE: "people__gt"}

_SIDES = [
    f"{side}__{path}" for side in ("first", "second") for path in ("team__organization", "track__competition", "topic")
]


def _tracks(user: Person) -> models.QuerySet[Any]:
    return apps.get_model("tracks", "Track").objects.organized_by(user)


class NearPairQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """Whoever runs the track of one of the two, and is in neither team."""
        tracks = _tracks(user).values("pk")
        return self._impartial(user).filter(Q(first__track__in=tracks) | Q(second__track__in=tracks))

    def of_competition(self, user: Person, competition: Any, track: int | None = None) -> Self:
        """Those that ``user`` sees because of an entry in this competition, or in one track of it."""
        tracks = _tracks(user).filter(competition=competition)
        tracks = (tracks if track is None else tracks.filter(pk=track)).values("pk")
        return self._impartial(user).filter(Q(first__track__in=tracks) | Q(second__track__in=tracks))

    def standing(self) -> Self:
        """Without those of which one has been withdrawn."""
        return self.exclude(first__status=SubmissionStatus.WITHDRAWN).exclude(second__status=SubmissionStatus.WITHDRAWN)

    def of_entries(self, keys: Collection[int]) -> Self:
        """Those in which one of these stands on either side."""
        return self.filter(Q(first__in=keys) | Q(second__in=keys))

    def of_number(self, number: str) -> Self:
        """By the number of one of the two, which whoever sees the pair is told of both."""
        return self.filter(Q(first__number__iexact=number) | Q(second__number__iexact=number))

    def of_kind(self, kind: str) -> Self:
        return self.filter(**{COUNTING[NearKind(kind)]: 0})

    def with_sight(self, user: Person) -> Self:
        """``sees_first`` and ``sees_second``: may ``user`` read that one? ``is_noted``: has somebody looked at it?"""
        tracks = _tracks(user)
        return self.annotate(
            sees_first=Exists(tracks.filter(pk=OuterRef("first__track"))),
            sees_second=Exists(tracks.filter(pk=OuterRef("second__track"))),
            is_noted=self._noted(user),
        )

    def unseen(self, user: Person) -> Self:
        """Those about which ``user`` finds no note since they were found."""
        return self.filter(~self._noted(user))

    def for_listing(self) -> Self:
        """``first_title`` and ``second_title``: as the compared versions had it."""
        return self.select_related(*_SIDES).defer("passages").with_titles()

    def with_titles(self) -> Self:
        titles = {f"{side}_title": KeyTextTransform("title", f"{side}_version__form") for side in ("first", "second")}
        return self.annotate(**titles)

    def for_page(self) -> Self:
        return self.select_related(*_SIDES, "first_version", "second_version")

    def counts_for(self, submissions: Collection[Any]) -> dict[int, int]:
        """By key of the entry: how many it resembles. Entries that resemble none are not in it. One query."""
        keys = {getattr(each, "pk", each) for each in submissions}
        pairs = self.standing().of_entries(keys).order_by()
        sides = [key for pair in pairs.values_list("first", "second") for key in pair if key in keys]
        return dict(Counter(sides))

    def unseen_by_competition(self, user: Person) -> dict[int, int]:
        """By key of the competition: how many wait for a look of ``user``. One query."""
        names = ("first__track__competition", "second__track__competition", "sees_first", "sees_second")
        shown = self.visible_to(user).standing().unseen(user).with_sight(user).order_by()
        rows: Any = shown.values_list(*names).annotate(count=Count("pk"))
        counts: Counter[int] = Counter()
        for first, second, sees_first, sees_second, count in rows:
            for competition in {key for key, sees in ((first, sees_first), (second, sees_second)) if sees}:
                counts[competition] += count
        return dict(counts)

    def _impartial(self, user: Person) -> Self:
        member = apps.get_model("submissions", "TeamMember").objects.filter(user_id=user.pk)
        own = Exists(member.filter(team=OuterRef("first__team"))) | Exists(member.filter(team=OuterRef("second__team")))
        return self.exclude(own)

    def _noted(self, user: Person) -> Exists:
        notes = apps.get_model("submissions", "NearNote").objects.readable_by(user)
        return Exists(notes.filter(pair=OuterRef("pk"), at__gte=OuterRef("found_at")))


class NearNoteQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        return self.readable_by(user).filter(
            pair__in=apps.get_model("submissions", "NearPair").objects.visible_to(user)
        )

    def readable_by(self, user: Person) -> Self:
        """Of pairs that ``user`` sees: what was written by somebody who saw no more of them than ``user`` does."""
        tracks = _tracks(user).values("pk")
        both = Q(submission=None, pair__first__track__in=tracks, pair__second__track__in=tracks)
        return self.filter(both | Q(submission__track__in=tracks))


class FingerprintQuerySet(models.QuerySet):
    def standing(self, edition: int) -> Self:
        """Those that can be compared: of entries that haven't been withdrawn, made as sketches are made now."""
        return self.filter(edition=edition).exclude(submission__status=SubmissionStatus.WITHDRAWN)

    def uncompared(self, edition: int) -> Self:
        return self.standing(edition).filter(compared_at=None).order_by("pk")
