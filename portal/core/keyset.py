"""Pages of rows by key, newest first unless asked: each costs the same, and rows that come meanwhile shift nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Page:
    rows: list[Any]
    newer: str
    older: str


def page_of(
    querysets: Sequence[QuerySet[Any]],
    *,
    size: int,
    before: str = "",
    after: str = "",
    by: Any = datetime,
    oldest_first: bool = False,
) -> Page:
    """One page of all ``querysets`` together, by ``at`` and key; a row that is in several stands there once.

    Each of them is read by its own index, where one query with OR would sort everything it finds.
    ``at`` is an instant, or with ``by=int`` a number: the highest first.
    """
    is_up = bool(after) or (oldest_first and not before)
    beyond = _beyond(after, by, later=True) if after else _beyond(before, by, later=False)
    names = ("at", "pk") if is_up else ("-at", "-pk")
    found = {row.pk: row for rows in querysets for row in rows.filter(beyond).order_by(*names)[: size + 1]}
    rows = sorted(found.values(), key=lambda row: (row.at, row.pk), reverse=not is_up)[: size + 1]
    has_more = len(rows) > size
    rows = rows[:size]
    if is_up:
        rows.reverse()
    page = Page(
        rows,
        newer=_cursor(rows[0]) if rows and (has_more if is_up else before) else "",
        older=_cursor(rows[-1]) if rows and (after if is_up else has_more) else "",
    )
    return replace(page, rows=rows[::-1]) if oldest_first else page


def _signer() -> Signer:
    return Signer(salt="keyset")


def _cursor(row: Any) -> str:
    at = row.at.isoformat() if isinstance(row.at, datetime) else row.at
    return _signer().sign_object([at, row.pk])


def _beyond(cursor: str, by: Any, *, later: bool) -> Q:
    if not cursor:
        return Q()
    try:
        at, pk = _signer().unsign_object(cursor)
        # A number is none of a list that goes by time, and the other way round.
        moment = datetime.fromisoformat(at) if by is datetime else by(at)
    except (BadSignature, ValueError, TypeError):
        raise ValidationError(_("This is not a cursor of ours.")) from None
    if later:
        return Q(at__gte=moment) & (Q(at__gt=moment) | Q(pk__gt=pk))
    return Q(at__lte=moment) & (Q(at__lt=moment) | Q(pk__lt=pk))
