"""What is open for which team at which instant: the stage, what was granted to the team, the hidden grace.

``Window.takes`` decides, and nothing else does. Pages tell ``closes_at``; the grace is told to nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from portal.core.errors import Conflict
from portal.core.locks import is_alone, shared
from portal.core.templatetags.ui import beijing, deadline
from submissions.correcting import scope_of
from submissions.enums import ReceiptRule, SubmissionStatus
from submissions.models import Extension, Submission, Team
from tracks.enums import StageKind
from tracks.models import Competition, Stage

# Nothing has been decided about these, so what comes too late may still be kept.
UNDECIDED = (SubmissionStatus.DRAFT, SubmissionStatus.SUBMITTED)


class Closed(Conflict):
    """What arrives comes after the end."""


@dataclass(frozen=True)
class Window:
    name: str
    opens_at: datetime
    closes_at: datetime
    grace: timedelta = timedelta()
    is_extended: bool = False
    # How long after the told end a file may follow whose hash was registered before.
    follows: timedelta = timedelta()

    def __str__(self) -> str:
        return self.name

    def is_open(self, now: datetime) -> bool:
        """As it is told, half open."""
        return self.opens_at <= now < self.closes_at

    def takes(self, now: datetime) -> bool:
        """What arrives at ``now`` counts. The grace follows the end that the team was told, extended or not."""
        return self.opens_at <= now < self.closes_at + self.grace

    @property
    def follow_until(self) -> datetime:
        return self.closes_at + self.follows

    def registers(self, now: datetime) -> bool:
        """A file's hash may stand for the file."""
        return bool(self.follows) and self.takes(now)

    def awaits(self, now: datetime) -> bool:
        """The end is over, and what was registered before may still follow."""
        return self.closes_at <= now < self.follow_until


def stage_of(competition: Competition, kind: StageKind, teams: Iterable[Team] = ()) -> Window | None:
    """The window of a stage; with ``teams``, as the one among them has it that has the longest."""
    stage = Stage.objects.filter(competition=competition, kind=kind).first()
    if stage is None:
        return None
    granted = Extension.objects.live().filter(team__in=teams, kind=kind) if teams else Extension.objects.none()
    return _window(stage, granted.order_by("-closes_at").values_list("closes_at", flat=True).first())


def windows_of(teams: Iterable[Team], kind: StageKind) -> dict[int, Window]:
    """By team, in two queries however many there are; a team whose competition has no such stage is missing."""
    teams = list(teams)
    of_competition = {team.competition_id for team in teams}
    stages = {stage.competition_id: stage for stage in Stage.objects.filter(competition__in=of_competition, kind=kind)}
    granted = dict(Extension.objects.live().filter(team__in=teams, kind=kind).values_list("team", "closes_at"))
    found = {team.pk: stages.get(team.competition_id) for team in teams}
    return {pk: _window(stage, granted.get(pk)) for pk, stage in found.items() if stage is not None}


def require_open(competition: Competition, kind: StageKind, now: datetime, team: Team | None = None) -> None:
    """Raise Conflict, saying since when or until when, unless the stage takes what ``team`` does at ``now``."""
    _require_takes(stage_of(competition, kind, [team] if team else []), now)


def require_locked(team: Team, now: datetime) -> None:
    """Raise Conflict while the team may change its roster itself."""
    if not is_locked(stage_of(team.competition, StageKind.REGISTRATION, [team]), now):
        raise Conflict(_("The team can still be changed on its own page; nobody has to be asked."))


def is_locked(registration: Window | None, now: datetime) -> bool:
    """From the end that was told on, changes of the roster are the organizers' to approve."""
    return registration is None or now >= registration.closes_at


def window_of(submission: Submission) -> Window | None:
    """Of submitting, for the team of this entry."""
    if not hasattr(submission, "window_opens_at"):
        return stage_of(submission.team.competition, StageKind.SUBMISSION, [submission.team])
    entry: Any = submission
    if entry.window_opens_at is None:
        return None
    stage = Stage(
        kind=StageKind.SUBMISSION,
        opens_at=entry.window_opens_at,
        closes_at=entry.window_closes_at,
        grace=entry.window_grace,
        hash_grace=entry.window_hash_grace,
    )
    return _window(stage, entry.window_extended_to)


