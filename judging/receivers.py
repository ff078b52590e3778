"""What judging carries out from the outbox, and what it has to say to news from below."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from judging.enums import RoundKind, RoundStatus
from judging.models import Assignment, Judge
from judging.services.certificates import KIND, issue_certificate
from judging.services.judges import follow_merge
from portal.core.errors import Conflict
from portal.notifications.registry import handles
from submissions.models import Organization, Submission, SubmissionVersion
from submissions.services.merging import Deed
from submissions.signals import (
    files_replaced,
    organization_asked,
    organization_merged,
    screening_undone,
    shortlist_undone,
)
from tracks.services import TopicMove
from tracks.signals import topics_moved


@handles(KIND)
def issue(*, key: str, certificate_id: int) -> None:
    issue_certificate(certificate_id)


@receiver(topics_moved, dispatch_uid="judging.refuse_moves")
def refuse_moves(sender: Any, moves: list[TopicMove], **kwargs: Any) -> None:
    """Entries are ranked by track, so one that judges have been given stays in its own.

    Whoever assigns meanwhile waits for the audit trail, which is held by now, and assigns to what has moved.
    """
    leaving = [move.topic.pk for move in moves if move.changes_track]
    judged = Assignment.objects.live().filter(submission__topic__in=leaving) if leaving else Assignment.objects.none()
    if title := judged.order_by("pk").values_list("submission__topic__title", flat=True).first():
        told = {"title": title}
        raise Conflict(_("Entries of “%(title)s” are with the judges; the topic can't go to another track.") % told)


def is_judged(submission: Submission) -> bool:
    """Some judge has it, or has finished with it."""
    return Assignment.objects.live().filter(submission=submission).exists()


@receiver(screening_undone, dispatch_uid="judging.refuse_undoing")
def refuse_undoing(sender: Any, submission: Submission, **kwargs: Any) -> None:
    """What judges have been given stays admitted. Whoever assigns meanwhile waits for the audit trail, held by now."""
    if is_judged(submission):
        raise Conflict(_("The entry is with the judges; what was decided in screening can't be taken back any more."))


@receiver(shortlist_undone, dispatch_uid="judging.refuse_unlisting")
def refuse_unlisting(sender: Any, submissions: list[int], **kwargs: Any) -> None:
    """What the judges of the defence have been given stays on the shortlist."""
    given = Assignment.objects.live().filter(submission__in=submissions, round__kind=RoundKind.DEFENCE)
    if numbers := sorted(set(given.values_list("submission__number", flat=True))):
        told = {"entries": pgettext("between names", ", ").join(numbers)}
        raise Conflict(_("%(entries)s: with the judges of the defence, and so on the shortlist for good.") % told)


@receiver(files_replaced, dispatch_uid="judging.show_new_files")
def show_new_files(sender: Any, version: SubmissionVersion, is_recorded: bool, **kwargs: Any) -> None:  # noqa: FBT001 - named by the signal
    """Judges who have not handed in read the new files; what is handed in, or closed, is about what it was about.

    Sent before the audit trail is taken, as judges take theirs after their assignment, and once more after it.
    """
    unfinished = [RoundStatus.PLANNED, RoundStatus.OPEN]
    rows = Assignment.objects.open().filter(submission=version.submission_id, round__status__in=unfinished)
    stale = rows.exclude(version=version).order_by("pk")
    if is_recorded and stale.exists():
        raise Conflict(_("Judges were being given this entry at the same moment. Please hand the files in once more."))
    keys = list(stale.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    rows.filter(pk__in=keys).update(version=version)


@receiver(organization_asked, dispatch_uid="judging.where_its_judges_are")
def where_its_judges_are(sender: Any, organizations: tuple[Organization, ...], **kwargs: Any) -> set[int]:
    return set(Judge.objects.filter(organization__in=organizations).values_list("competition", flat=True))


@receiver(organization_merged, dispatch_uid="judging.follow_merge")
def judges_follow(sender: Any, double: Organization, kept: Organization, **kwargs: Any) -> list[Deed]:
    return follow_merge(double, kept)
