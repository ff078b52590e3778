"""What teams are told by mail. Each is written when it is sent, from what is true then."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from portal.notifications import mail
from submissions.completeness import draft_of, registered_of
from submissions.correcting import opened_in_words
from submissions.enums import ReceiptRule
from submissions.findings import Finding, in_words
from submissions.form_changes import Change
from submissions.links import invitation_path
from submissions.models import (
    Correction,
    EntryFormVersion,
    Extension,
    HandOver,
    Invitation,
    LateAttempt,
    LateDecision,
    Receipt,
    RegisteredFile,
    RosterRequest,
    Screening,
    Shortlisting,
    Submission,
    Team,
    UndoneScreening,
)
from submissions.windows import stage_of, window_of
from tracks.enums import StageKind
from tracks.models import Topic, TopicRevision

HOST = re.compile(r"(?<=[A-Za-z0-9])\.(?=[A-Za-z]{2})")


def plain(name: object) -> str:
    """A name that somebody chose, such that no mail program makes a link of it in a mail from us."""
    return HOST.sub("．", str(name)).replace("://", "：//").replace("@", "＠")


def invitation(row: Invitation, *, key: str) -> None:
    context = {
        "team": plain(row.team.name),
        "organization": plain(row.team.organization.name),
        "competition": row.team.competition.name,
        "inviter": plain(row.invited_by.full_name),
        "expires_at": row.expires_at,
        "url": mail.address(invitation_path(row)),
    }
    _send("invitation", context, to=row.email, key=key)


def removed(team: Team, user: Any, *, key: str) -> None:
    context: dict[str, object] = {"team": plain(team.name), "competition": team.competition.name}
    _send("removed", context, to=user.email, key=key)


def left(team: Team, person: Any, *, to: str, key: str) -> None:
    context: dict[str, object] = {
        "team": plain(team.name),
        "competition": team.competition.name,
        "person": plain(person.full_name),
        "url": mail.address(team.get_absolute_url()),
    }
    _send("left", context, to=to, key=key)


def hand_over(offer: HandOver, news: str, person: Any, *, key: str) -> None:
    """``news``: what has become of the offer."""
    context: dict[str, object] = {
        "news": news,
        "team": plain(offer.team.name),
        "competition": offer.team.competition.name,
        "captain": plain(offer.offered_by.full_name),
        "heir": plain(offer.offered_to.full_name),
        "url": mail.address(f"{offer.team.get_absolute_url()}#members"),
    }
    _send("hand_over", context, to=person.email, key=key)


def roster_request(row: RosterRequest, news: str, *, to: str, is_team: Any, key: str) -> None:
    """``news``: what has become of the request. Who it is about is named to their team, and to themselves as “you”."""
    is_own = bool(row.person and row.person.email == to) or (row.person is None and row.email.lower() == to.lower())
    who = plain(row.person.full_name) if row.person else plain(row.email)
    context: dict[str, object] = {
        "news": news,
        "change": row.change,
        "status": row.status,
        "is_own": is_own,
        "is_team": bool(is_team),
        "who": who,
        "summary": row.summary(who),
        "team": plain(row.team.name),
        "competition": row.team.competition.name,
        "captain": plain(row.requested_by.full_name),
        "reason": plain(row.reason),
        "answer": row.answer,
        "url": mail.address(row.get_absolute_url()),
    }
    _send("roster_request", context, to=to, key=key)


def submitted(receipt: Receipt, user: Any, *, key: str) -> None:
    version = receipt.version
    context = {
        **_of(version.submission),
        "title": plain(version.title),
        "version": version.number,
        "receipt": receipt,
        "form_sha256": version.form_sha256,
        "files": [{**each, "name": plain(each["name"])} for each in receipt.files],
        "registered": [{**each, "name": plain(each["name"])} for each in receipt.registered],
        "receipt_url": mail.address(receipt.get_absolute_url()),
        "pdf_url": mail.address(reverse("submissions:receipt_pdf", args=[receipt.public_id])),
        "verify_url": mail.address(reverse("submissions:verify_receipt")),
        "is_replacement": hasattr(version, "replacement"),
        "last_by": _last_by(receipt),
    }
    _send("submitted", context, to=user.email, key=key)


def _last_by(receipt: Receipt) -> str:
    """The rule after which nothing can be submitted for the present; empty while the captain may do so again."""
    rule = receipt.document["receipt"]["rule"] if receipt.document else ""
    if rule == ReceiptRule.CORRECTION:
        window = window_of(receipt.version.submission)
        return "" if window is not None and window.is_open(receipt.received_at) else rule
    return rule if rule == ReceiptRule.GRACE else ""


def reminder(drafts: Sequence[Submission], ends_at: datetime, *, to: str, key: str) -> None:
    """``drafts`` are one team's; each is told with what it lacks."""
    team = drafts[0].team
    context: dict[str, object] = {
        "team": plain(team.name),
        "competition": team.competition.name,
        "ends_at": ends_at,
        "entries": [{**_of(each), "missing": draft_of(each, registered_of(each)).missing} for each in drafts],
    }
    _send("reminder", context, to=to, key=key)


