"""What second factors are sealed with: the newest key seals, every key opens."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def seal(text: str) -> str:
    return _box(tuple(settings.SECOND_FACTOR_KEYS)).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises InvalidToken when its key has been thrown away."""
    return _box(tuple(settings.SECOND_FACTOR_KEYS)).decrypt(sealed).decode()


def is_newest(data: Mapping[str, Any]) -> bool:
    """All that ``data`` of a factor holds sealed is sealed with the key that seals today."""
    newest = _box(tuple(settings.SECOND_FACTOR_KEYS[:1]))
    try:
        for sealed in _sealed_in(data):
            newest.decrypt(sealed)
    except InvalidToken:
        return False
    return True


def resealed(data: Mapping[str, Any]) -> dict[str, Any]:
    """The same under the newest key. Raises InvalidToken when no key opens it."""
    box = _box(tuple(settings.SECOND_FACTOR_KEYS))

    def anew(value: Any) -> Any:
        return [anew(each) for each in value] if isinstance(value, list) else box.rotate(value).decode()

    return {**data, **{name: anew(data[name]) for name in SEALED if name in data}}


# Where allauth keeps what is sealed: an app's secret, the seed of recovery codes, codes from before there were seeds.
SEALED = ("secret", "seed", "migrated_codes")


def _sealed_in(data: Mapping[str, Any]) -> Iterator[str]:
    for name in SEALED:
        value = data.get(name, [])
        yield from value if isinstance(value, list) else [value]


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    digests = [hashlib.sha256(f"portal.second-factor:{key}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
