"""The deadline day as its organizers watch it: figures, never what a draft says. A fixed number of queries.

Everybody who watches the same tracks shares the figures for a few seconds, so a room full of screens costs little.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.core import service
from portal.core.templatetags.ui import BEIJING, iso
from portal.notifications.enums import OutboxStatus
from portal.notifications.models import Outbox
from submissions.asked import definition_of
from submissions.completeness import Draft, make_draft, registered_in
from submissions.enums import SubmissionStatus, UploadState
from submissions.models import (
    Answer,
    Attachment,
    Extension,
    LateAttempt,
    RegisteredFile,
    Submission,
    SubmissionVersion,
    Upload,
)
from submissions.windows import may_register, window_of
from tracks.enums import StageKind
from tracks.models import Competition, Stage, Track
from tracks.querysets import named

MINUTES = 60
# How long figures are shared, and the dearer count of complete drafts.
SHARED_FOR, COMPLETE_FOR = 8, 60
# Of how many drafts what they say is read in one go, and how long the verdict is kept.
MOST_LOOKED_AT, REMEMBERED_FOR = 200, 6 * 3600
COUNTED = ("drafts", "complete", "submitted")


def day_page(user: Any, slug: str, *, now: datetime) -> dict[str, Any]:
    """For the page and its polls: the competition, and the figures of the tracks that ``user`` runs."""
    competition = named(_with_figures(Competition.objects.partly_organized_by(user), user, now), slug)
    tracks = Track.objects.organized_by(user).filter(competition=competition)
    rows = list(_counted(tracks).order_by("number"))
    whose = "all" if competition.is_run_whole else "some"
    key = f"deadline-day:{get_language()}:{competition.pk}:{whose}:{','.join(str(row.pk) for row in rows)}"
    figures = cache.get(key)
    if figures is None:
        figures = _figures(competition, rows, now)
        cache.set(key, figures, SHARED_FOR)
    return {"competition": competition, "figures": figures, "now": now}


def _with_figures(competitions: QuerySet[Any], user: Any, now: datetime) -> QuerySet[Any]:
    """All that is one number, in the query that finds the competition."""
    stage = Stage.objects.filter(competition=OuterRef("pk"), kind=StageKind.SUBMISSION)
    entries = Submission.objects.filter(team__competition=OuterRef(OuterRef("pk")))
    own = Q(submission__track__in=Track.objects.organized_by(user).values("pk"))
    uploads = Upload.objects.filter(own, state=UploadState.OPEN, expires_at__gt=now, submission__in=entries)
    late = LateAttempt.objects.filter(own, submission__in=entries).undecided()
    extended = Extension.objects.live().filter(
        team__competition=OuterRef("pk"), kind=StageKind.SUBMISSION, closes_at__gt=now
    )
    waiting = Outbox.objects.filter(status=OutboxStatus.WAITING, available_at__lte=now).order_by("available_at")
    return competitions.annotate(
        day_opens_at=Subquery(stage.values("opens_at")[:1]),
        day_closes_at=Subquery(stage.values("closes_at")[:1]),
        uploads_coming=_how_many(uploads),
        late_waiting=_how_many(late),
        teams_extended=_how_many(extended),
        is_run_whole=Exists(Competition.objects.organized_by(user).filter(pk=OuterRef("pk"))),
        files_awaited=_how_many(RegisteredFile.objects.missing().filter(own, submission__in=entries)),
        mail_waits_since=Subquery(waiting.values("available_at")[:1]),
    )


def _how_many(rows: QuerySet[Any]) -> Coalesce:
    """As one number in the outer query: counted over a group that all of them are in."""
    alike = rows.order_by().annotate(group=Value(1)).values("group")
    return Coalesce(Subquery(alike.annotate(count=Count("pk")).values("count")), 0)


def _counted(tracks: QuerySet[Track]) -> QuerySet[Any]:
    standing = {SubmissionStatus.DRAFT, SubmissionStatus.WITHDRAWN}
    return tracks.annotate(
        drafts=Count("submissions", filter=Q(submissions__status=SubmissionStatus.DRAFT)),
        submitted=Count("submissions", filter=~Q(submissions__status__in=standing)),
    )


def _figures(competition: Any, tracks: list[Any], now: datetime) -> dict[str, Any]:
    complete = _complete(tracks, now)
    rows = [
        {
            "pk": track.pk,
            "name": str(track),
            "drafts": track.drafts,
            "complete": complete.get(track.pk, 0),
            "submitted": track.submitted,
        }
        for track in tracks
    ]
    waits_since = competition.mail_waits_since
    return {
        "at": iso(now),
        "clock": f"{now.astimezone(BEIJING):%H:%M:%S}",
        "totals": {name: sum(row[name] for row in rows) for name in COUNTED},
        "tracks": rows,
        "minutes": _minutes(tracks, now),
        "uploads": competition.uploads_coming,
        "late": competition.late_waiting,
        # Who has been given more time is for whoever runs the whole competition.
        "extended": competition.teams_extended if competition.is_run_whole else None,
        "awaited": competition.files_awaited,
        "outbox": _("%(count)s s") % {"count": _seconds(waits_since, now)},
        "mode": service.state().label,
    }


def _seconds(since: datetime | None, now: datetime) -> int:
    return max(0, int((now - since).total_seconds())) if since else 0


def _minutes(tracks: list[Any], now: datetime) -> list[dict[str, Any]]:
    """Versions received in each of the last sixty minutes, oldest first; the last one is still going on."""
    first = now.replace(second=0, microsecond=0) - timedelta(minutes=MINUTES - 1)
    versions = SubmissionVersion.objects.filter(submission__track__in=tracks, created_at__gte=first)
    moments = versions.order_by().values_list("created_at", flat=True)
    counts = Counter(int((moment - first).total_seconds() // 60) for moment in moments)
    most = max(counts.values(), default=0)
    return [
        {
            "time": f"{(first + timedelta(minutes=place)).astimezone(BEIJING):%H:%M}",
            "count": counts[place],
            "height": round(100 * counts[place] / most) if most else 0,
        }
        for place in range(MINUTES)
    ]


def _complete(tracks: list[Any], now: datetime) -> dict[int, int]:
    """Drafts that lack nothing, by track, counted once a minute.

    What a draft says is read only when it has changed since it was looked at, and of so many in one go: in the rush
    the others count as they were. What is remembered of a draft is whether it lacks something, and no more.
    """
    named = ",".join(str(track.pk) for track in tracks)
    key, known_key = f"deadline-day-complete:{named}", f"deadline-day-drafts:{named}"
    found: dict[int, int] | None = cache.get(key)
    if found is None:
        rows = Submission.objects.filter(track__in=tracks, status=SubmissionStatus.DRAFT)
        drafts = list(rows.with_form().with_window().with_look())
        known: dict[int, tuple[Any, bool]] = cache.get(known_key) or {}
        changed = [each for each in drafts if known.get(each.pk, (None,))[0] != _mark(each)]
        # Those that nobody has looked at yet before those that are only looked at again.
        looked_at = sorted(changed, key=lambda each: (each.pk in known, each.updated_at))[:MOST_LOOKED_AT]
        known |= {each.pk: (_mark(each), is_whole) for each, is_whole in _looked_at(looked_at, now)}
        known = {each.pk: known[each.pk] for each in drafts if each.pk in known}
        found = dict(Counter(each.track_id for each in drafts if known.get(each.pk, (None, False))[1]))
        cache.set(known_key, known, REMEMBERED_FOR)
        cache.set(key, found, COMPLETE_FOR)
    return found


def _mark(draft: Any) -> tuple[Any, ...]:
    """Another one when what is asked or said is another, or a file was found out since."""
    return (draft.draft_version, draft.form_version, draft.track_form_version, draft.looked_at)


def _looked_at(drafts: list[Any], now: datetime) -> list[tuple[Any, bool]]:
    if not drafts:
        return []
    answers, files = _said(drafts), _lying(drafts)
    promised = registered_in(each for each in drafts if may_register(each, window_of(each), now))
    return [(each, not _draft(each, answers, files, promised).missing) for each in drafts]


def _draft(each: Any, answers: Any, files: Any, promised: Any) -> Draft:
    definition, pk = definition_of(each), each.pk
    return make_draft(definition, each, answers[pk], files[pk], registered=promised.get(pk))


def _said(drafts: list[Submission]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for entry, key, value in Answer.objects.filter(submission__in=drafts).values_list("submission", "key", "value"):
        found[entry][key] = value
    return found


def _lying(drafts: list[Submission]) -> dict[int, list[Attachment]]:
    found: dict[int, list[Attachment]] = defaultdict(list)
    for file in Attachment.objects.current().with_refusal().filter(submission__in=drafts):
        found[file.submission_id].append(file)
    return found
