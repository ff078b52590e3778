"""Personal data that is encrypted where it is kept: the newest key seals, every key opens.

What is sealed names its owner, so a sealed text that was moved to somebody else's row doesn't open there.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):
    """None of the keys opens it, or it belongs to somebody else. Says nothing of what is inside."""


def seal(text: str, *, owner: int) -> str:
    return _keys(tuple(settings.PERSONAL_DATA_KEYS)).encrypt(f"{owner}:{text}".encode()).decode()


def unseal(sealed: str, *, owner: int) -> str:
    try:
        content = _keys(tuple(settings.PERSONAL_DATA_KEYS)).decrypt(sealed).decode()
    except (InvalidToken, ValueError):
        raise Unreadable from None
    whose, _colon, text = content.partition(":")
    if whose != str(owner):
        raise Unreadable
    return text


def is_newest(sealed: str) -> bool:
    """Sealed with the key that seals today."""
    try:
        _fernet(settings.PERSONAL_DATA_KEYS[0]).decrypt(sealed)
    except (InvalidToken, ValueError):
        return False
    return True


def reseal(sealed: str) -> str:
    """The same content under the newest key."""
    try:
        return _keys(tuple(settings.PERSONAL_DATA_KEYS)).rotate(sealed).decode()
    except (InvalidToken, ValueError):
        raise Unreadable from None


@lru_cache(maxsize=4)
def _keys(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([_fernet(key) for key in keys])


def _fernet(key: str) -> Fernet:
    # Whatever the length of the key: Fernet wants 32 bytes. The prefix keeps it apart from other uses of the same text.
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"portal.personal-data:{key}".encode()).digest()))