def hold(submission: Submission) -> Window | None:
    """The same as it stays until this transaction ends: whoever moves the end, or takes time back, waits for it.

    Of an entry that has been locked in it; where the transaction is alone it may have come ``with_window``.
    """
    if is_alone() and hasattr(submission, "window_opens_at"):
        return window_of(submission)
    stages = Stage.objects.filter(competition=submission.team.competition_id, kind=StageKind.SUBMISSION)
    granted = Extension.objects.live().filter(team=submission.team_id, kind=StageKind.SUBMISSION)
    stage: Any = next(iter(shared(stages, extended_to=(granted, "closes_at"))), None)
    return _window(stage, stage.extended_to) if stage is not None else None


def _require_takes(window: Window | None, now: datetime) -> None:
    if window is None:
        raise Conflict(_("This isn't open."))
    if now < window.opens_at:
        raise Conflict(
            _("%(stage)s opens at %(time)s, Beijing time.") % {"stage": window, "time": beijing(window.opens_at)}
        )
    if not window.takes(now):
        raise Closed(
            _("%(stage)s closed at %(time)s, Beijing time.") % {"stage": window, "time": deadline(window.closes_at)}
        )


def require_writable(submission: Submission, now: datetime, held: Window | None = None) -> None:
    """What was returned for correction may be mended until that has its own end; anything else not after the stage's.

    Raises Closed where the stage is over, Conflict where it is something else. Which part may be mended,
    ``correcting`` says.
    An entry that comes ``with_window`` is asked no further query, nor one whose window the caller has ``held``.
    """
    if not submission.is_editable:
        raise Conflict(
            _("This entry can no longer be changed: %(state)s.") % {"state": submission.get_status_display()}
        )
    if submission.status != SubmissionStatus.RETURNED:
        _require_takes(held or window_of(submission), now)
        return
    scope = scope_of(submission)
    if scope is not None and not scope.is_open(now):
        words = _("The time for the correction ended at %(time)s, Beijing time. The organizers decide what follows.")
        raise Conflict(words % {"time": deadline(scope.closes_at)})


def rule_of(submission: Submission, window: Window | None, now: datetime) -> ReceiptRule:
    """By which rule what arrives at ``now`` counts; asked once ``require_writable`` has let it pass."""
    if submission.status == SubmissionStatus.RETURNED:
        return ReceiptRule.CORRECTION
    if window is None or not window.is_open(now):
        return ReceiptRule.GRACE
    return ReceiptRule.EXTENSION if window.is_extended else ReceiptRule.STAGE_END


def is_writable(submission: Submission, window: Window | None, now: datetime) -> bool:
    """The same as a question, for a page that has the window at hand."""
    if submission.status == SubmissionStatus.RETURNED:
        scope = scope_of(submission)
        return scope is None or scope.is_open(now)
    return submission.is_editable and window is not None and window.takes(now)


def may_register(submission: Submission, window: Window | None, now: datetime) -> bool:
    """The hash of a file may stand for it: until the team's end, and not in what is mended afterwards."""
    return submission.status in UNDECIDED and window is not None and window.registers(now)


def is_late(submission: Submission, window: Window | None, now: datetime) -> bool:
    """What is handed in at ``now`` comes after the end, and nothing has been decided about the entry yet."""
    return submission.status in UNDECIDED and window is not None and now >= window.closes_at and not window.takes(now)


def _window(stage: Stage, extended_to: datetime | None) -> Window:
    """An organizer may move the stage beyond what was granted before; the later end holds."""
    is_extended = extended_to is not None and extended_to > stage.closes_at
    return Window(
        name=str(stage),
        opens_at=stage.opens_at,
        closes_at=extended_to if extended_to is not None and is_extended else stage.closes_at,
        grace=timedelta(seconds=stage.grace),
        is_extended=is_extended,
        follows=timedelta(minutes=stage.hash_grace),
    )
