"""The topic search over the database: an index a competition, kept by each process, made anew when a topic changes."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any

from django.db.models import Count, Max, OuterRef, Subquery

from portal.core import service
from tracks.models import FormerAddress, Topic, Track
from tracks.querysets import TopicQuerySet
from tracks.search import Document, Finder, Found

# A pasted abstract has two pages; ten would be an entry, and say less about what it is at heart.
LONGEST = 10_000
MOST_INDEXES = 32

Version = tuple[Any, ...]

_indexes: OrderedDict[int, tuple[Version, Finder]] = OrderedDict()
_making = Lock()


def find(topics: TopicQuerySet, text: str, *, limit: int) -> list[Found]:
    """The best of ``topics`` for ``text``, best first; what is found has their primary keys.

    Raises Unavailable while only submissions count.
    """
    service.require_spare()
    allowed: defaultdict[int, set[int]] = defaultdict(set)
    for pk, competition in topics.order_by().values_list("pk", "track__competition"):
        allowed[competition].add(pk)
    return find_among(allowed, text, limit=limit)


def find_among(allowed: Mapping[int, set[int]], text: str, *, limit: int) -> list[Found]:
    """The same where the topics that are ``allowed`` are known, by competition."""
    service.require_spare()
    found = [
        one
        for competition, version in _versions(allowed).items()
        for one in _index(competition, version).find(text, limit=limit, keys=allowed[competition])
    ]
    return _best(found)[:limit] if len(allowed) > 1 else found


def _best(found: list[Found]) -> list[Found]:
    """Of several competitions: one order, and the shares of the best of all."""
    order = sorted(found, key=lambda one: -one.score)
    return [one._replace(share=one.score / order[0].score) for one in order]


def _versions(competitions: Iterable[int]) -> dict[int, Version]:
    """What an index was made from, in one small query: tracks, their topics' texts, and who moved last.

    Each move leaves a former address behind. Which topics a track has would not do: two that change places may
    add up to the same.
    """
    tracks = Track.objects.filter(competition__in=list(competitions)).order_by("pk")
    revisions = {"texts": Count("topics__revisions"), "latest": Max("topics__revisions__created_at")}
    left = FormerAddress.objects.filter(competition=OuterRef("competition")).order_by("-pk")
    rows = tracks.annotate(**revisions, moved=Subquery(left.values("pk")[:1]))
    versions: defaultdict[int, list[Any]] = defaultdict(list)
    for competition, *row in rows.values_list("competition", "pk", "name", "texts", "latest", "moved"):
        versions[competition].append(tuple(row))
    return {competition: tuple(rows) for competition, rows in versions.items()}


def _index(competition: int, version: Version) -> Finder:
    kept = _indexes.get(competition)
    if kept is None or kept[0] != version:
        with _making:  # one makes it, and the others that need it wait
            kept = _indexes.get(competition)
            if kept is None or kept[0] != version:
                kept = _indexes[competition] = version, Finder(_documents(competition))
                while len(_indexes) > MOST_INDEXES:
                    _indexes.popitem(last=False)
    return kept[1]


def _documents(competition: int) -> list[Document]:
    topics = Topic.objects.filter(track__competition=competition).order_by("track__number", "number")
    return [Document(*row) for row in topics.values_list("pk", "title", "body", "track__name")]
