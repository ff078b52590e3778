"""What an organizer's board shows, put together in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from judging.enums import RoundStatus
from judging.forms import AwardForm
from judging.models import Judge, Ranking, RankingEntry, Round
from judging.ranking import DROP_FROM
from judging.services.ranking import fingerprint
from judging.services.unlisted import unlisted_numbers
from portal.core.models import AuditEntry
from portal.core.people import Person
from tracks.models import Track
from tracks.names import by_pinyin

DEEDS = {
    "create": _("round created"),
    "assign": _("judges assigned"),
    "open": _("round opened"),
    "recuse": _("judge recused"),
    "revoke": _("assignment revoked"),
    "close": _("round closed"),
    "rank": _("ranking computed"),
    "decide": _("awards decided"),
    "publish": _("results published"),
    "request_certificates": _("certificates ordered"),
}


@dataclass(frozen=True)
class Progress:
    """How far a judge is; late is who has done less of the work than has passed of the time."""

    judge: Any
    is_late: bool

    @property
    def missing(self) -> int:
        return self.judge.due - self.judge.done


@dataclass(frozen=True)
class Event:
    entry: AuditEntry
    deed: Any
    person: Any


@dataclass(frozen=True)
class TrackAwards:
    track: Track
    form: AwardForm


def board_page(round_: Round, *, user: Person, now: datetime) -> dict[str, Any]:
    entries = ranked(round_, user=user)
    is_kept_out = Round.objects.kept_from(user).filter(pk=round_.pk).exists()
    return {
        "round": round_,
        "now": now,
        "entries": entries,
        # Who judges, and who has stepped back for which reason, would tell an entrant whom to talk to.
        "judges": [] if is_kept_out else progress(round_, user=user, now=now),
        "criteria": round_.rubric.criteria.order_by("position"),
        "events": [] if is_kept_out else events(round_),
        "unlisted": None if is_kept_out else unlisted_numbers(round_),
        "decided": sum(1 for each in entries if hasattr(each, "decision") and each.decision.level),
        "drop_from": DROP_FROM,
        "is_kept_out": is_kept_out,
        "is_decidable": round_.status == RoundStatus.CLOSED,
    }


def ranked(round_: Round, *, user: Person) -> list[RankingEntry]:
    visible = Ranking.objects.visible_to(user).filter(round=round_)
    entries = RankingEntry.objects.filter(ranking__in=visible).with_judged_title()
    return list(entries.select_related("decision", "track__competition", "submission__team__organization"))


def award_forms(entries: Sequence[RankingEntry], bound: AwardForm | None) -> list[TrackAwards]:
    """A form a track; ``bound`` is the one that came back."""
    seen = fingerprint(entries)
    sheets = []
    for track, group in groupby(entries, key=lambda each: each.track):
        in_track = list(group)
        is_bound = bound is not None and bound.entries[0].track_id == track.pk
        form = bound if bound is not None and is_bound else AwardForm(in_track, initial={"seen": seen})
        sheets.append(TrackAwards(track, form))
    return sheets


def progress(round_: Round, *, user: Person, now: datetime) -> list[Progress]:
    """The late ones first, then who has most to do."""
    judges: Any = Judge.objects.visible_to(user).with_progress_in(round_).select_related("user", "organization")
    share = (now - round_.opens_at) / (round_.closes_at - round_.opens_at)
    is_open = round_.status == RoundStatus.OPEN
    rows = [Progress(each, is_late=is_open and each.done < min(share, 1) * each.due) for each in judges]
    return sorted(rows, key=lambda row: (not row.is_late, -row.missing, by_pinyin(str(row.judge.user))))


def events(round_: Round) -> list[Event]:
    """The audit lines of this round and of the assignments that ended early, latest first."""
    ended = round_.assignments.filter(status__in=["recused", "revoked"]).values_list("pk", flat=True)
    lines = AuditEntry.objects.filter(
        Q(object_type="judging.round", object_id=str(round_.pk))
        | Q(object_type="judging.assignment", object_id__in=[str(pk) for pk in ended], action__in=["recuse", "revoke"])
    )
    lines = lines.filter(scope=round_.audit_scope).order_by("-sequence")[:100]
    people = get_user_model().objects.in_bulk({line.actor_id for line in lines if line.actor_id})
    return [Event(line, DEEDS.get(line.action, line.action), people.get(line.actor_id)) for line in lines]
