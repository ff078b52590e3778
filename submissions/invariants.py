"""What holds of entries, of what was submitted, and of what was decided about it."""

from __future__ import annotations

from typing import Any

from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from portal.core.invariants import invariant
from portal.core.models import AuditEntry
from submissions.enums import ScreeningOutcome, SecondLook, SubmissionStatus
from submissions.lifecycle import SUBMISSION_LIFECYCLE
from submissions.models import (
    Correction,
    Receipt,
    RegisteredFile,
    Replacement,
    Screening,
    ScreeningClaim,
    ScreeningProposal,
    Shortlisting,
    Submission,
    SubmissionVersion,
    UndoneScreening,
)
from submissions.querysets import VersionQuerySet

NUMBER = r"^T[0-9]{2,}-[0-9]{4,}$"
# How an entry stands after what was decided about its last version.
STANDS = {
    SubmissionStatus.ELIGIBLE: ScreeningOutcome.PASSED,
    SubmissionStatus.RETURNED: ScreeningOutcome.RETURNED,
    SubmissionStatus.REJECTED: ScreeningOutcome.REJECTED,
}


class ArrayLength(Func):
    """How many elements a JSON array has."""

    function = "JSON_ARRAY_LENGTH"
    output_field = IntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="jsonb_array_length", **context)


def _versions() -> VersionQuerySet:
    rows: VersionQuerySet = SubmissionVersion.objects.filter(submission=OuterRef("pk"))
    return rows


def _last(field: str) -> Subquery:
    """Of an entry's last version."""
    return Subquery(_versions().order_by("-number").values(field)[:1])


@invariant("submissions")
def entry_has_a_number_once_it_has_a_version() -> QuerySet[Any]:
    return Submission.objects.filter(Q(number="") & Exists(_versions()) | ~Q(number="") & ~Exists(_versions()))


@invariant("submissions")
def entry_number_is_of_its_form() -> QuerySet[Any]:
    return Submission.objects.exclude(number="").exclude(number__regex=NUMBER)


@invariant("submissions")
def versions_are_counted_without_a_gap() -> QuerySet[Any]:
    return (
        Submission.objects.exclude(number="")
        .annotate(highest=Max("versions__number"), kept=Count("versions"))
        .exclude(highest=F("kept"))
    )


@invariant("submissions")
def version_has_a_receipt() -> QuerySet[Any]:
    return SubmissionVersion.objects.filter(receipt=None)


@invariant("submissions")
def receipt_counts_the_files_of_its_version() -> QuerySet[Any]:
    """Those that were there; what was registered may have followed."""
    followed = Q(version__registered__attachment__isnull=False)
    counted = Receipt.objects.annotate(
        listed=ArrayLength("files"),
        kept=Count("version__attachments", distinct=True),
        followed=Count("version__registered", filter=followed, distinct=True),
    )
    return counted.exclude(kept__gte=F("listed"), kept__lte=F("listed") + F("followed"))


@invariant("submissions")
def receipt_names_each_file_of_its_version() -> QuerySet[Any]:
    joins: QuerySet[Any] = SubmissionVersion.attachments.through.objects.filter(
        submissionversion__receipt__isnull=False
    )
    followed = RegisteredFile.versions.through.objects.filter(
        submissionversion=OuterRef("submissionversion"), registeredfile__attachment=OuterRef("attachment")
    )
    listed = Cast("submissionversion__receipt__files", TextField())
    unnamed = joins.annotate(listed=listed).exclude(listed__contains=F("attachment__file__sha256"))
    return unnamed.exclude(Exists(followed))


@invariant("submissions", wants_history=True)
def receipt_is_written_after_what_it_is_for() -> QuerySet[Any]:
    return Receipt.objects.filter(committed_at__lt=F("received_at"))


@invariant("submissions", wants_history=True)
def entry_was_submitted_when_its_last_receipt_says() -> QuerySet[Any]:
    received = _last("receipt__received_at")
    return Submission.objects.exclude(number="").annotate(received=received).exclude(submitted_at=F("received"))


