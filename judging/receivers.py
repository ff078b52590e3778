"""What judging carries out from the outbox, and what it has to say to news from below."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from judging.models import Assignment, Judge
from judging.services.certificates import KIND, issue_certificate
from judging.services.judges import follow_merge
from portal.core.errors import Conflict
from portal.notifications.registry import handles
from submissions.models import Organization, Submission
from submissions.services.merging import Deed
from submissions.signals import organization_asked, organization_merged, screening_undone
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


@receiver(organization_asked, dispatch_uid="judging.where_its_judges_are")
def where_its_judges_are(sender: Any, organizations: tuple[Organization, ...], **kwargs: Any) -> set[int]:
    return set(Judge.objects.filter(organization__in=organizations).values_list("competition", flat=True))


@receiver(organization_merged, dispatch_uid="judging.follow_merge")
def judges_follow(sender: Any, double: Organization, kept: Organization, **kwargs: Any) -> list[Deed]:
    return follow_merge(double, kept)
