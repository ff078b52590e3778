"""What the entry's page and the page before submitting show, and to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.permissions import require
from submissions import asking, completeness, rules, windows
from submissions.asked import sections_once
from submissions.awaited import Registered, is_sent, registered_rows, told
from submissions.boxes import lay_out, put_back
from submissions.completeness import Draft
from submissions.definition import Section
from submissions.enums import MemberRole, SubmissionStatus
from submissions.forms import SubmitForm, new_key
from submissions.lifecycle import SUBMISSION_LIFECYCLE
from submissions.models import Attachment, Submission, SubmissionVersion, UnsentText
from submissions.services.inspections import show_inspections
from submissions.services.submitting import PLEDGE, pledge_in_form, says_of_pledge
from submissions.sheet import Audience, Block, Sheet, block_of, sheet_of_draft, sheet_of_version
from submissions.values import in_any_words
from tracks.models import Topic, TopicRevision


@dataclass(frozen=True)
class Text:
    """Which of its topic's texts an entry answers, and which is the latest."""

    topic: Topic
    read: TopicRevision
    latest: TopicRevision

    @classmethod
    def of(cls, topic: Topic, read: TopicRevision | None, latest: TopicRevision | None) -> Text | None:
        return cls(topic, read or latest, latest) if latest is not None else None

    @property
    def is_newer(self) -> bool:
        return self.read.number < self.latest.number

    @property
    def changes_url(self) -> str:
        """What changed between exactly these two."""
        return self.topic.get_history_url(since=self.read.number, until=self.latest.number)


def entry_page(
    user: Any, entry: Submission, *, now: datetime, refused: Mapping[str, Any] | None = None, conflict: object = None
) -> dict[str, Any]:
    context = _both_pages(user, entry, now=now)
    is_writing, shown = context["is_member"] and context["is_writable"], _shown(entry, context)
    context |= {
        "conflict": conflict,
        "shown": shown,
        "heading": context["draft"].title if is_writing else shown.title if shown else entry.title,
        "can_withdraw": context["is_captain"] and SUBMISSION_LIFECYCLE.allows(entry, "withdraw"),
        "page": None,
        "unsent": [],
    }
    if context["is_member"]:
        context["unsent"] = _unsent(user, entry, context["draft"])
        context["put_by"] = put_by(context["draft"])
        context["unsent_sheet"] = sheet_of_draft(entry, Audience.TEAM, context["draft"])
    if is_writing:
        draft = context["draft"]
        largest = entry.team.competition.max_file_size
        page = lay_out(draft, draft.versions, largest=largest, may_register=context["may_register"])
        context["page"] = put_back(page, refused or {})
        context["sheet"] = context["unsent_sheet"]
    return context


def submit_page(user: Any, entry: Submission, *, now: datetime, refused: SubmitForm | None) -> dict[str, Any]:
    """For its team alone."""
    context = _both_pages(user, entry, now=now)
    require(rules.is_member, user, entry.team)
    given, pledge = asking.pledge_of(entry)
    errors = refused.errors.values() if refused else []
    return context | {
        # What SubmitForm reads.
        "fields": {
            "expected_version": entry.draft_version,
            "topic_revision": _number(context),
            "idempotency_key": new_key(),
        },
        "errors": [message for messages in errors for message in messages],
        "lacking": context["draft"].missing,
        "pledge_given": given,
        "has_pledge": pledge is not None,
        "sheet": sheet_of_draft(entry, Audience.TEAM, context["draft"]),
        "is_late": windows.is_late(entry, context["stage"], now),
        "is_unchanged": entry.status == SubmissionStatus.SUBMITTED
        and not context["has_news"]
        and context["latest"].topic_revision.number == _number(context)
        and _says_pledge(context["latest"], given),
    }


def screening_page(user: Any, entry: Submission) -> dict[str, Any]:
    """For an organizer: what was submitted, and what was decided about it so far."""
    entry.topic.track = entry.track
    versions = asking.versions_of(user, entry)
    show_inspections(_files(versions))
    members = asking.members_of(entry)
    return {
        "submission": entry,
        "topic": entry.topic,
        "members": members,
        "versions": versions,
        "latest": versions[0] if versions else None,
        "shown": sheet_of_version(versions[0], Audience.TEAM) if versions else None,
        "registered": _registered_for_screening(entry, versions[0] if versions else None),
        "text": Text.of(entry.topic, versions[0].topic_revision if versions else None, _latest_text(entry)),
    }


def _registered_for_screening(entry: Submission, latest: SubmissionVersion | None) -> list[Registered]:
    rows = [row for row in registered_rows(entry, latest) if is_sent(row, latest)] if latest else []
    return told(rows, latest, windows.window_of(entry), timezone.now()) if rows else []


def begun(entries: QuerySet[Submission], topic: Topic, latest: TopicRevision | None) -> list[dict[str, Any]]:
    """What somebody has begun on a topic, and whether its team has read the latest text."""
    rows = entries.select_related("team", "topic_revision").defer("topic_revision__body").order_by("pk")
    return [{"entry": entry, "text": Text.of(topic, entry.topic_revision, latest)} for entry in rows]


