"""Two entries side by side: what each section says, with the words that stand in both marked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from submissions.models import Attachment, NearPair, SubmissionVersion, TeamMember, TeamOrganization
from submissions.near.spans import Passage, merged
from submissions.near_texts import Words, words_of

Spans = Mapping[str, list[tuple[int, int]]]


class Piece(NamedTuple):
    text: str
    is_shared: bool


@dataclass(frozen=True)
class Row:
    """One section of the form; None where that entry's is not to be read, empty where it says nothing."""

    title: str
    first: list[Piece] | None
    second: list[Piece] | None

    @property
    def is_shared(self) -> bool:
        return any(piece.is_shared for piece in [*(self.first or ()), *(self.second or ())])


@dataclass(frozen=True)
class Comparison:
    rows: list[Row]
    files: list[tuple[Attachment | None, Attachment | None]]
    people: list[str]
    organizations: list[str]


def comparison_of(pair: NearPair, *, sees_first: bool, sees_second: bool) -> Comparison:
    """What may be read of it. Names of people and organizations only by who may read both."""
    passages = [Passage(*each) for each in pair.passages]
    first_spans, second_spans = _spans(passage[:3] for passage in passages), _spans(passage[3:] for passage in passages)
    first = {words.key: words for words in words_of(pair.first_version)} if sees_first else {}
    second = {words.key: words for words in words_of(pair.second_version)} if sees_second else {}
    rows = [
        Row(
            (first.get(key) or second[key]).title,
            _pieces(first.get(key), first_spans) if sees_first else None,
            _pieces(second.get(key), second_spans) if sees_second else None,
        )
        for key in dict.fromkeys([*first, *second])
    ]
    sees_both = sees_first and sees_second
    return Comparison(
        rows,
        _files(pair, sees_first=sees_first, sees_second=sees_second),
        _people(pair) if sees_both else [],
        _organizations(pair) if sees_both else [],
    )


def _spans(places: Iterable[tuple[Any, ...]]) -> Spans:
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for section, start, end in places:
        spans[section].append((start, end))
    return {section: merged(each) for section, each in spans.items()}


def _pieces(words: Words | None, spans: Spans) -> list[Piece]:
    if words is None:
        return []
    pieces, at = [], 0
    for start, end in spans.get(words.key, ()):
        pieces += [Piece(words.text[at:start], False), Piece(words.text[start:end], True)]
        at = end
    pieces.append(Piece(words.text[at:], False))
    return [piece for piece in pieces if piece.text]


def _files(pair: NearPair, *, sees_first: bool, sees_second: bool) -> list[tuple[Attachment | None, Attachment | None]]:
    """Each that both handed in, under the name that it has in the ones that may be read."""
    joins = SubmissionVersion.attachments.through.objects.select_related("attachment__file")
    held: dict[int, dict[int, Attachment]] = defaultdict(dict)
    for join in joins.filter(submissionversion__in=[pair.first_version_id, pair.second_version_id]).order_by("pk"):
        held[join.submissionversion_id][join.attachment.file_id] = join.attachment
    first, second = held[pair.first_version_id], held[pair.second_version_id]
    shared = [file for file in first if file in second]
    return [(first[file] if sees_first else None, second[file] if sees_second else None) for file in shared]


def _people(pair: NearPair) -> list[str]:
    return _in_both(
        pair,
        (
            (member.team_id, str(member.user), member.user_id)
            for member in TeamMember.objects.filter(team__in=_teams(pair)).select_related("user")
        ),
    )


def _organizations(pair: NearPair) -> list[str]:
    """A double counts as the organization that it was merged into."""
    leads = [(side.team_id, side.team.organization) for side in (pair.first, pair.second)]
    partners = TeamOrganization.objects.filter(team__in=_teams(pair)).select_related("organization")
    houses = [*leads, *((row.team_id, row.organization) for row in partners)]
    return _in_both(pair, ((team, house.name, house.merged_into_id or house.pk) for team, house in houses))


def _in_both(pair: NearPair, named: Iterable[tuple[int, str, int]]) -> list[str]:
    teams: dict[int, set[int]] = defaultdict(set)
    names: dict[int, str] = {}
    for team, name, key in named:
        teams[key].add(team)
        names.setdefault(key, name)
    return [names[key] for key, its in teams.items() if its == _teams(pair)]


def _teams(pair: NearPair) -> set[int]:
    """Two, or one that has entered twice."""
    return {pair.first.team_id, pair.second.team_id}
