from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.errors import Conflict
from portal.core.models import StoredFile
from portal.core.permissions import require
from submissions import rules, windows
from submissions.lifecycle import EDITABLE
from submissions.models import Attachment, Submission, Team
from submissions.services.keyed import keyed
from submissions.texts import clean_text
from submissions.uploads import keep_pdf
from tracks.enums import StageKind
from tracks.models import Topic

ABSTRACT_LIMIT = 1000
SLOT = "proposal"


def start_submission(
    team: Team, topic: Topic, *, actor: Any, title: str, key: str | None = None, now: datetime | None = None
) -> Submission:
    """A draft of ``team`` that answers ``topic``."""
    require(rules.is_member, actor, team)
    now = now or timezone.now()
    windows.require_open(team.competition, StageKind.SUBMISSION, now, team)
    if topic.track.competition_id != team.competition_id:
        raise ValidationError({"team": _("This team takes part in another competition.")})
    if not Topic.objects.open().filter(pk=topic.pk).exists():
        raise Conflict(_("This topic has been withdrawn and takes no new entries."))
    submission = Submission(team=team, topic=topic, track=topic.track, title=title.strip())
    submission.clean_fields()
    return keyed(
        "start_submission",
        key=key,
        actor=actor,
        body={"team": team.pk, "topic": topic.pk, "title": submission.title},
        among=Submission.objects.all(),
        perform=lambda: _start(submission, actor=actor),
    )


def save_draft(
    submission: Submission,
    *,
    actor: Any,
    title: str,
    abstract: str,
    expected_version: int,
    upload: File[Any] | None = None,
    now: datetime | None = None,
) -> Submission:
    """Keep what the team has written so far, and the document that came with it.

    Raises Conflict when somebody has saved since ``expected_version`` was read; the same text again is no
    conflict. Saving leaves no audit line: what counts is what gets submitted, and that has its versions.
    """
    require(rules.is_member, actor, submission.team)
    windows.require_writable(submission, now or timezone.now())
    title, abstract = _clean(title, abstract)
    kept = keep_pdf(upload, limit=submission.team.competition.max_file_size) if upload else None
    return _save(submission, actor=actor, texts=(title, abstract), kept=kept, expected_version=expected_version)


def attach_file(submission: Submission, *, actor: Any, upload: File[Any], now: datetime | None = None) -> Attachment:
    """Put a PDF into the entry in the place of the one that is there; the same one again changes nothing."""
    require(rules.is_member, actor, submission.team)
    windows.require_writable(submission, now or timezone.now())
    stored, name = keep_pdf(upload, limit=submission.team.competition.max_file_size)
    return _attach(submission, stored, name, actor=actor)


def current_attachment(submission: Submission) -> Attachment | None:
    return submission.attachments.current().filter(slot=SLOT).select_related("file").first()


def _start(submission: Submission, *, actor: Any) -> Submission:
    submission.save()
    audit.record("start", submission, actor=actor, after={"topic": submission.topic_id, "team": submission.team_id})
    return submission


@transaction.atomic
def _save(
    submission: Submission,
    *,
    actor: Any,
    texts: tuple[str, str],
    kept: tuple[StoredFile, str] | None,
    expected_version: int,
) -> Submission:
    title, abstract = texts
    same_draft = Submission.objects.filter(pk=submission.pk, draft_version=expected_version, status__in=EDITABLE)
    changes = {"title": title, "abstract": abstract, "draft_version": F("draft_version") + 1}
    is_mine = same_draft.update(**changes, updated_at=timezone.now()) == 1
    submission.refresh_from_db(fields=["title", "abstract", "draft_version", "status", "updated_at"])
    if not is_mine and not _says_already(submission, texts, kept):
        raise Conflict(_("Somebody else has saved this entry in the meantime."))
    if is_mine and kept:
        _put(submission, *kept, actor=actor)
    return submission


@transaction.atomic
def _attach(submission: Submission, stored: StoredFile, name: str, *, actor: Any) -> Attachment:
    is_editable = Submission.objects.select_for_update(no_key=True).filter(pk=submission.pk, status__in=EDITABLE)
    if not is_editable.exists():
        raise Conflict
    current = current_attachment(submission)
    if current and _is_same(current, stored, name):
        return current
    is_editable.update(draft_version=F("draft_version") + 1, updated_at=timezone.now())
    submission.refresh_from_db(fields=["draft_version", "updated_at"])
    return _put(submission, stored, name, actor=actor)


def _put(submission: Submission, stored: StoredFile, name: str, *, actor: Any) -> Attachment:
    current = current_attachment(submission)
    if current and _is_same(current, stored, name):
        return current
    submission.attachments.current().filter(slot=SLOT).update(replaced_at=timezone.now())
    attachment = Attachment.objects.create(submission=submission, slot=SLOT, file=stored, name=name, uploaded_by=actor)
    audit.record("attach", submission, actor=actor, after={"sha256": stored.sha256, "size": stored.size})
    return attachment


def _clean(title: str, abstract: str) -> tuple[str, str]:
    errors: dict[str, list[str]] = {}
    draft = Submission(title=title.strip())
    try:
        draft.clean_fields(exclude={field.name for field in Submission._meta.fields} - {"title"})
    except ValidationError as error:
        errors["title"] = error.messages
    try:
        abstract = clean_text(abstract, limit=ABSTRACT_LIMIT)
    except ValidationError as error:
        errors["abstract"] = error.messages
    if errors:
        raise ValidationError(errors)
    return draft.title, abstract


def _says_already(submission: Submission, texts: tuple[str, str], kept: tuple[StoredFile, str] | None) -> bool:
    current = current_attachment(submission)
    is_same_file = kept is None or (current is not None and _is_same(current, *kept))
    return submission.is_editable and (submission.title, submission.abstract) == texts and is_same_file


def _is_same(attachment: Attachment, stored: StoredFile, name: str) -> bool:
    return (attachment.file_id, attachment.name) == (stored.pk, name)
