"""What the portal knows: read from its database and its store, in the shape that the journal is compared with."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from portal.core import files
from portal.core.models import IdempotencyKey, StoredFile
from portal.notifications.enums import OutboxStatus
from portal.notifications.models import Outbox
from submissions.canonical import sha256_of
from submissions.enums import Verdict
from submissions.models import Attachment, Receipt, SubmissionVersion, TeamMember
from submissions.services.receipts import check_receipt


@dataclass(frozen=True)
class Booked:
    """A receipt in the database, with what was found when all that it speaks of was looked at again."""

    entry: str
    document: dict[str, Any]
    faults: tuple[str, ...] = ()


@dataclass
class Books:
    receipts: dict[str, Booked] = field(default_factory=dict)
    # (person, key) -> the receipt that the key's row points to
    keys: dict[tuple[int, str], str] = field(default_factory=dict)
    versions: Counter[str] = field(default_factory=Counter)
    # (entry, hash) of each file whose bytes are there and have that hash
    files: set[tuple[str, str]] = field(default_factory=set)
    # What the outbox lacks, and what left it more often than once.
    unsent: list[str] = field(default_factory=list)
    sent_twice: int = 0
    waiting: int = 0


def read(mails: Path | None = None) -> Books:
    """``mails``: one Message-ID a line, as the mail server that stood by has noted them."""
    books = Books()
    intact = {stored.pk: files.is_intact(stored) for stored in StoredFile.objects.all()}
    _read_receipts(books, intact)
    _read_keys(books)
    books.versions.update(_entries(SubmissionVersion.objects.values_list("submission__public_id", flat=True)))
    stored = Attachment.objects.values_list("submission__public_id", "file__sha256", "file")
    books.files.update((str(entry), sha256) for entry, sha256, pk in stored if intact[pk])
    _read_outbox(books, mails)
    return books


def _entries(found: Iterable[Any]) -> list[str]:
    return [str(each) for each in found]


def _read_receipts(books: Books, intact: dict[int, bool]) -> None:
    rows = Receipt.objects.select_related("version__submission")
    for receipt in rows.prefetch_related("version__attachments__file"):
        entry = str(receipt.version.submission.public_id)
        faults = tuple(_faults(receipt, intact))
        books.receipts[str(receipt.public_id)] = Booked(entry, receipt.document or {}, faults)


def _faults(receipt: Receipt, intact: dict[int, bool]) -> Iterable[str]:
    version, said = receipt.version, (receipt.document or {}).get("receipt", {})
    if check_receipt(json.dumps(receipt.document)).verdict != Verdict.GENUINE:
        yield "its signature doesn't hold"
    if not version.form_sha256 == sha256_of(version.form) == said.get("form_sha256"):
        yield "its form has another hash"
    attached = [(each.name, each.file.size, each.file.sha256) for each in version.attachments.all()]
    # What was registered follows after the receipt.
    followed = {each["sha256"] for each in said.get("registered", [])}
    attached = [each for each in attached if each[2] not in followed]
    if sorted(attached) != sorted((each["name"], each["size"], each["sha256"]) for each in said.get("files", [])):
        yield "its version has other files"
    if not all(intact[each.file_id] for each in version.attachments.all()):
        yield "a file of it is damaged"


def _read_keys(books: Books) -> None:
    names = {pk: str(public_id) for pk, public_id in Receipt.objects.values_list("pk", "public_id")}
    for row in IdempotencyKey.objects.filter(action="submit"):
        books.keys[row.actor_id, row.key] = names.get(row.result_id or 0, "")


def _read_outbox(books: Books, mails: Path | None) -> None:
    status = dict(Outbox.objects.values_list("key", "status"))
    members: dict[int, list[int]] = {}
    for team, user in TeamMember.objects.values_list("team", "user"):
        members.setdefault(team, []).append(user)
    of_receipts = Receipt.objects.values_list("pk", "version__submission__team")
    owed = [f"submitted:{pk}:{user}" for pk, team in of_receipts for user in members[team]]
    books.unsent = [f"no row {key}" for key in owed if key not in status]
    books.unsent += [f"given up: {key}" for key, state in status.items() if state == OutboxStatus.DEAD]
    books.waiting = sum(state == OutboxStatus.WAITING for state in status.values())
    if mails is not None:
        left = Counter(mails.read_text().split())
        done = [key for key in owed if status.get(key) == OutboxStatus.DONE]
        books.unsent += [f"never left: {key}" for key in done if not left[message_id(key)]]
        books.sent_twice = sum(max(0, left[message_id(key)] - 1) for key in owed)


def message_id(key: str) -> str:
    host = urlsplit(settings.CANONICAL_URL).hostname or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{host}>"
