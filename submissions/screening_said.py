"""What organizers have said about an entry besides the decisions in force: asked in one question."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.db.models import CharField, F, IntegerField, Value
from django.db.models.functions import Coalesce, NullIf

from submissions.models import ScreeningNote, ScreeningProposal, Submission, UndoneScreening


class Kind(StrEnum):
    NOTE = "note"
    UNDONE = "undone"
    PROPOSED = "proposed"


class Said(NamedTuple):
    kind: str
    key: int
    # Which version it is about; a note is about none.
    version: int
    # An outcome, or what has become of a proposal.
    what: str
    at: datetime
    who_id: int
    who: str
    text: str
    # Who took it back or answered, and in which words.
    other: str | None
    answer: str


def said_about(user: Any, entry: Submission) -> list[Said]:
    """As far as ``user`` may see it, the oldest first."""
    of_version = {"version__submission": entry}
    undone = UndoneScreening.objects.visible_to(user).filter(**of_version)
    proposed = ScreeningProposal.objects.visible_to(user).filter(**of_version)
    notes = ScreeningNote.objects.visible_to(user).filter(submission=entry)
    number, none = F("version__number"), Value(None, output_field=CharField())
    parts = [
        _part(undone, Kind.UNDONE, number, "outcome", "decided", "reason", _name("undone_by"), F("why_undone")),
        _part(proposed, Kind.PROPOSED, number, "status", "proposed", "reason", _name("answered_by"), F("answer")),
        _part(notes, Kind.NOTE, Value(0, output_field=IntegerField()), "", "", "text", none, Value("")),
    ]
    first, *others = parts
    return sorted((Said(*row) for row in first.union(*others, all=True)), key=lambda said: (said.at, said.key))


def _part(rows: Any, kind: Kind, version: Any, what: str, did: str, text: str, other: Any, answer: Any) -> Any:
    """``did``: what whoever said it is named after; the author of a note and its time have names of their own."""
    who, at = (f"{did}_by", f"{did}_at") if did else ("author", "created_at")
    columns = {
        "said_kind": Value(str(kind)),
        "said_key": F("pk"),
        "said_version": version,
        "said_what": F(what) if what else Value(""),
        "said_at": F(at),
        "said_who_id": F(f"{who}_id"),
        "said_who": _name(who),
        "said_text": F(text),
        "said_other": other,
        "said_answer": answer,
    }
    return rows.order_by().annotate(**columns).values_list(*columns)


def _name(path: str) -> Any:
    named = NullIf(F(f"{path}__full_name"), Value(""))
    return Coalesce(named, F(f"{path}__email"), output_field=CharField())
