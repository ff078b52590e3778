from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from django.db import models, transaction
from django.utils.translation import gettext as _

from portal.core.errors import Conflict
from portal.core.idempotency import once, once_within
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
    within: bool = False,
) -> M:
    """``perform()`` once for each key of this actor; a caller without a key, such as a command, always acts.

    ``within`` a transaction that the caller has begun: whatever is raised undoes that.
    Raises Conflict when what the key made has been taken away since.
    """
    if key is None or actor is None:
        with transaction.atomic():
            return perform()

    def find(pk: int) -> M:
        made = among.filter(pk=pk).first()
        if made is None:
            raise Conflict(
                _("This form was sent before, and what it made has been removed since. Please reload the page.")
            )
        return cast(M, made)

    step = once_within if within else once
    return cast(M, step(action, key=key, actor=actor, body=body, find=find, perform=perform))