def _both_pages(user: Any, entry: Submission, *, now: datetime) -> dict[str, Any]:
    members = asking.members_of(entry)
    stage = windows.window_of(entry)
    versions = asking.versions_of(user, entry)
    latest = versions[0] if versions else None
    entry.topic.track = entry.track
    latest_text = _latest_text(entry)
    registered = registered_rows(entry, latest)
    promised = [row for row in registered if row.attachment_id is None and row.replaced_at is None]
    may_register = windows.may_register(entry, stage, now)
    draft = completeness.draft_of(entry, promised if may_register else None, returned=latest)
    role = next((member.role for member in members if member.user_id == user.pk), None)
    show_inspections([*draft.files, *_files(versions)])
    return {
        "submission": entry,
        "competition": entry.team.competition,
        "topic": entry.topic,
        "members": members,
        "is_member": role is not None,
        "is_captain": role == MemberRole.CAPTAIN,
        "stage": stage,
        "is_writable": windows.is_writable(entry, stage, now),
        "correction": correction_part(draft, latest, now),
        "late": _late(entry, stage, now) if role else None,
        "registered": told([row for row in registered if role or is_sent(row, latest)], latest, stage, now),
        "may_register": may_register,
        "versions": versions,
        "latest": latest,
        # Where files were replaced since, what was decided about the version before them goes on holding.
        "decided": next((each for each in versions if hasattr(each, "screening")), latest),
        "text": Text.of(entry.topic, _read(entry, latest), latest_text),
        # An organizer sees what was submitted; what lies in the draft is the team's own affair.
        "draft": draft if role else None,
        "parts": [part for part in draft.parts_to_write if not part.is_locked] if role else [],
        "has_news": latest is None or draft.differs(latest),
        "now": now,
    }


def correction_part(draft: Draft, latest: SubmissionVersion | None, now: datetime) -> dict[str, Any] | None:
    """For parts/correction.html: what may be mended, by its place on the entry's page, and until when."""
    if draft.scope is None or latest is None:
        return None
    window = windows.Window(_("Correction"), latest.screening.decided_at, draft.scope.closes_at)
    return {"opened": draft.opened, "window": window, "is_open": draft.scope.is_open(now)}


def put_by(draft: Draft) -> list[Block]:
    """What the team wrote after it had submitted, in sections that it can't mend now."""
    return [
        block_of(section, draft.put_by[section.key])
        for section in draft.definition.sections
        if section.key in draft.put_by
    ]


def _late(entry: Submission, stage: windows.Window | None, now: datetime) -> dict[str, Any] | None:
    """For parts/late.html, once the end is over: what was handed in then, and whether more can be."""
    if stage is None or now < stage.closes_at:
        return None
    rows = entry.late_attempts.select_related("decision").order_by("-received_at", "-pk")
    attempts = list(rows) if getattr(entry, "has_late", True) else []
    can_hand_in = windows.is_late(entry, stage, now)
    return {"attempts": attempts, "can_hand_in": can_hand_in} if attempts or can_hand_in else None


def _latest_text(entry: Submission) -> TopicRevision | None:
    if entry.topic_revision is not None and getattr(entry, "latest_text", None) == entry.topic_revision_id:
        return entry.topic_revision
    texts: QuerySet[TopicRevision] = entry.topic.revisions.defer("body")
    return texts.order_by("-number").first()


def _read(entry: Submission, latest: SubmissionVersion | None) -> TopicRevision | None:
    """While the team can write, what it has read; after that, what it has submitted answers."""
    return latest.topic_revision if latest and not entry.is_editable else entry.topic_revision


def _number(context: dict[str, Any]) -> int | None:
    return context["text"].latest.number if context["text"] else None


def _says_pledge(latest: SubmissionVersion, given: int | None) -> bool:
    """Of one that was kept before pledges stood in versions nothing is missing."""
    return not says_of_pledge(latest) or latest.form[PLEDGE] == pledge_in_form(given)


def _files(versions: list[SubmissionVersion]) -> list[Attachment]:
    return [file for version in versions for file in version.attachments.all()]


def _shown(entry: Submission, context: dict[str, Any]) -> Sheet | None:
    """What stands there to be read by whoever can't write: the version submitted last, else the team's draft."""
    latest: SubmissionVersion | None = context["latest"]
    if latest is not None:
        return sheet_of_version(latest, Audience.TEAM)
    if context["is_member"]:
        return sheet_of_draft(entry, Audience.TEAM, context["draft"])
    return None


def _unsent(user: Any, entry: Submission, draft: Draft) -> list[dict[str, Any]]:
    """What this person typed too late."""
    if not getattr(entry, "has_unsent", True):
        return []
    rows = UnsentText.objects.visible_to(user).filter(submission=entry).order_by("created_at", "pk")
    asked = {section.key: section for section in draft.definition.sections}
    if gone := {row.key for row in rows} - asked.keys():
        asked |= sections_once(entry, draft.definition, gone)
    return [_typed(row, asked.get(row.key)) for row in rows]


def _typed(row: UnsentText, section: Section | None) -> dict[str, Any]:
    title = section.title if section else row.key
    return {"title": title, "text": in_any_words(section, row.value), "at": row.created_at}
