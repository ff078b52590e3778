"""What a receipt says, and the public keys that prove it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db import transaction

from submissions import signing
from submissions.enums import ReceiptRule
from submissions.models import Receipt, ReceiptKey

# Keys whose rows this process has seen.
_kept: set[str] = set()


def forget() -> None:
    """For tests, which take back what they have kept."""
    _kept.clear()


def signed(receipt: Receipt, rule: ReceiptRule, registered: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The document of a receipt that is about to be kept. ``registered``: files whose hash stands for them so far."""
    _keep_public_key()
    version = receipt.version
    entry, text = version.submission, version.topic_revision
    competition = entry.team.competition
    return signing.sign(
        {
            "id": str(receipt.public_id),
            "entry": entry.number,
            "version": version.number,
            "competition": {"name": competition.name, "year": competition.year},
            "track": {"number": entry.track.number, "name": entry.track.name},
            "topic": {"number": entry.topic.number, "revision": text.number, "title": text.title},
            "form_sha256": version.form_sha256,
            "files": receipt.files,
            **({"registered": list(registered)} if registered else {}),
            "received_at": instant(receipt.received_at),
            "committed_at": instant(receipt.committed_at),
            "rule": str(rule),
        }
    )


def check_receipt(text: str | bytes) -> signing.Finding:
    """By every key that has ever signed here; nothing else is looked up."""
    return signing.check(text, public_keys())


def public_keys() -> dict[str, bytes]:
    kept = {key.key_id: bytes.fromhex(key.public_key) for key in ReceiptKey.objects.all()}
    return {**signing.configured_keys(), **kept}


def _keep_public_key() -> None:
    public = signing.newest_key()
    name = signing.key_id(public)
    if name in _kept:
        return
    if not ReceiptKey.objects.filter(key_id=name).exists():
        # Whoever signs first with a new key at the same moment adds the same row.
        ReceiptKey.objects.bulk_create([ReceiptKey(key_id=name, public_key=public.hex())], ignore_conflicts=True)
    # No row of that table is ever taken away again, so a process asks once.
    transaction.on_commit(partial(_kept.add, name))


def instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
