"""What the entry's page and the page before submitting show, and to whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from submissions import completeness, windows
from submissions.enums import MemberRole, SubmissionStatus
from submissions.forms import EntryForm, SubmitForm
from submissions.lifecycle import SUBMISSION_LIFECYCLE
from submissions.models import Attachment, Submission, SubmissionVersion, TeamMember
from submissions.services.drafts import current_attachment
from tracks.enums import StageKind


def entry_page(
    user: Any, entry: Submission, *, now: datetime, form: EntryForm | None, conflict: object = None
) -> dict[str, Any]:
    context = _both_pages(user, entry, now=now)
    is_writing, shown = context["is_member"] and context["is_writable"], _shown(entry, context)
    context |= {
        "conflict": conflict,
        "shown": shown,
        "heading": entry.title if is_writing or not shown else shown["title"],
        "typed": form.cleaned_data if form and conflict and not is_writing else None,
        "theirs": entry if form and conflict and is_writing else None,
        "can_withdraw": context["is_captain"] and SUBMISSION_LIFECYCLE.allows(entry, "withdraw"),
        "form": None,
        "file_hint": _("One PDF of at most %(size)s.") % {"size": filesizeformat(entry.team.competition.max_file_size)},
    }
    if is_writing:
        typed = _on_top_of_theirs(form, entry) if form and conflict else form
        context["form"] = typed or EntryForm(initial=_draft(entry), has_file=context["attachment"] is not None)
    return context


def submit_page(user: Any, entry: Submission, *, now: datetime, refused: SubmitForm | None) -> dict[str, Any]:
    context = _both_pages(user, entry, now=now)
    errors = refused.errors.values() if refused else []
    return context | {
        "form": SubmitForm(initial={"expected_version": entry.draft_version}),
        "errors": [message for messages in errors for message in messages],
        "lacking": [part for part in context["parts"] if not part.is_there],
        "is_unchanged": entry.status == SubmissionStatus.SUBMITTED and not context["has_news"],
    }


def screening_page(user: Any, entry: Submission) -> dict[str, Any]:
    """For an organizer: what was submitted, and what was decided about it so far."""
    entry.topic.track = entry.track
    versions = _versions(user, entry)
    members = TeamMember.objects.filter(team=entry.team_id).select_related("user")
    return {
        "submission": entry,
        "topic": entry.topic,
        "members": members,
        "versions": versions,
        "latest": versions[0] if versions else None,
    }


def has_file(entry: Submission) -> bool:
    return current_attachment(entry) is not None


def _both_pages(user: Any, entry: Submission, *, now: datetime) -> dict[str, Any]:
    members = list(TeamMember.objects.filter(team=entry.team_id).select_related("user"))
    stage = windows.stage_of(entry.team.competition, StageKind.SUBMISSION, [entry.team])
    versions = _versions(user, entry)
    latest = versions[0] if versions else None
    entry.topic.track = entry.track
    attachment = current_attachment(entry)
    role = next((member.role for member in members if member.user_id == user.pk), None)
    return {
        "submission": entry,
        "competition": entry.team.competition,
        "topic": entry.topic,
        "members": members,
        "is_member": role is not None,
        "is_captain": role == MemberRole.CAPTAIN,
        "stage": stage,
        "is_writable": windows.is_writable(entry, stage, now),
        "versions": versions,
        "latest": latest,
        # An organizer sees what was submitted; what lies in the draft is the team's own affair.
        "attachment": attachment if role else None,
        "parts": completeness.parts(entry, attachment),
        "has_news": latest is None or completeness.differs(entry, attachment, latest),
        "now": now,
    }


def _versions(user: Any, entry: Submission) -> list[SubmissionVersion]:
    """Newest first."""
    files = Prefetch("attachments", Attachment.objects.select_related("file"))
    rows = SubmissionVersion.objects.visible_to(user).filter(submission=entry)
    related = rows.select_related("receipt", "screening__decided_by", "submitted_by").prefetch_related(files)
    return list(related.order_by("-number"))


def _shown(entry: Submission, context: dict[str, Any]) -> dict[str, Any] | None:
    """What stands there to be read by whoever can't write: the version submitted last, else the team's draft."""
    latest: SubmissionVersion | None = context["latest"]
    if latest is not None:
        return {"title": latest.title, "abstract": latest.abstract, "files": list(latest.attachments.all())}
    if context["is_member"]:
        files = [context["attachment"]] if context["attachment"] else []
        return {"title": entry.title, "abstract": entry.abstract, "files": files}
    return None


def _draft(entry: Submission) -> dict[str, Any]:
    return {"title": entry.title, "abstract": entry.abstract, "expected_version": entry.draft_version}


def _on_top_of_theirs(form: EntryForm, entry: Submission) -> EntryForm:
    """The same words again, now knowing what somebody else has saved meanwhile."""
    data = {**form.cleaned_data, "expected_version": entry.draft_version}
    return EntryForm(data, has_file=not form.fields["file"].required)
