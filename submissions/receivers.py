"""What the outbox and the app below ask of this one. A row that is gone, or no longer true, is let pass in silence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone

from portal.core.models import StoredFile
from portal.notifications.registry import handles
from portal.notifications.services import enqueue
from submissions import afterwards, mail, replacing
from submissions.asked import definition_of
from submissions.completeness import refused_for
from submissions.enums import HandOverStatus, MemberRole, SubmissionStatus
from submissions.form_changes import told
from submissions.models import (
    Attachment,
    EntryFormVersion,
    Extension,
    HandOver,
    Invitation,
    LateAttempt,
    LateDecision,
    RegisteredFile,
    RosterRequest,
    Screening,
    Shortlisting,
    Submission,
    Team,
    TeamMember,
    UndoneScreening,
)
from submissions.services import awaiting, facts, following, form_news, inspections, news, reminders, renditions
from tracks.enums import TopicStatus
from tracks.models import Topic, TopicRevision
from tracks.services import TopicMove
from tracks.signals import topic_reopened, topic_revised, topic_withdrawn, topics_moved, topics_moving

NEAR = "submissions.near"
# Mails wait behind it.
NEAR_SECONDS = 5
# In seconds; it is nothing that anybody waits for.
NEAR_EVERY = 20
OF_ENTRY = "submission__team__competition"


@receiver(topics_moving, dispatch_uid="submissions.hold_entries")
def hold_entries(sender: Any, topics: list[int], **kwargs: Any) -> None:
    following.hold_entries(topics)


@receiver(topics_moved, dispatch_uid="submissions.follow_topics")
def follow_topics(sender: Any, moves: list[TopicMove], at: datetime, reason: str, **kwargs: Any) -> None:
    following.follow_topics(moves)
    news.tell_of_moves(moves, at, reason)


@receiver(topic_revised, dispatch_uid="submissions.tell_of_revision")
def tell_of_revision(sender: Any, topic: Topic, revision: TopicRevision, tell: bool, **kwargs: Any) -> None:  # noqa: FBT001 - named by the signal
    if tell:
        news.tell_of_revision(topic, revision)


@receiver(topic_withdrawn, dispatch_uid="submissions.tell_of_withdrawal")
def tell_of_withdrawal(sender: Any, topic: Topic, at: datetime, **kwargs: Any) -> None:
    news.tell_of_withdrawal(topic, at)


@receiver(topic_reopened, dispatch_uid="submissions.tell_of_reopening")
def tell_of_reopening(sender: Any, topic: Topic, at: datetime, reason: str, **kwargs: Any) -> None:
    news.tell_of_reopening(topic, at, reason)


@handles("submissions.invitation")
def send_invitation(*, key: str, invitation: int) -> None:
    rows = Invitation.objects.pending(timezone.now())
    row = rows.select_related("team__competition", "team__organization", "invited_by").filter(pk=invitation).first()
    if row is not None:
        mail.invitation(row, key=key)


@handles("submissions.inspect")
def look_into_file(*, key: str, file: int, as_kind: str, again: int = 0) -> None:
    stored = StoredFile.objects.filter(pk=file).first()
    if stored is not None:
        inspections.inspect(stored, as_kind, again=again)
        facts.note_inspection(stored)


@handles(facts.KIND)
def make_facts(*, key: str, version: int) -> None:
    """What is asked for as soon as a version is committed. Neither of the two waits for the other, or fails with it."""
    _ask_for_near(timezone.now())
    facts.make_facts(version)


def _ask_for_near(now: datetime) -> None:
    """Once for all that come within some seconds, and after them: comparing many costs little more than one."""
    turn = int(now.timestamp()) // NEAR_EVERY + 1
    at = datetime.fromtimestamp(turn * NEAR_EVERY, UTC)
    enqueue(NEAR, key=f"near-at:{at:%Y%m%d%H%M%S}", payload={}, available_at=at)


@handles(NEAR)
def look_for_near(*, key: str, version: int = 0) -> None:
    """All that wait, not ``version`` alone, as rows of an earlier release say. The sweep goes on where this stops."""
    # It brings NumPy along, which only those need that compare.
    from submissions.services.near_comparing import find_near

    find_near(seconds=NEAR_SECONDS)


@handles("submissions.file_refused")
def send_file_refused(*, key: str, about: int, user: int) -> None:
    """Of a file that was taken out of the draft meanwhile, and never submitted, there is nothing to tell."""
    rows = Attachment.objects.with_refusal().filter(Q(replaced_at=None) | Q(versions__isnull=False), pk=about)
    found: Any = rows.exclude(submission__status=SubmissionStatus.WITHDRAWN).select_related(OF_ENTRY).first()
    reasons = refused_for(definition_of(found.submission).slot(found.slot), found) if found else []
    if reasons and (person := _member(found.submission, user)):
        mail.file_refused(found, person, reasons, is_submitted=found.versions.exists(), key=key)


@handles("submissions.removed")
def send_removed(*, key: str, team: int, user: int) -> None:
    person = _gone(team, user)
    if person is not None:
        mail.removed(Team.objects.select_related("competition").get(pk=team), person, key=key)


@handles("submissions.left")
def send_left(*, key: str, team: int, user: int) -> None:
    person = _gone(team, user)
    captain = TeamMember.objects.filter(team=team, role=MemberRole.CAPTAIN, user__is_active=True).first()
    if person is not None and captain is not None:
        found = Team.objects.select_related("competition").get(pk=team)
        mail.left(found, person, to=captain.user.email, key=key)


@handles("submissions.hand_over")
def send_hand_over(*, key: str, about: int, news: str, user: int) -> None:
    offer = HandOver.objects.select_related("team__competition", "offered_by", "offered_to").filter(pk=about).first()
    # What was offered and has been answered by now is no news.
    if offer is None or (news == "offered" and offer.status != HandOverStatus.OPEN):
        return
    if person := _in_team(offer.team_id, user):
        mail.hand_over(offer, news, person, key=key)


@handles("submissions.roster_request")
def send_roster_request(*, key: str, about: int, news: str, user: int | None) -> None:
    rows = RosterRequest.objects.select_related("team__competition", "person", "requested_by")
    row = rows.filter(pk=about).first()
    # What was asked and has been answered by now is no news.
    if row is None or (news in {"asked", "told"} and not row.is_open):
        return
    to = row.email if user is None else _reachable(user)
    if to:
        mail.roster_request(row, news, to=to, is_team=user is not None and _in_team(row.team_id, user), key=key)


@handles("submissions.submitted")
def send_submitted(*, key: str, about: int, user: int) -> None:
    receipt = afterwards.receipt_to_mail(about)
    if receipt and (person := _member(receipt.version.submission, user)):
        mail.submitted(receipt, person, key=key)


@handles("submissions.file_followed")
def send_file_followed(*, key: str, about: int, user: int) -> None:
    row = RegisteredFile.objects.exclude(attachment=None).select_related(OF_ENTRY).filter(pk=about).first()
    if row and (person := _member(row.submission, user)):
        mail.file_followed(row, person, key=key)


@handles(awaiting.KIND)
def send_files_awaited(*, key: str, team: int, hours: int, ends_at: str, user: int) -> None:
    until = datetime.fromisoformat(ends_at)
    rows = awaiting.still_awaited(team, until, timezone.now())
    if rows and (person := _in_team(team, user)):
        mail.files_awaited(rows, until, to=person.email, key=key)


@handles("submissions.withdrawn")
def send_withdrawn(*, key: str, about: int, user: int) -> None:
    withdrawn = Submission.objects.filter(status=SubmissionStatus.WITHDRAWN)
    submission = withdrawn.select_related("team__competition").filter(pk=about).first()
    if submission and (person := _member(submission, user)):
        mail.withdrawn(submission, person, key=key)


@handles("submissions.late_kept")
def send_late_kept(*, key: str, about: int, user: int) -> None:
    """Once it is decided about, that is what there is to tell."""
    undecided = LateAttempt.objects.undecided().select_related(OF_ENTRY)
    attempt = undecided.filter(pk=about).first()
    if attempt and (person := _member(attempt.submission, user)):
        mail.late_kept(attempt, person, key=key)


@handles("submissions.late_decided")
def send_late_decided(*, key: str, about: int, user: int) -> None:
    rows = LateDecision.objects.select_related(f"attempt__{OF_ENTRY}", "version__receipt")
    decision = rows.filter(pk=about).first()
    if decision and (person := _member(decision.attempt.submission, user)):
        mail.late_decided(decision, person, key=key)


@handles("submissions.screened")
def send_screened(*, key: str, about: int, user: int) -> None:
    rows = Screening.objects.select_related("correction", f"version__{OF_ENTRY}")
    screening = rows.filter(pk=about).first()
    if screening and (person := _member(screening.version.submission, user)):
        mail.screened(screening, person, key=key)


@handles("submissions.screening_undone")
def send_screening_undone(*, key: str, about: int, user: int) -> None:
    undone = UndoneScreening.objects.select_related(f"version__{OF_ENTRY}").filter(pk=about).first()
    if undone and (person := _member(undone.version.submission, user)):
        mail.screening_undone(undone, person, key=key)


@handles("submissions.shortlisted")
def send_shortlisted(*, key: str, about: int, user: int) -> None:
    """What was taken back meanwhile is no news; what is not announced even less."""
    row = _shortlisting(about)
    if row and row.is_announced and (person := _member(row.submission, user)):
        mail.shortlisted(row, _open_titles(row.submission), person, key=key)


@handles("submissions.shortlist_end_moved")
def send_shortlist_end_moved(*, key: str, about: int, closes_at: str | None, reason: str, user: int) -> None:
    """An end that was moved once more is no news."""
    row, meant = _shortlisting(about), datetime.fromisoformat(closes_at) if closes_at else None
    if row and row.closes_at == meant and (person := _member(row.submission, user)):
        mail.shortlist_end_moved(row, _open_titles(row.submission), reason, person, key=key)


@handles("submissions.shortlist_undone")
def send_shortlist_undone(*, key: str, about: int, user: int) -> None:
    """Of an entry that is on the shortlist again there is better news."""
    rows = Shortlisting.objects.announced().select_related(OF_ENTRY)
    row = rows.filter(pk=about, undone_at__isnull=False).first()
    if row and (person := _member(row.submission, user)):
        mail.shortlist_undone(row, person, key=key)


def _shortlisting(about: int) -> Any:
    return Shortlisting.objects.live().with_end().select_related(OF_ENTRY).filter(pk=about).first()


def _open_titles(entry: Submission) -> list[str]:
    return [slot.title for slot in replacing.open_slots(definition_of(entry))]


@handles("submissions.correction_extended")
def send_correction_extended(*, key: str, about: int, closes_at: str, reason: str, user: int) -> None:
    """Once the team has submitted again, or the end was moved once more, this is no news."""
    correction = reminders.open_correction(about, datetime.fromisoformat(closes_at))
    if correction and (person := _member(correction.screening.version.submission, user)):
        mail.correction_extended(correction, reason, person, key=key)


@handles(reminders.CORRECTION_KIND)
def send_correction_ends(*, key: str, correction: int, ends_at: str, user: int) -> None:
    found = reminders.open_correction(correction, datetime.fromisoformat(ends_at))
    if found and found.closes_at > timezone.now() and (person := _member(found.screening.version.submission, user)):
        mail.correction_ends(found, person, key=key)


@handles("submissions.extended")
def send_extended(*, key: str, about: int, user: int) -> None:
    extension = Extension.objects.live().select_related("team__competition").filter(pk=about).first()
    if extension and (person := _in_team(extension.team_id, user)):
        mail.extended(extension, person, key=key)


@handles("submissions.extension_revoked")
def send_extension_revoked(*, key: str, about: int, reason: str, user: int) -> None:
    """A team that was given time anew since has better news."""
    extension = Extension.objects.select_related("team__competition").filter(pk=about).first()
    if extension is None or extension.team.extensions.live().filter(kind=extension.kind).exists():
        return
    if person := _in_team(extension.team_id, user):
        mail.extension_revoked(extension, reason, person, key=key)


@handles(reminders.KIND)
def send_reminder(*, key: str, team: int, hours: int, ends_at: str, user: int) -> None:
    drafts = reminders.still_due(team, datetime.fromisoformat(ends_at), timezone.now())
    if drafts and (person := _in_team(team, user)):
        mail.reminder(drafts, datetime.fromisoformat(ends_at), to=person.email, key=key)


@handles(renditions.KIND)
def make_rendition(*, key: str, rendition_id: int) -> None:
    renditions.make_rendition(rendition_id)


@handles("submissions.topic_revised")
def send_topic_revised(*, key: str, revision: int, user: int) -> None:
    text = TopicRevision.objects.select_related("topic__track__competition").filter(pk=revision).first()
    if text and (entries := _entries(user, [text.topic_id])):
        mail.topic_revised(text, entries, to=_address(user), key=key)


@handles("submissions.topic_withdrawn")
def send_topic_withdrawn(*, key: str, topic: int, at: str, user: int) -> None:
    withdrawn = Topic.objects.filter(status=TopicStatus.WITHDRAWN, withdrawn_at=datetime.fromisoformat(at))
    found = withdrawn.select_related("track__competition").filter(pk=topic).first()
    if found and (entries := _entries(user, [topic])):
        mail.topic_withdrawn(found, entries, to=_address(user), key=key)


@handles("submissions.topic_reopened")
def send_topic_reopened(*, key: str, topic: int, reason: str, user: int) -> None:
    found = Topic.objects.open().select_related("track__competition").filter(pk=topic).first()
    if found and (entries := _entries(user, [topic])):
        mail.topic_reopened(found, entries, reason=reason, to=_address(user), key=key)


@handles("submissions.topics_moved")
def send_topics_moved(*, key: str, moves: dict[str, list[int]], reason: str, user: int) -> None:
    # JSON knows no numbers as keys.
    left = {int(topic): (track, number) for topic, (track, number) in moves.items()}
    if entries := _entries(user, left):
        mail.topics_moved(entries, left, reason=reason, to=_address(user), key=key)


@handles("submissions.form_published")
def send_form_published(*, key: str, version: int, user: int) -> None:
    found = EntryFormVersion.objects.select_related("form__competition", "form__track").filter(pk=version).first()
    if found is None:
        return
    changes = form_news.changes_of(found)
    people = form_news.concerned(found.form, changes).filter(team__members__user=user)
    entries = people.filter(team__members__user__is_active=True).select_related("team__competition").distinct()
    if rows := list(entries.order_by("pk")):
        mail.form_published(found, told(changes), rows, to=_address(user), key=key)


def _entries(user: int, topics: Iterable[int]) -> list[Submission]:
    """Whoever has left the team meanwhile, or whose team is out, is told nothing."""
    rows = news.living(topics).filter(team__members__user=user, team__members__user__is_active=True)
    return list(rows.select_related("topic__track__competition", "team__competition").order_by("pk"))


def _address(user: int) -> str:
    return str(get_user_model().objects.values_list("email", flat=True).get(pk=user))


def _reachable(user: int) -> str:
    """The address of somebody whose account is in use; of others nothing."""
    return get_user_model().objects.filter(pk=user, is_active=True).values_list("email", flat=True).first() or ""


def _member(submission: Submission, user: int) -> Any:
    return _in_team(submission.team_id, user)


def _gone(team: int, user: int) -> Any:
    """Nothing is said about whoever has come back meanwhile."""
    people = get_user_model().objects.filter(pk=user, is_active=True)
    return people.exclude(memberships__team=team).first() if Team.objects.filter(pk=team).exists() else None


def _in_team(team: int, user: int) -> Any:
    """Whoever has left the team meanwhile is told nothing."""
    return afterwards.member(team, user)
