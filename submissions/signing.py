"""Receipts as documents that anybody can check: canonical JSON under an Ed25519 signature.

The private halves come from ``RECEIPT_KEYS`` and are kept nowhere else. A key is called by the beginning of the
SHA-256 of its public half, so the name in a receipt can stand for no other key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from submissions.canonical import canonical_json
from submissions.enums import Verdict

KIND, FORMAT = "submission-receipt", 1
LONGEST = 64 * 1024


@dataclass(frozen=True)
class Finding:
    verdict: Verdict
    # What the receipt says; empty unless it is genuine, so that no page repeats what somebody made up.
    receipt: Mapping[str, Any] = field(default_factory=dict)


def sign(content: Mapping[str, Any]) -> dict[str, Any]:
    """``content`` under the newest key, as the document that the team keeps."""
    private = _private(settings.RECEIPT_KEYS[0])
    receipt = {"kind": KIND, "format": FORMAT, "key": key_id(_raw(private)), **content}
    signature = private.sign(canonical_json(receipt))
    return {"receipt": receipt, "signature": base64.b64encode(signature).decode()}


def newest_key() -> bytes:
    """The public half of the key that signs now."""
    return _raw(_private(settings.RECEIPT_KEYS[0]))


def configured_keys() -> dict[str, bytes]:
    public = [_raw(_private(key)) for key in settings.RECEIPT_KEYS]
    return {key_id(each): each for each in public}


def key_id(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:16]


def check(text: str | bytes, keys: Mapping[str, bytes]) -> Finding:
    """What ``text`` is worth, going by the public ``keys`` alone."""
    document = _parsed(text)
    receipt = document.get("receipt") if isinstance(document, dict) else None
    if not isinstance(receipt, dict) or receipt.get("kind") != KIND:
        return Finding(Verdict.UNREADABLE)
    signature = document.get("signature")
    if not signature:
        return Finding(Verdict.UNSIGNED)
    public = keys.get(str(receipt.get("key")))
    if public is None:
        return Finding(Verdict.FOREIGN)
    return Finding(Verdict.GENUINE, receipt) if _holds(public, receipt, signature) else Finding(Verdict.ALTERED)


def _holds(public: bytes, receipt: dict[str, Any], signature: object) -> bool:
    try:
        signed = base64.b64decode(str(signature), validate=True)
        Ed25519PublicKey.from_public_bytes(public).verify(signed, canonical_json(receipt))
    except (InvalidSignature, binascii.Error, ValueError):
        # Also half of a surrogate pair, which no receipt of ours has and no UTF-8 can hold.
        return False
    return True


def _parsed(text: str | bytes) -> Any:
    if len(text) > LONGEST:
        return None
    try:
        words = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
        return json.loads(words, object_pairs_hook=_each_once)
    except (ValueError, RecursionError):
        return None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name said twice reads one way to people and another way to programs."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands there twice")
    return found


@lru_cache(maxsize=16)
def _private(key: str) -> Ed25519PrivateKey:
    # Whatever the length of the key: Ed25519 wants 32 bytes. The prefix keeps it apart from other uses.
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"portal.receipts:{key}".encode()).digest())


def _raw(private: Ed25519PrivateKey) -> bytes:
    return private.public_key().public_bytes_raw()
