"""A person's desk: what each of their hats asks of them next. A fixed number of queries, however much there is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.functional import cached_property

from judging.enums import AssignmentStatus, RoundStatus
from judging.models import Assignment, Certificate, Judge, Round
from portal.dashboards.front import ENTERING
from portal.dashboards.next_steps import Step, of_shortlist
from submissions import roster_pages
from submissions.asked import definition_of
from submissions.completeness import Draft, Lack, make_draft, registered_in
from submissions.enums import RosterRequestStatus, ScreeningOutcome, ScreeningState, SubmissionStatus
from submissions.models import (
    Answer,
    Attachment,
    HandOver,
    Invitation,
    NearPair,
    Receipt,
    RegisteredFile,
    RosterRequest,
    Screening,
    Submission,
    SubmissionVersion,
    Team,
    TeamMember,
)
from submissions.pages import correction_part
from submissions.windows import Window, is_writable, may_register, windows_of
from tracks.enums import StageKind
from tracks.models import Competition, Organizer, Stage, Track


@dataclass
class Entry:
    submission: Submission
    stage: Window | None
    is_writable: bool
    draft: Draft
    receipt: Receipt | None = None
    screening: Screening | None = None
    certificate: Certificate | None = None
    # For parts/correction.html of the entry.
    correction: dict[str, Any] | None = None
    # What follows from the shortlist, once the team has been told of it.
    shortlist: Step | None = None

    @cached_property
    def missing(self) -> list[Lack]:
        return self.draft.missing


@dataclass
class TeamDesk:
    team: Team
    stage: Window | None
    can_begin: bool
    entries: list[Entry] = field(default_factory=list)


@dataclass
class RoundToJudge:
    round: Round
    due: int
    done: int

    @property
    def has_more(self) -> bool:
        return self.done < self.due and self.round.status == RoundStatus.OPEN


def desk_page(user: Any, *, now: datetime) -> dict[str, Any]:
    return {
        "now": now,
        "teams": team_desks(user, now=now),
        "invitations": invitations(user, now=now),
        "offers": offers(user),
        "roster_requests": roster_pages.about(user),
        "rounds_to_judge": rounds_to_judge(user),
        "organized": organized(user, now=now),
        "enterable": enterable(user, now=now),
    }


def team_desks(user: Any, *, now: datetime) -> list[TeamDesk]:
    own = TeamMember.objects.filter(user_id=user.pk).values("team")
    teams = Team.objects.visible_to(user).filter(pk__in=own).select_related("competition", "organization")
    listed = list(teams.order_by("-pk"))
    windows = windows_of(listed, StageKind.SUBMISSION)
    desks = {}
    for team in listed:
        window = windows.get(team.pk)
        desks[team.pk] = TeamDesk(team, window, can_begin=window is not None and window.is_open(now))
    for entry in _entries(user, windows, now=now):
        desks[entry.submission.team_id].entries.append(entry)
    return list(desks.values())


def invitations(user: Any, *, now: datetime) -> list[Invitation]:
    """Those that wait for this person's answer."""
    addressed = Invitation.objects.visible_to(user).pending(now).filter(email__iexact=user.email)
    return list(addressed.select_related("team__organization", "team__competition", "invited_by").order_by("-pk"))


def offers(user: Any) -> list[HandOver]:
    """Teams that this person is asked to lead."""
    rows = HandOver.objects.visible_to(user).open().filter(offered_to_id=user.pk)
    return list(rows.select_related("team__competition", "team__organization", "offered_by").order_by("-pk"))


def rounds_to_judge(user: Any) -> list[RoundToJudge]:
    """The rounds in which this person owes reviews, and how many of their own are done."""
    owed = Assignment.objects.owed_by(user).values("round")
    done = Count("pk", filter=Q(status=AssignmentStatus.SUBMITTED))
    counts = {row["round"]: row for row in owed.annotate(due=Count("pk"), done=done).order_by("round")}
    rounds = Round.objects.filter(pk__in=counts).select_related("competition").order_by("closes_at")
    return [RoundToJudge(each, due=counts[each.pk]["due"], done=counts[each.pk]["done"]) for each in rounds]