@invariant("submissions")
def entry_stands_as_its_last_screening_says() -> QuerySet[Any]:
    """What waits has no decision; what was withdrawn may have been returned before.

    Where files were replaced after the shortlist, what was decided about the version before goes on holding, until
    something is decided about them.
    """
    screened = _versions().decided_about().order_by("-number").values("screening__outcome")[:1]
    decided = Coalesce(Subquery(screened), Value(""), output_field=CharField())
    wrong = Q(status=SubmissionStatus.SUBMITTED, outcome__in=ScreeningOutcome.values)
    for status, outcome in STANDS.items():
        wrong |= Q(status=status) & ~Q(outcome=outcome)
    return Submission.objects.exclude(number="").annotate(outcome=decided).filter(wrong)


@invariant("submissions")
def correction_is_of_a_return() -> QuerySet[Any]:
    return Correction.objects.exclude(screening__outcome=ScreeningOutcome.RETURNED)


@invariant("submissions", wants_history=True)
def decision_follows_what_it_is_about() -> QuerySet[Any]:
    return Screening.objects.filter(decided_at__lt=F("version__created_at"))


@invariant("submissions", wants_history=True)
def decision_is_undone_after_it_was_made() -> QuerySet[Any]:
    return UndoneScreening.objects.filter(undone_at__lt=F("decided_at"))


@invariant("submissions")
def nobody_holds_a_decided_entry() -> QuerySet[Any]:
    return ScreeningClaim.objects.filter(submission__status__in=STANDS)


@invariant("submissions")
def open_proposal_is_about_an_undecided_version() -> QuerySet[Any]:
    # Or about one that was returned, and whose correction ended without another.
    decided = ScreeningProposal.objects.filter(status=SecondLook.OPEN, version__screening__isnull=False)
    return decided.exclude(version__screening__outcome=ScreeningOutcome.RETURNED)


def _lines(*actions: str) -> QuerySet[Any]:
    """Lines of the trail about an entry."""
    about = {"object_type": Submission._meta.label_lower, "object_id": Cast(OuterRef("pk"), CharField())}
    return AuditEntry.objects.filter(**about, action__in=actions)


@invariant("submissions")
def entry_stands_where_its_last_move_left_it() -> QuerySet[Any]:
    moves = _lines(*SUBMISSION_LIFECYCLE.moves, "undo_screening").order_by("-pk")
    left = Subquery(moves.annotate(left=KeyTextTransform("status", "after")).values("left")[:1])
    moved = Submission.objects.annotate(left=left).filter(left__isnull=False)
    return moved.exclude(status=Cast("left", CharField()))


@invariant("submissions", wants_history=True)
def each_version_is_in_the_trail() -> QuerySet[Any]:
    lines = _lines("submit", "accept_late", "replace_files").order_by().values("object_id")
    told = Coalesce(Subquery(lines.annotate(count=Count("pk")).values("count")), 0)
    return Submission.objects.annotate(told=told, kept=Count("versions")).exclude(told=F("kept"))


@invariant("submissions", wants_history=True)
def each_receipt_is_in_the_trail() -> QuerySet[Any]:
    lines = _lines("issue_receipt", "issue_late_receipt").order_by().values("object_id")
    told = Coalesce(Subquery(lines.annotate(count=Count("pk")).values("count")), 0)
    return Submission.objects.annotate(told=told, kept=Count("versions__receipt")).exclude(told=F("kept"))


@invariant("submissions")
def shortlisted_entry_has_passed_screening() -> QuerySet[Any]:
    return Shortlisting.objects.live().exclude(submission__status=SubmissionStatus.ELIGIBLE)


@invariant("submissions")
def replaced_files_keep_the_words_of_the_version_before() -> QuerySet[Any]:
    before = SubmissionVersion.objects.filter(
        submission=OuterRef("version__submission"), number=OuterRef("version__number") - 1
    )
    answers = Subquery(before.values("form__answers")[:1])
    says = Cast("version__form__answers", TextField())
    rows = Replacement.objects.annotate(said=Cast(answers, TextField()), says=says)
    return rows.exclude(said=F("says"))
