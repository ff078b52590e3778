"""The judge's desk. Every page starts at what this person owes; nobody else has such pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from judging import services
from judging.enums import AssignmentStatus
from judging.forms import RecusalForm, ReviewForm, add_errors
from judging.models import Assignment, Criterion, Judge, Review, Round
from judging.views.requests import arrived
from portal.core.errors import Conflict
from portal.core.serving import serve_stored
from submissions.models import Replacement
from submissions.sheet import Audience, sheet_of_version
from submissions.sheet import Sheet as EntrySheet


@dataclass(frozen=True)
class Queue:
    """A judge's own part of a round."""

    round: Round
    assignments: list[Assignment]

    @property
    def due(self) -> int:
        return len(self.assignments)

    @property
    def done(self) -> int:
        return sum(each.status == AssignmentStatus.SUBMITTED for each in self.assignments)

    @property
    def is_complete(self) -> bool:
        return self.done == self.due

    @property
    def next_open(self) -> Assignment | None:
        return next((each for each in self.assignments if each.status != AssignmentStatus.SUBMITTED), None)

    def after(self, assignment: Assignment) -> Assignment | None:
        """The next one that is still to be done, from here to the end and on from the start."""
        place = next((at for at, each in enumerate(self.assignments) if each.pk == assignment.pk), -1)
        later = [*self.assignments[place + 1 :], *self.assignments[: max(place, 0)]]
        return next((each for each in later if each.status != AssignmentStatus.SUBMITTED), None)

    def beside(self, assignment: Assignment) -> tuple[Assignment | None, Assignment | None]:
        place = next((at for at, each in enumerate(self.assignments) if each.pk == assignment.pk), 0)
        before = self.assignments[place - 1] if place else None
        return before, next(iter(self.assignments[place + 1 :]), None)


@dataclass(frozen=True)
class Sheet:
    """The score sheet of one assignment as it was last saved."""

    criteria: list[Criterion]
    review: Review | None
    points: dict[int, Any]

    @property
    def most(self) -> Any:
        return sum(each.max_points * each.weight for each in self.criteria)

    @property
    def total(self) -> Any:
        return sum(self.points[each.pk] * each.weight for each in self.criteria if each.pk in self.points)

    @property
    def lines(self) -> list[tuple[Criterion, Any]]:
        return [(each, self.points.get(each.pk)) for each in self.criteria]


@require_safe
@login_required
@never_cache
def queue(request: HttpRequest) -> HttpResponse:
    """All rounds of a judge, the one to work on first."""
    owed = Assignment.objects.owed_by(request.user).for_desk()
    queues = [Queue(round_, list(group)) for round_, group in groupby(owed, key=lambda each: each.round)]
    if not queues and not Judge.objects.filter(user=request.user.pk).exists():
        raise Http404
    now = arrived(request)
    queues.sort(key=lambda each: (not each.round.takes_scores(now), -each.round.pk))
    return render(request, "judging/queue.html", {"queues": queues, "now": now})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def review(request: HttpRequest, public_id: UUID) -> HttpResponse:
    assignment = _owed(request, public_id)
    sheet = _sheet(assignment)
    if request.method == "POST":
        return _score(request, assignment, sheet)
    return _page(request, assignment, sheet, ReviewForm.of(sheet.review, sheet.criteria, sheet.points))


