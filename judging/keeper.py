"""What judging keeps about a person: their reviews as a judge, their decisions as an organizer, their certificates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from judging.enums import AssignmentStatus, CertificateStatus, RoundStatus
from judging.models import (
    Assignment,
    Certificate,
    ConflictOfInterest,
    Decision,
    Judge,
    Publication,
    Ranking,
    Review,
    Round,
)
from judging.services import update_judge
from judging.services.locking import lock_round
from portal.accounts.personal_data import Duty, Keeper, Kept, Row, Section, read
from portal.core.models import StoredFile
from tracks.models import Competition

# An assignment is known to its judge from the opening of the round.
OPENED = (RoundStatus.OPEN, RoundStatus.CLOSED, RoundStatus.PUBLISHED)
UNFINISHED = (RoundStatus.PLANNED, RoundStatus.OPEN)


class JudgingKeeper(Keeper):
    covers = frozenset({"judging.Judge", "judging.Ranking", "judging.Decision", "judging.Publication"})

    @property
    def sections(self) -> list[Section]:  # type: ignore[override]
        return [
            Section("judge-roles", gettext_lazy("your roles as a judge"), roles),
            Section("assignments", gettext_lazy("entries that were assigned to you"), assignments),
            Section("reviews", gettext_lazy("your reviews"), reviews),
            Section("conflicts", gettext_lazy("conflicts of interest that you declared"), conflicts),
            Section("decisions", gettext_lazy("your decisions on awards"), decisions),
            Section("certificates", gettext_lazy("certificates of your teams"), certificates),
        ]

    def files(self, user: Any) -> Iterator[tuple[str, StoredFile]]:
        issued = _own_certificates(user).filter(status=CertificateStatus.ISSUED).select_related("file")
        for certificate in issued.iterator(chunk_size=200):
            if certificate.file is not None:
                yield f"{certificate.serial}.pdf", certificate.file

    def hold(self, user: Any) -> None:
        """Whoever hands out assignments waits, or goes first."""
        judged = Judge.objects.filter(user=user, is_active=True).values("competition")
        rounds = Round.objects.filter(competition__in=judged, status__in=UNFINISHED).order_by("pk")
        for pk in rounds.values_list("pk", flat=True):
            lock_round(pk)

    def duties(self, user: Any, *, now: datetime) -> Iterable[Duty]:
        owed = Assignment.objects.open().filter(judge__user=user, judge__is_active=True)
        for round_ in Round.objects.filter(status__in=UNFINISHED, pk__in=owed.values("round")).order_by("pk"):
            yield Duty(
                _("You still owe reviews in “%(round)s”. Hand them in, or ask the organizers to relieve you.")
                % {"round": round_},
                reverse("judging:queue"),
            )

    def occupied(self, now: datetime) -> Iterable[QuerySet[Any]]:
        over = Competition.objects.over_since(now).values("pk")
        yield Judge.objects.filter(is_active=True).exclude(competition__in=over).values("user")

    def kept(self, user: Any) -> Iterable[Kept]:
        if Review.objects.filter(assignment__judge__user=user, submitted_at__isnull=False).exists():
            yield Kept(
                gettext_lazy("reviews that you handed in, without your name"),
                gettext_lazy("rankings were computed from them, and objections may refer to them"),
                gettext_lazy("as long as the competition's records"),
            )
        if _own_certificates(user).exists():
            yield Kept(
                gettext_lazy("awards and certificates, with the names that are printed on them"),
                gettext_lazy("they can be verified by everybody, and belong to the whole team"),
                gettext_lazy("as long as certificates can be verified"),
            )

    def erase(self, user: Any, *, now: datetime) -> None:
        for judge in Judge.objects.filter(user=user).select_related("competition", "organization").order_by("pk"):
            update_judge(judge, actor=None, organization=judge.organization, is_active=False)


def roles(user: Any) -> Iterator[Row]:
    for judge in Judge.objects.filter(user=user).select_related("competition", "organization").order_by("pk"):
        organization = judge.organization.name if judge.organization else None
        yield {"competition": judge.competition.name, "organization": organization, "is_active": judge.is_active}


def assignments(user: Any) -> Iterator[Row]:
    """By the entry's number: whose it is stays hidden from its judge."""
    rows = _own_assignments(user).exclude(status=AssignmentStatus.REVOKED)
    return read(
        rows.select_related("round", "submission"),
        lambda row: {"round": str(row.round), "entry": row.submission.number, "status": row.status},
    )


def reviews(user: Any) -> Iterator[Row]:
    own = Review.objects.filter(assignment__in=_own_assignments(user)).order_by("pk")
    return read(
        own.select_related("assignment__round", "assignment__submission").prefetch_related("scores__criterion"),
        lambda row: {
            "round": str(row.assignment.round),
            "entry": row.assignment.submission.number,
            "saved_at": row.saved_at,
            "submitted_at": row.submitted_at,
            "comment": row.comment,
            "scores": {score.criterion.name: score.points for score in row.scores.all()},
        },
    )


def _own_assignments(user: Any) -> QuerySet[Assignment]:
    return Assignment.objects.filter(judge__user=user, round__status__in=OPENED).order_by("pk")


def conflicts(user: Any) -> Iterator[Row]:
    rows = ConflictOfInterest.objects.filter(judge__user=user).select_related("submission").order_by("pk")
    return read(
        rows, lambda row: {"entry": row.submission.number, "reason": row.reason, "declared_at": row.declared_at}
    )


def decisions(user: Any) -> Iterator[Row]:
    """What was decided and published; before that a round's results are nobody's to carry away."""
    published = Decision.objects.filter(decided_by=user, entry__ranking__round__status=RoundStatus.PUBLISHED)
    for row in published.select_related("entry__submission").order_by("pk").iterator(chunk_size=200):
        entry = row.entry.submission.number
        yield {"what": "award", "entry": entry, "level": row.level, "at": row.decided_at}
    for ranking in Ranking.objects.filter(created_by=user).select_related("round").order_by("pk"):
        yield {"what": "ranking", "round": str(ranking.round), "at": ranking.created_at}
    for shown in Publication.objects.filter(published_by=user).select_related("round").order_by("pk"):
        yield {"what": "publication", "round": str(shown.round), "at": shown.published_at}


def certificates(user: Any) -> Iterator[Row]:
    return read(
        _own_certificates(user).select_related("award"),
        lambda row: {
            "serial": row.serial,
            "status": row.status,
            "award": row.award.level,
            "project": row.award.project,
            "issued_at": row.issued_at,
        },
    )


def _own_certificates(user: Any) -> QuerySet[Certificate]:
    """Of the teams this person is in: an award exists from its publication on."""
    return Certificate.objects.filter(award__submission__team__members__user=user).order_by("pk")
