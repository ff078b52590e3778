"""Teams hear of what changes in the form while they write: a mail a person and version, whatever they have there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef

from portal.notifications.models import Outbox
from portal.notifications.services import enqueue_all
from submissions.asked import plain_form
from submissions.form_changes import Change, ChangeKind, changes, told
from submissions.lifecycle import EDITABLE
from submissions.models import Answer, Attachment, EntryForm, EntryFormVersion, Submission
from submissions.querysets import SubmissionQuerySet


def tell_of_form(version: EntryFormVersion, before: Mapping[str, Any]) -> None:
    entries = concerned(version.form, changes(before, version.definition))
    people = set(entries.values_list("team__members__user", flat=True)) - {None}
    enqueue_all(
        [
            Outbox(
                kind="submissions.form_published",
                key=f"form-published:{version.pk}:{user}",
                payload={"version": version.pk, "user": user},
                available_at=version.created_at,
            )
            for user in sorted(people)
        ]
    )


def concerned(form: EntryForm, found: list[Change]) -> SubmissionQuerySet:
    """Drafts and entries that are asked something else now; for what is only taken out, those that had answered it."""
    entries = Submission.objects.filter(status__in=EDITABLE, team__competition=form.competition_id)
    if form.track_id:
        entries = entries.filter(track=form.track_id)
    news = told(found)
    if not news:
        return entries.none()
    if any(change.kind is not ChangeKind.REMOVED for change in news):
        return entries
    keys = [change.key for change in news if not change.is_file]
    slots = [change.key for change in news if change.is_file]
    answered = Answer.objects.filter(submission=OuterRef("pk"), key__in=keys)
    handed_in = Attachment.objects.current().filter(submission=OuterRef("pk"), slot__in=slots)
    return entries.filter(Exists(answered) | Exists(handed_in))


def changes_to_publish(form: EntryForm, definition: Mapping[str, Any]) -> list[Change]:
    """What publishing ``definition`` would change for whoever writes."""
    latest = form.versions.order_by("-number").first()
    return changes(latest.definition if latest else asked_before(form), definition)


def asked_before(form: EntryForm) -> dict[str, Any]:
    """What teams were asked before the form's first version."""
    return {} if form.track_id else plain_form()


def history_of(form: EntryForm) -> list[tuple[EntryFormVersion, list[Change]]]:
    """Each version with what it changed, newest first."""
    before, found = asked_before(form), []
    for version in form.versions.select_related("published_by").order_by("number"):
        found.append((version, changes(before, version.definition)))
        before = version.definition
    return found[::-1]


def changes_of(version: EntryFormVersion) -> list[Change]:
    """From the version before it, or from what was asked without a form."""
    earlier = EntryFormVersion.objects.filter(form=version.form_id, number=version.number - 1).first()
    if earlier is not None:
        return changes(earlier.definition, version.definition)
    return changes(asked_before(version.form), version.definition)