@require_safe
@login_required
def document(request: HttpRequest, public_id: UUID, attachment: UUID) -> HttpResponseBase:
    """A file of the version being judged, under the entry's number: its own name could say whose it is."""
    assignment = _owed(request, public_id)
    readable = {file.pk for file in entry_sheet(assignment).files}
    files = assignment.version.attachments.select_related("file").filter(pk__in=readable)
    found = get_object_or_404(files, public_id=attachment)
    ending = found.kind.lower()
    return serve_stored(
        found.file, f"{assignment.submission.number}-{found.slot}.{ending}", inline=ending == "pdf", asked=request
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def recuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    if Assignment.objects.given_up_by(request.user).filter(public_id=public_id).exists():
        return redirect("judging:queue")
    assignment = _owed(request, public_id)
    form = RecusalForm(request.POST or None)
    following = _queue_of(request, assignment).after(assignment)
    if form.is_valid():
        try:
            services.recuse(assignment, actor=request.user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("You have recused from %(entry)s.") % {"entry": assignment.submission.number})
            return redirect(following or "judging:queue")
    return render(request, "judging/recuse.html", {"assignment": assignment, "form": form})


def _score(request: HttpRequest, assignment: Assignment, sheet: Sheet) -> HttpResponse:
    is_final = request.POST.get("move") == "submit"
    form = ReviewForm(sheet.criteria, request.POST, complete=is_final)
    if not form.is_valid():
        return _page(request, assignment, sheet, form, status=400)
    deed = services.submit_review if is_final else services.save_review
    try:
        deed(
            assignment,
            actor=request.user,
            points=form.points,
            comment=form.cleaned_data["comment"],
            expected_version=form.cleaned_data["version"],
            now=arrived(request),
        )
    except ValidationError as error:
        add_errors(form, error)
        return _page(request, assignment, sheet, form, status=400)
    except Conflict as conflict:
        return _conflict_page(request, assignment, form, conflict)
    if not is_final:
        messages.success(request, _("The draft is saved."))
        return redirect(assignment)
    following = _queue_of(request, assignment).after(assignment)
    if following is None:
        messages.success(request, _("That was the last one. Thank you for your reviews."))
        return redirect("judging:queue")
    return redirect(f"{following.get_absolute_url()}?done={assignment.public_id}")


def _conflict_page(request: HttpRequest, assignment: Assignment, form: ReviewForm, conflict: Conflict) -> HttpResponse:
    """What was typed stays on the page, beside what is stored now; saving again replaces that knowingly."""
    if not Assignment.objects.owed_by(request.user).filter(pk=assignment.pk).exists():
        raise conflict
    assignment = _owed(request, assignment.public_id)
    sheet = _sheet(assignment)
    typed = {**form.data.dict(), "version": str(sheet.review.version if sheet.review else 0)}  # type: ignore[attr-defined]
    form = ReviewForm(sheet.criteria, typed)
    form.stored = sheet.points
    return _page(request, assignment, sheet, form, status=409, conflict=conflict.message)


def _page(
    request: HttpRequest, assignment: Assignment, sheet: Sheet, form: ReviewForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    queue = _queue_of(request, assignment)
    previous, following = queue.beside(assignment)
    context = {
        "assignment": assignment,
        "entry_sheet": entry_sheet(assignment),
        "replaced": replaced_slots(assignment),
        "done": next((each for each in queue.assignments if str(each.public_id) == request.GET.get("done")), None),
        "following": following,
        "form": form,
        "is_submitted": assignment.status == AssignmentStatus.SUBMITTED,
        "previous": previous,
        "queue": queue,
        "sheet": sheet,
        "takes_scores": assignment.round.takes_scores(arrived(request)),
    }
    return render(request, "judging/review.html", context | more, status=status)


def _owed(request: HttpRequest, public_id: UUID) -> Assignment:
    owed = Assignment.objects.owed_by(request.user).select_related(
        "round__competition", "round__rubric", "submission__track", "version__topic_revision"
    )
    return get_object_or_404(owed, public_id=public_id)


def _queue_of(request: HttpRequest, assignment: Assignment) -> Queue:
    owed = Assignment.objects.owed_by(request.user).filter(round=assignment.round_id)
    return Queue(assignment.round, list(owed.for_desk()))


def _sheet(assignment: Assignment) -> Sheet:
    review = Review.objects.filter(assignment=assignment).first()
    points = dict(review.scores.values_list("criterion_id", "points")) if review else {}
    return Sheet(list(assignment.round.rubric.criteria.order_by("position")), review, points)


def entry_sheet(assignment: Assignment) -> EntrySheet:
    """What a judge may read. Judging is blind: nothing in it tells who the team is."""
    return sheet_of_version(assignment.version, Audience.BLIND_JUDGE)


def replaced_slots(assignment: Assignment) -> dict[str, datetime]:
    """By slot, when its files were replaced last after the shortlist."""
    rows = Replacement.objects.of(assignment.version) if assignment.version.number > 1 else ()
    return {slot: row.version.created_at for row in rows for slot in row.slots}
