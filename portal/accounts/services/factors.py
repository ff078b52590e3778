"""Second factors under the newest key, so that an earlier one can be thrown away without locking anybody out."""

from __future__ import annotations

from dataclasses import dataclass, field

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.db import transaction

from portal.accounts import factor_keys


@dataclass
class Resealed:
    done: int = 0
    # Under an earlier key still.
    left: int = 0
    # Rows that none of the keys opens.
    unreadable: list[int] = field(default_factory=list)


def reseal_factor(factor: Authenticator) -> bool:
    """Whether it was under an earlier key, and is no more. Raises InvalidToken when no key opens it."""
    if factor_keys.is_newest(factor.data):
        return False
    with transaction.atomic():
        # As it is now: a recovery code that is used meanwhile stays used.
        kept = Authenticator.objects.select_for_update().filter(pk=factor.pk).first()
        if kept is None or factor_keys.is_newest(kept.data):
            return False
        kept.data = factor_keys.resealed(kept.data)
        kept.save(update_fields=["data"])
    return True


def reseal_factors(*, only_count: bool = False) -> Resealed:
    """All of them, or only how many there are to do."""
    found = Resealed()
    for factor in Authenticator.objects.order_by("pk").iterator(chunk_size=500):
        if factor_keys.is_newest(factor.data):
            continue
        try:
            if only_count:
                factor_keys.resealed(factor.data)
                found.left += 1
            else:
                found.done += reseal_factor(factor)
        except InvalidToken:
            found.unreadable.append(factor.pk)
    return found