def organized(user: Any, *, now: datetime) -> list[dict[str, Any]]:
    """The competitions this person runs, wholly or in some tracks, and what waits for them there."""
    tracks = Track.objects.organized_by(user).values("competition")
    waiting = _in_queue(user, ScreeningState.WAITING, now)
    overdue = _in_queue(user, ScreeningState.OVERDUE, now)
    asked = RosterRequest.objects.organized_by(user).filter(status=RosterRequestStatus.AWAITING)
    changes = dict(asked.values_list("team__competition").annotate(count=Count("pk")).order_by())
    near = NearPair.objects.unseen_by_competition(user)
    rounds = defaultdict(list)
    for each in Round.objects.visible_to(user).with_progress().order_by("opens_at", "pk"):
        rounds[each.competition_id].append(each)
    whole = set(Competition.objects.organized_by(user).values_list("pk", flat=True))
    run = Competition.objects.visible_to(user).filter(Q(pk__in=whole) | Q(pk__in=tracks)).current_first()
    return [
        {
            "competition": competition,
            "awaiting_screening": waiting.get(competition.pk, 0),
            "overdue_corrections": overdue.get(competition.pk, 0),
            "roster_changes": changes.get(competition.pk, 0),
            "near_pairs": near.get(competition.pk, 0),
            "rounds": rounds[competition.pk],
            "is_whole": competition.pk in whole,
        }
        for competition in run
    ]


def _in_queue(user: Any, state: ScreeningState, now: datetime) -> dict[int, int]:
    """By competition, how many stand under this tab of the queue: none of a team that this person is in."""
    rows = Submission.objects.screened_by(user).in_screening(state, now)
    return dict(rows.values_list("track__competition").annotate(count=Count("pk")).order_by())


def enterable(user: Any, *, now: datetime) -> list[Competition]:
    """Competitions that take entries now and in which this person has no part yet."""
    stages = Stage.objects.visible_to(user).open_at(now).filter(kind__in=ENTERING)
    open_now = Competition.objects.visible_to(user).filter(is_published=True, pk__in=stages.values("competition"))
    parts = [
        Team.objects.of_member(user),
        Judge.objects.visible_to(user).filter(user_id=user.pk),
        Organizer.objects.visible_to(user).filter(user_id=user.pk),
    ]
    for part in parts:
        open_now = open_now.exclude(pk__in=part.values("competition"))
    return list(open_now.current_first())


def _entries(user: Any, windows: dict[int, Window], *, now: datetime) -> list[Entry]:
    own = Submission.objects.visible_to(user).of_member(user).for_listing()
    own = own.with_form().with_correction().with_shortlist()
    submissions = list(own.order_by("-updated_at"))
    registered = registered_in(each for each in submissions if may_register(each, windows.get(each.team_id), now))
    newest = {"version__submission__in": submissions}
    receipts = Receipt.objects.visible_to(user).filter(**newest).select_related("version").order_by("version__number")
    receipt_of = {receipt.version.submission_id: receipt for receipt in receipts}
    decided = Screening.objects.filter(**newest).exclude(outcome=ScreeningOutcome.PASSED).select_related("version")
    screening_of = {screening.version.submission_id: screening for screening in decided.order_by("version__number")}
    drafts = _drafts(user, submissions, {pk: receipt.version for pk, receipt in receipt_of.items()}, registered)
    certificates = (
        Certificate.objects.visible_to(user).filter(award__submission__in=submissions).select_related("award")
    )
    certificate_of = {certificate.award.submission_id: certificate for certificate in certificates}
    return [
        Entry(
            submission=submission,
            stage=(window := windows.get(submission.team_id)),
            is_writable=is_writable(submission, window, now),
            draft=drafts[submission.pk],
            correction=_correction(drafts[submission.pk], screening_of.get(submission.pk), now),
            receipt=receipt_of.get(submission.pk),
            screening=screening_of.get(submission.pk),
            certificate=certificate_of.get(submission.pk),
            shortlist=_shortlist(submission, now),
        )
        for submission in submissions
    ]


def _correction(draft: Draft, screening: Screening | None, now: datetime) -> dict[str, Any] | None:
    return correction_part(draft, screening.version, now) if screening else None


def _shortlist(entry: Any, now: datetime) -> Step | None:
    is_told = entry.status == SubmissionStatus.ELIGIBLE and entry.is_shortlisted
    return of_shortlist(entry, now) if is_told else None


def _drafts(
    user: Any,
    submissions: list[Submission],
    versions: dict[int, SubmissionVersion],
    registered: dict[int, list[RegisteredFile]],
) -> dict[int, Draft]:
    """By entry. Files that can't be mended now are left out: nothing here asks for them."""
    answers: dict[int, dict[str, Any]] = defaultdict(dict)
    said = Answer.objects.visible_to(user).filter(submission__in=submissions)
    for entry, key, value in said.values_list("submission", "key", "value"):
        answers[entry][key] = value
    files = defaultdict(list)
    for file in Attachment.objects.visible_to(user).current().with_refusal().filter(submission__in=submissions):
        files[file.submission_id].append(file)
    return {
        entry.pk: make_draft(
            definition_of(entry),
            entry,
            answers[entry.pk],
            files[entry.pk],
            registered=registered.get(entry.pk),
            returned=versions.get(entry.pk),
        )
        for entry in submissions
    }
