from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from django.db import models, transaction

from portal.core.idempotency import once
from portal.core.people import Person

M = TypeVar("M", bound=models.Model)


def keyed(
    action: str,
    *,
    key: str | None,
    actor: Person | None,
    body: Mapping[str, Any],
    among: models.QuerySet[Any],
    perform: Callable[[], M],
) -> M:
    """``perform()`` once for each key of this actor; a caller without a key, such as a command, always acts."""
    if key is None or actor is None:
        with transaction.atomic():
            return perform()
    return cast(M, once(action, key=key, actor=actor, body=body, find=lambda pk: among.get(pk=pk), perform=perform))
