"""The team desk: all entries of one's teams, and how each stands. At most ten queries, however many there are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Subquery, Window
from django.db.models.functions import Coalesce, RowNumber
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from judging.enums import CertificateStatus
from judging.models import Certificate
from portal.core.deeds import words_for
from portal.core.keyset import page_of
from portal.core.models import AuditEntry
from portal.dashboards.next_steps import Step, next_step
from submissions.asked import definition_of
from submissions.completeness import Draft, Lack, make_draft, registered_in
from submissions.enums import MemberRole
from submissions.models import (
    Answer,
    Attachment,
    Comment,
    Submission,
    SubmissionVersion,
    Team,
    TeamMember,
)
from submissions.pages import correction_part
from submissions.trail import OWN, TOLD, is_own
from submissions.windows import Window as Span
from submissions.windows import is_writable, may_register, window_of

A_PAGE = 50
LINES_SHOWN = 3
ENTRY = "submissions.submission"
# The receipt comes with the submitting: one line says both.
SHOWN = {*OWN[ENTRY], *TOLD[ENTRY]} - {"issue_receipt"}


@dataclass
class Line:
    """Who did what when."""

    deed: str
    doer: str
    at: datetime


@dataclass
class OwnEntry:
    entry: Any
    draft: Draft
    window: Span | None
    is_writable: bool
    version: SubmissionVersion | None = None
    lines: list[Line] = field(default_factory=list)
    step: Step | None = None
    # For parts/correction.html of the entry.
    correction: dict[str, Any] | None = None

    @cached_property
    def missing(self) -> list[Lack]:
        return self.draft.missing

    @property
    def is_captain(self) -> bool:
        return bool(self.entry.is_captain)

    @property
    def url(self) -> str:
        return str(self.entry.get_absolute_url())

    @property
    def submit_url(self) -> str:
        return reverse("submissions:submission_submit", args=[self.entry.public_id])

    @cached_property
    def has_news(self) -> bool:
        """The draft says something else than what was submitted last; read from what is at hand, without a query."""
        if self.version is None:
            return True
        sent = {(each["name"], each["sha256"]) for each in self.version.receipt.files}
        # What was registered, and has followed since, is no change.
        followed = {each["sha256"] for each in self.version.form.get("registered", [])}
        files = {(each.name, each.file.sha256) for each in self.draft.files}
        now = {each for each in files if each in sent or each[1] not in followed}
        said = {key: value for key, value in self.version.answers.items() if key in self.draft.answered}
        is_other = sent != now or self.draft.title != self.version.title or said != self.draft.answered
        return is_other or self.draft.registers_otherwise(self.version)

    @property
    def reason(self) -> str:
        """What the organizing committee said about the version submitted last."""
        screening = getattr(self.version, "screening", None)
        return screening.reason if screening is not None else ""


def entries_page(user: Any, *, now: datetime, before: str = "", after: str = "") -> dict[str, Any]:
    page = page_of([_own(user)], size=A_PAGE, before=before, after=after)
    return {
        "now": now,
        "entries": _told(user, page.rows, now=now),
        "teams_without": list(_teams_without(user)) if not (before or after) else [],
        "previous_url": f"?{urlencode({'after': page.newer})}" if page.newer else "",
        "next_url": f"?{urlencode({'before': page.older})}" if page.older else "",
    }


def _own(user: Any) -> Any:
    captained = TeamMember.objects.filter(team=OuterRef("team"), user_id=user.pk, role=MemberRole.CAPTAIN)
    waiting = Comment.objects.waiting().filter(submission=OuterRef("pk")).order_by().values("submission")
    rows = Submission.objects.visible_to(user).of_member(user).for_listing().with_form().with_window()
    given = Certificate.objects.visible_to(user).filter(award__submission=OuterRef("pk"))
    standing = given.exclude(status=CertificateStatus.REVOKED).order_by("-pk").values("public_id")
    return rows.with_shortlist().annotate(
        at=F("created_at"),
        certificate=Subquery(standing[:1]),
        is_captain=Exists(captained),
        comments_waiting=Coalesce(Subquery(waiting.annotate(count=Count("pk")).values("count")), 0),
    )


def _teams_without(user: Any) -> Any:
    """Teams that have begun nothing yet."""
    teams = Team.objects.visible_to(user).filter(members__user_id=user.pk, submissions=None)
    return teams.select_related("competition", "organization").order_by("-pk")[:A_PAGE]


def _told(user: Any, rows: list[Any], *, now: datetime) -> list[OwnEntry]:
    answers, files, versions = _answers(user, rows), _files(user, rows), _versions(user, rows)
    lines = _lines(user, rows)
    registered = registered_in(each for each in rows if may_register(each, window_of(each), now))
    found = []
    for entry in rows:
        window, version = window_of(entry), versions.get(entry.pk)
        draft = make_draft(
            definition_of(entry),
            entry,
            answers[entry.pk],
            files[entry.pk],
            registered=registered.get(entry.pk),
            returned=version,
            returned_files=list(version.attachments.all()) if version else (),
        )
        own = OwnEntry(
            entry=entry,
            draft=draft,
            window=window,
            is_writable=is_writable(entry, window, now),
            version=version,
            lines=lines[entry.pk],
            correction=correction_part(draft, version, now),
        )
        own.step = next_step(own, now)
        found.append(own)
    return found


def _answers(user: Any, rows: list[Any]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    said = Answer.objects.visible_to(user).filter(submission__in=rows)
    for entry, key, value in said.values_list("submission", "key", "value"):
        found[entry][key] = value
    return found


def _files(user: Any, rows: list[Any]) -> dict[int, list[Attachment]]:
    found: dict[int, list[Attachment]] = defaultdict(list)
    current = Attachment.objects.visible_to(user).current().with_refusal().filter(submission__in=rows)
    for file in current.select_related("file").order_by("pk"):
        found[file.submission_id].append(file)
    return found


def _versions(user: Any, rows: list[Any]) -> dict[int, SubmissionVersion]:
    """By entry, the one submitted last, with its receipt and what was decided about it."""
    versions = SubmissionVersion.objects.visible_to(user).filter(submission__in=rows)
    newest = SubmissionVersion.objects.filter(submission=OuterRef("submission")).order_by("-number").values("pk")[:1]
    files = Prefetch("attachments", Attachment.objects.select_related("file"))
    latest = versions.filter(pk=Subquery(newest)).select_related("receipt", "screening").prefetch_related(files)
    return {each.submission_id: each for each in latest}


def _lines(user: Any, rows: list[Any]) -> dict[int, list[Line]]:
    """The last deeds on each entry, newest first; who of the organizers it was is no affair of the team's."""
    people = get_user_model().objects.filter(pk=OuterRef("actor_id"))
    place = Window(RowNumber(), partition_by="object_id", order_by=[F("at").desc(), F("pk").desc()])
    deeds = AuditEntry.objects.visible_to(user).filter(
        object_type=ENTRY, object_id__in=[str(each.pk) for each in rows], action__in=SHOWN
    )
    named = deeds.annotate(doer=Subquery(people.values("full_name")[:1]), place=place).filter(place__lte=LINES_SHOWN)
    found: dict[int, list[Line]] = defaultdict(list)
    for each in named.order_by("-at", "-pk"):
        doer = (each.doer or "") if is_own(each) else _("The organizing committee")
        found[int(each.object_id)].append(Line(words_for(ENTRY, each.action), doer, each.at))
    return found
