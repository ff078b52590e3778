"""Who sees what screening has decided, noted and proposed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef

from portal.core.people import Person
from submissions.enums import ScreeningOutcome, SecondLook
from submissions.querysets import OfSubmissionQuerySet


class ScreenedQuerySet(models.QuerySet):
    """What organizers keep about an entry of their tracks. Its team never sees it, nor does an organizer in it."""

    submission_path = "submission"

    def visible_to(self, user: Person) -> Self:
        impartial = apps.get_model("submissions", "Submission").objects.screened_by(user)
        # Asked of each of a few rows: all that somebody screens may be many thousands.
        return self.filter(Exists(impartial.filter(pk=OuterRef(self.submission_path))))


class ScreeningClaimQuerySet(ScreenedQuerySet):
    def live(self, now: datetime) -> Self:
        return self.filter(expires_at__gt=now)


class ScreeningNoteQuerySet(ScreenedQuerySet):
    pass


class ScreeningProposalQuerySet(ScreenedQuerySet):
    submission_path = "version__submission"

    def open(self) -> Self:
        return self.filter(status=SecondLook.OPEN)

    def lapse(self, now: datetime) -> int:
        """Those that are open no longer apply."""
        return self.open().update(status=SecondLook.LAPSED, answered_at=now)


class UndoneScreeningQuerySet(ScreenedQuerySet):
    submission_path = "version__submission"

    def unmet(self) -> Self:
        """Returns that nobody took back: their end passed, and the rejection of that very moment took their place."""
        then = {"version": OuterRef("version"), "decided_at": OuterRef("undone_at")}
        holds = Exists(apps.get_model("submissions", "Screening").objects.filter(**then))
        # That one may have been taken back since.
        undone = Exists(apps.get_model("submissions", "UndoneScreening").objects.filter(**then))
        return self.filter(holds | undone, outcome=ScreeningOutcome.RETURNED)


class VersionFactsQuerySet(ScreenedQuerySet):
    submission_path = "version__submission"

    def of_file(self, file: Any) -> Self:
        """Those of versions in which the stored ``file`` was handed in."""
        return self.filter(version__attachments__file=file).distinct()


class CorrectionQuerySet(OfSubmissionQuerySet):
    """The team's, and theirs who screen."""

    submission_path = "screening__version__submission"

    def over(self, now: datetime) -> Self:
        """Those whose end has passed, of the version that was submitted last."""
        version = OuterRef("screening__version__submission"), OuterRef("screening__version__number")
        newer = apps.get_model("submissions", "SubmissionVersion").objects.filter(
            submission=version[0], number__gt=version[1]
        )
        return self.filter(~Exists(newer), closes_at__lte=now)