def late_kept(attempt: LateAttempt, user: Any, *, key: str) -> None:
    context = {
        **_of(attempt.submission),
        "title": plain(attempt.title),
        "attempt": attempt,
        "files": [{**each, "name": plain(each["name"])} for each in attempt.files],
        "url": mail.address(attempt.get_absolute_url()),
    }
    _send("late_kept", context, to=user.email, key=key)


def late_decided(decision: LateDecision, user: Any, *, key: str) -> None:
    attempt, version = decision.attempt, decision.version
    context = {
        **_of(attempt.submission),
        "title": plain(attempt.title),
        "decision": decision,
        "version": version,
        "receipt_url": mail.address(version.receipt.get_absolute_url()) if version else "",
        "url": mail.address(attempt.get_absolute_url()),
    }
    _send("late_decided", context, to=user.email, key=key)


def file_followed(row: RegisteredFile, user: Any, *, key: str) -> None:
    _send("file_followed", {**_of(row.submission), "file": row, "name": plain(row.name)}, to=user.email, key=key)


def file_refused(file: Any, user: Any, reasons: Sequence[Finding], *, is_submitted: bool, key: str) -> None:
    """``is_submitted``: something submitted has it, not only the draft."""
    context: dict[str, object] = {
        **_of(file.submission),
        "name": plain(file.name),
        "sha256": file.file.sha256,
        "reasons": [in_words(found) for found in reasons],
        "is_submitted": is_submitted,
    }
    _send("file_refused", context, to=user.email, key=key)


def files_awaited(rows: Sequence[RegisteredFile], ends_at: datetime, *, to: str, key: str) -> None:
    """``rows`` are one team's."""
    team = rows[0].submission.team
    context: dict[str, object] = {
        "team": plain(team.name),
        "competition": team.competition.name,
        "ends_at": ends_at,
        "files": [
            {"file": row, "name": plain(row.name), "url": mail.address(row.get_absolute_url()), **_of(row.submission)}
            for row in rows
        ],
    }
    _send("files_awaited", context, to=to, key=key)


def withdrawn(submission: Submission, user: Any, *, key: str) -> None:
    _send("withdrawn", _of(submission), to=user.email, key=key)


def screened(screening: Screening, user: Any, *, key: str) -> None:
    version, correction = screening.version, getattr(screening, "correction", None)
    context = {
        **_of(version.submission),
        "version": version.number,
        "screening": screening,
        "correction": correction,
        "opened": opened_in_words(correction) if correction else [],
    }
    _send("screened", context, to=user.email, key=key)


def screening_undone(undone: UndoneScreening, user: Any, *, key: str) -> None:
    context = {**_of(undone.version.submission), "version": undone.version.number, "undone": undone}
    _send("screening_undone", context, to=user.email, key=key)


def correction_extended(correction: Correction, reason: str, user: Any, *, key: str) -> None:
    _send("correction_extended", {**_correcting(correction), "reason": reason}, to=user.email, key=key)


def correction_ends(correction: Correction, user: Any, *, key: str) -> None:
    _send("correction_ends", _correcting(correction), to=user.email, key=key)


def shortlisted(row: Shortlisting, slots: Sequence[str], user: Any, *, key: str) -> None:
    """``slots``: titles of what may be replaced."""
    _send("shortlisted", _shortlisted(row, slots), to=user.email, key=key)


