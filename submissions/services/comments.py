"""What the members of a team say to each other about their entry. Saying it leaves no audit line, as saving doesn't."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.errors import Conflict
from portal.core.permissions import require
from submissions import rules
from submissions.models import Comment, Submission
from submissions.models.comments import COMMENT_LIMIT
from submissions.services.keyed import keyed
from submissions.texts import clean_text

SECTION_KEY = re.compile(r"[a-z0-9_-]{0,60}")
MOST_AN_ENTRY = 1000


def add_comment(
    submission: Submission,
    *,
    actor: Any,
    section: str,
    text: str,
    key: str | None = None,
    now: datetime | None = None,
) -> Comment:
    """Say something about ``section`` (its key), or with an empty one about the whole entry."""
    require(rules.is_member, actor, submission.team)
    if not SECTION_KEY.fullmatch(section):
        raise ValidationError({"section": _("The form has no such section.")})
    comment = Comment(submission=submission, section=section, author=actor, text=_clean(text), at=now or timezone.now())
    return keyed(
        "add_comment",
        key=key,
        actor=actor,
        body={"submission": submission.pk, "section": section, "text": comment.text},
        among=Comment.objects.all(),
        perform=lambda: _add(comment),
    )


@transaction.atomic
def edit_comment(comment: Comment, *, actor: Any, text: str, now: datetime | None = None) -> Comment:
    """Say it in other words, for a short while."""
    now, text = now or timezone.now(), _clean(text)
    comment = _own_and_fresh(comment, actor=actor, now=now)
    if comment.text != text:
        comment.text, comment.edited_at = text, now
        comment.save(update_fields=["text", "edited_at"])
    return comment


@transaction.atomic
def delete_comment(comment: Comment, *, actor: Any, now: datetime | None = None) -> None:
    """Take it back, for a short while."""
    _own_and_fresh(comment, actor=actor, now=now or timezone.now()).delete()


@transaction.atomic
def resolve_comment(comment: Comment, *, actor: Any, is_resolved: bool = True, now: datetime | None = None) -> Comment:
    """Any member may say that it has been dealt with, or that it hasn't; the first to say so stands there."""
    require(rules.is_member, actor, comment.submission.team)
    resolved = {"resolved_at": now or timezone.now(), "resolved_by": actor}
    changes = resolved if is_resolved else dict.fromkeys(resolved)
    Comment.objects.filter(pk=comment.pk, resolved_at__isnull=is_resolved).update(**changes)
    comment.refresh_from_db(fields=[*changes])
    return comment


def lock_talk(submission: int) -> None:
    """Whoever comments on the same entry queues here: the limit holds however many write at once."""
    Submission.objects.select_for_update(no_key=True).get(pk=submission)


def comment_count(submission: int) -> int:
    return Comment.objects.filter(submission=submission).count()


def _add(comment: Comment) -> Comment:
    lock_talk(comment.submission_id)
    if comment_count(comment.submission_id) >= MOST_AN_ENTRY:
        raise Conflict(_("There are too many comments on this entry already."))
    comment.save()
    return comment


def _own_and_fresh(comment: Comment, *, actor: Any, now: datetime) -> Comment:
    require(rules.is_author, actor, comment)
    # Locked: of two tabs, one that deletes and one that writes, each finds what the other has left.
    held = Comment.objects.select_for_update(no_key=True).filter(pk=comment.pk).first()
    if held is None:
        raise Conflict(_("This comment has been deleted."))
    if not held.is_changeable(now):
        raise Conflict(_("A comment can be changed or deleted for 15 minutes. Please write another one."))
    return held


def _clean(text: str) -> str:
    try:
        cleaned = clean_text(text, limit=COMMENT_LIMIT).strip()
    except ValidationError as error:
        raise ValidationError({"text": error.messages}) from None
    if not cleaned:
        raise ValidationError({"text": _("Please write something.")})
    return cleaned
