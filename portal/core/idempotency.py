"""A request that carries a key has its effect once, however often it arrives."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from portal.core.models import IdempotencyKey
from portal.core.people import Person


@transaction.atomic
def once(
    action: str,
    *,
    key: str,
    actor: Person,
    body: Mapping[str, Any],
    find: Callable[[int], models.Model],
    perform: Callable[[], models.Model],
) -> models.Model:
    """Return what ``perform()`` makes, or ``find(pk)`` of what it made when the same key came before.

    The key's row is inserted in the transaction of the deed: a rival with the same key waits at the
    unique constraint until the first has committed. Raises ValidationError for a key that was used
    for another body.
    """
    return once_within(action, key=key, actor=actor, body=body, find=find, perform=perform)


def once_within(
    action: str,
    *,
    key: str,
    actor: Person,
    body: Mapping[str, Any],
    find: Callable[[int], models.Model],
    perform: Callable[[], models.Model],
) -> models.Model:
    """The same in the caller's transaction, which whatever is raised has to undo."""
    if not 8 <= len(key) <= 64 or not key.isascii():
        raise ValidationError(_("The form has lost its key. Please reload the page and try again."), code="key")
    fingerprint = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    try:
        with transaction.atomic():
            row = IdempotencyKey.objects.create(actor_id=actor.pk, action=action, key=key, fingerprint=fingerprint)
    except IntegrityError:
        row = IdempotencyKey.objects.get(actor_id=actor.pk, action=action, key=key)
        if row.fingerprint != fingerprint or row.result_id is None:
            raise ValidationError(_("This form was already sent with other content."), code="key") from None
        return find(row.result_id)
    result = perform()
    row.result_id = result.pk
    row.save(update_fields=["result_id"])
    return result