def shortlist_end_moved(row: Shortlisting, slots: Sequence[str], reason: str, user: Any, *, key: str) -> None:
    _send("shortlist_end_moved", {**_shortlisted(row, slots), "reason": reason}, to=user.email, key=key)


def shortlist_undone(row: Shortlisting, user: Any, *, key: str) -> None:
    _send("shortlist_undone", _shortlisted(row, []), to=user.email, key=key)


def _shortlisted(row: Shortlisting, slots: Sequence[str]) -> dict[str, object]:
    return {**_of(row.submission), "title": plain(row.submission.title), "row": row, "slots": slots}


def _correcting(correction: Correction) -> dict[str, object]:
    screening = correction.screening
    return {
        **_of(screening.version.submission),
        "screening": screening,
        "correction": correction,
        "opened": opened_in_words(correction),
    }


def extended(extension: Extension, user: Any, *, key: str) -> None:
    _send("extended", _of_extension(extension), to=user.email, key=key)


def extension_revoked(extension: Extension, reason: str, user: Any, *, key: str) -> None:
    window = stage_of(extension.team.competition, StageKind(extension.kind), [extension.team])
    context = {"reason": reason, "ends_at": window.closes_at if window else None}
    _send("extension_revoked", {**_of_extension(extension), **context}, to=user.email, key=key)


def _of_extension(extension: Extension) -> dict[str, object]:
    return {
        "extension": extension,
        "team": plain(extension.team.name),
        "competition": extension.team.competition.name,
        "url": mail.address(extension.team.get_absolute_url()),
    }


def form_published(
    version: EntryFormVersion, changes: Sequence[Change], entries: Sequence[Submission], *, to: str, key: str
) -> None:
    context: dict[str, object] = {
        "version": version,
        "competition": version.form.competition.name,
        "track": version.form.track,
        "changes": changes,
        "entries": [_of(entry) for entry in entries],
    }
    _send("form_published", context, to=to, key=key)


def topic_revised(text: TopicRevision, entries: Sequence[Submission], *, to: str, key: str) -> None:
    changes = text.topic.get_history_url(since=text.number - 1, until=text.number)
    context = {"revision": text, "changes_url": mail.address(changes)}
    _send("topic_revised", {**_of_topic(text.topic, entries), **context}, to=to, key=key)


def topic_withdrawn(topic: Topic, entries: Sequence[Submission], *, to: str, key: str) -> None:
    context = {"withdrawn_at": topic.withdrawn_at, "reason": topic.withdrawal_reason}
    _send("topic_withdrawn", {**_of_topic(topic, entries), **context}, to=to, key=key)


def topic_reopened(topic: Topic, entries: Sequence[Submission], *, reason: str, to: str, key: str) -> None:
    _send("topic_reopened", {**_of_topic(topic, entries), "reason": reason}, to=to, key=key)


def topics_moved(
    entries: Sequence[Submission], left: Mapping[int, tuple[int, int]], *, reason: str, to: str, key: str
) -> None:
    """``left``: where each topic stood before."""
    topics = {entry.topic_id: entry.topic for entry in entries}
    context: dict[str, object] = {
        "competition": entries[0].topic.track.competition.name,
        "reason": reason,
        "moves": [
            {"topic": topic, "track": left[pk][0], "number": left[pk][1], "url": mail.address(topic.get_absolute_url())}
            for pk, topic in topics.items()
        ],
        "entries": [_of(entry) for entry in entries],
    }
    _send("topics_moved", context, to=to, key=key)


def _of_topic(topic: Topic, entries: Sequence[Submission]) -> dict[str, object]:
    return {
        "topic": topic,
        "competition": topic.track.competition.name,
        "topic_url": mail.address(topic.get_absolute_url()),
        "entries": [_of(entry) for entry in entries],
    }


def _of(submission: Submission) -> dict[str, object]:
    return {
        "title": plain(submission.title),
        "number": submission.number,
        "competition": submission.team.competition.name,
        "url": mail.address(reverse("submissions:submission", args=[submission.public_id])),
    }


def _send(name: str, context: dict[str, object], *, to: str, key: str) -> None:
    subject, body = mail.render(f"submissions/emails/{name}.txt", context)
    mail.send(key=key, to=to, subject=subject, body=body)
