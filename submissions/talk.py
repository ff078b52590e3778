"""What pages show of a team's comments and of who is there: context for parts/comments.html and parts/presence.html."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from submissions import asking
from submissions.definition import FormDefinition
from submissions.forms import CommentForm
from submissions.models import Comment, Submission
from submissions.sections import section_titles

SHOWN_ON_THE_ENTRY = 5


@dataclass(frozen=True)
class Talk:
    """How many comments wait under one heading, and where they are read and written."""

    title: str
    url: str
    waiting: int


def comments_part(
    user: Any, entry: Submission, *, now: datetime, definition: FormDefinition | None = None
) -> dict[str, Any]:
    """For parts/comments.html on the entry's page, as ``talk``: one query, however many there are."""
    waiting = asking.comments_on(user, entry)
    counts = Counter(comment.section for comment in waiting)
    titles = section_titles(entry, definition)
    return {
        "submission": entry,
        "all_url": comments_url(entry),
        "talks": [Talk(title, comments_url(entry, key), counts[key]) for key, title in titles.items() if counts[key]],
        "count": len(waiting),
        "latest": [Shown(each, titles, user, now) for each in waiting[:SHOWN_ON_THE_ENTRY]],
        "form": CommentForm(),
    }


def presence_part(entry: Submission) -> dict[str, Any]:
    """For parts/presence.html on the entry's page, as ``presence``: no query."""
    return {"url": reverse("submissions:presence", args=[entry.public_id])}


def comments_url(entry: Submission, section: str = "") -> str:
    if section:
        return reverse("submissions:section_comments", args=[entry.public_id, section])
    return reverse("submissions:comments", args=[entry.public_id])


class Shown:
    """A comment as somebody in the team sees it."""

    def __init__(self, comment: Comment, titles: Any, user: Any, now: datetime):
        self.comment = comment
        self.section_title = section_title(titles, comment.section)
        self.author = str(comment.author) if comment.author_id else _("a former member")
        self.is_changeable = comment.author_id == user.pk and comment.is_changeable(now)


def section_title(titles: Any, key: str) -> str:
    """A section that the form no longer has keeps what was said about it."""
    return str(titles.get(key, key)) if key else _("the whole entry")
