"""What a team does in the last hour: look, write, send a file, press the button, press it again."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import random
import re
import time
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from benchmarks.load.figures import Figures
from benchmarks.load.journal import BROKEN, BUSY, LATE, RECEIPT, REFUSED, Attempt, Kept, Sent, Writer
from benchmarks.load.wire import Answer, BrokenLineError, Line, Pace

HIDDEN = re.compile(rb'<input type="hidden" name="(\w+)" value="([^"]*)"')
RECEIPT_PATH = re.compile(r"/submissions/receipts/([0-9a-f-]{36})/$")
TUS = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HEAD = b"%PDF-1.7\n"
LOGIN = "/accounts/login/"


@dataclass
class Field:
    """Where all teams play."""

    line: Line
    journal: Writer
    figures: Figures
    dice: random.Random
    # How long somebody tries again whose line broke or who was told to come back.
    patience: float = 90.0


@dataclass
class Team:
    field: Field
    known: dict[str, Any]
    is_busy: bool = False
    sections: dict[str, int] = field(default_factory=dict)

    @property
    def entry(self) -> str:
        return str(self.known["entry"])

    @property
    def path(self) -> str:
        return f"/submissions/{self.entry}/"

    async def look(self, step: str, path: str) -> Answer | None:
        """None where the page didn't come, which the figures then tell."""
        return await self._step(step, "GET", path)

    async def open_form(self) -> None:
        await self.look("GET form", self.path)

    async def save(self) -> None:
        """What the page does every twenty seconds while somebody writes."""
        version = self.sections.get("abstract", self.known["abstract_version"])
        body = json.dumps({"value": f"第 {uuid.uuid4().hex} 稿", "version": version}).encode()
        headers = self._writing({"Content-Type": "application/json"})
        answer = await self._step("autosave", "POST", f"{self.path}sections/abstract/", headers, body)
        if answer is not None and answer.status == 200:
            self.sections["abstract"] = json.loads(answer.body)["version"]

    async def upload(self, size: int, *, pace: Pace | None = None, slot: str = "evidence") -> bool:
        """One file through the resumable way; goes on where it was when the line breaks."""
        content = HEAD + os.urandom(size - len(HEAD))
        named = {"filename": f"{uuid.uuid4().hex}.pdf", "entry": self.entry, "slot": slot}
        said = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in named.items())
        headers = self._writing({**TUS, "Upload-Length": str(size), "Upload-Metadata": said})
        stop = time.time() + self.field.patience
        while (begun := await self._step("upload begin", "POST", "/api/v1/uploads/", headers)) is None:
            if time.time() > stop:
                return False
            await asyncio.sleep(0.3)
        if begun is None or begun.status != 201:
            return False
        at = urlsplit(begun.headers["location"]).path
        if not await self._send(at, content, pace):
            return False
        self.field.journal.note(Sent(self.entry, hashlib.sha256(content).hexdigest(), size, slot))
        return True

    async def _send(self, at: str, content: bytes, pace: Pace | None) -> bool:
        stop, offset = time.time() + self.field.patience, 0
        while time.time() < stop:
            headers = self._writing({**TUS, "Upload-Offset": str(offset)})
            step = "upload slow" if pace else "upload"
            answer = await self._step(step, "PATCH", at, headers, content[offset:], pace=pace, since_last_byte=True)
            if answer is not None and answer.status == 204:
                return True
            known, heard = offset, await self._offset(at)
            offset = known if heard is None else heard
            # Whoever heard nothing knows no better yet where it goes on.
            is_elsewhere = answer is not None and answer.status == 409 and heard != known
            if answer is not None and answer.status not in {423, 500, 503, 507} and not is_elsewhere:
                return False
            await asyncio.sleep(0.3)
        return False

    async def _offset(self, at: str) -> int | None:
        answer = await self._step("upload ask", "HEAD", at, self._writing(TUS))
        told = answer.headers.get("upload-offset") if answer is not None else None
        return int(told) if told is not None else None

    async def check(self) -> dict[str, str] | None:
        """The last look before submitting: the hidden fields of its form, None where it has none."""
        answer = await self.look("GET last look", f"{self.path}submit/")
        if answer is None:
            return None
        fields = {name.decode(): value.decode() for name, value in HIDDEN.findall(answer.body)}
        wanted = ("expected_version", "topic_revision", "idempotency_key")
        return {name: fields[name] for name in wanted} if set(wanted) <= set(fields) else None

    def fields_from_memory(self) -> dict[str, str]:
        """Of a page that was opened before the load began."""
        return {
            "expected_version": str(self.known["draft_version"]),
            "topic_revision": str(self.known["revision"]),
            "idempotency_key": uuid.uuid4().hex,
        }

    async def press(self, fields: dict[str, str], *, step: str = "submit", hang_up_after: float | None = None) -> str:
        """Submit, and again with the same key until there is an answer. With ``hang_up_after`` the first time in vain.

        Returns the receipt's id, or "" for somebody who was refused.
        """
        pressed, pause = time.time(), 0.3
        while True:
            attempt = await self._attempt(fields, hang_up_after)
            hang_up_after = None
            self.field.journal.note(attempt)
            if attempt.outcome not in {BROKEN, BUSY}:
                self.field.figures.note(step, time.time() - pressed)
                if attempt.outcome != RECEIPT:
                    self.field.figures.fault(step, f"{attempt.outcome} ({attempt.status})")
                return attempt.receipt
            self.field.figures.fault(step, attempt.outcome if attempt.status == 0 else str(attempt.status))
            if time.time() - pressed > self.field.patience:
                return ""
            await asyncio.sleep(pause * self.field.dice.uniform(0.5, 1.5))
            pause = min(2.0, pause * 1.5)

    async def double_click(self, fields: dict[str, str], *, step: str = "submit") -> str:
        first, _second = await asyncio.gather(self.press(fields, step=step), self.press(fields, step=step))
        return first

    async def keep(self, receipt: str, key: str) -> None:
        """The page that the button leads to, and the document that anybody can check."""
        path = f"/submissions/receipts/{receipt}/"
        await self.look("GET receipt", path)
        answer = await self.look("GET receipt file", f"{path}receipt.json")
        if answer is not None and answer.status == 200:
            self.field.journal.note(Kept(self.entry, key, json.loads(answer.body)))

    async def _attempt(self, fields: dict[str, str], hang_up_after: float | None) -> Attempt:
        captain, key = self.known["captain"], fields["idempotency_key"]
        body = urlencode({**fields, "csrfmiddlewaretoken": captain["csrf"]}).encode()
        headers = self._cookies(FORM)
        try:
            answer = await self.field.line.ask(
                "POST", f"{self.path}submit/", headers=headers, body=body, hang_up_after=hang_up_after
            )
        except BrokenLineError as error:
            return Attempt(self.entry, captain["user"], key, error.sent, time.time(), BROKEN)
        outcome, receipt = _outcome(answer)
        return Attempt(self.entry, captain["user"], key, answer.sent, answer.ended, outcome, answer.status, receipt)

    async def _step(
        self,
        step: str,
        method: str,
        path: str,
        headers: dict[str, str] | None = None,
        body: bytes = b"",
        *,
        pace: Pace | None = None,
        since_last_byte: bool = False,
    ) -> Answer | None:
        began = time.time()
        try:
            answer = await self.field.line.ask(
                method, path, headers=headers or self._cookies({}), body=body, pace=pace, patience=180 if pace else 60
            )
        except BrokenLineError as error:
            self.field.figures.fault(step, error.why)
            return None
        self.field.figures.note(step, answer.ended - (answer.last_byte if since_last_byte else began))
        if answer.status >= 400 or answer.headers.get("location", "").startswith(LOGIN):
            self.field.figures.fault(step, str(answer.status))
        return answer

    def _writing(self, headers: dict[str, str]) -> dict[str, str]:
        return self._cookies({**headers, "X-CSRFToken": self.known["captain"]["csrf"]})

    def _cookies(self, headers: dict[str, str]) -> dict[str, str]:
        prefix = "__Host-" if self.field.line.is_stamped else ""
        captain = self.known["captain"]
        said = f"{prefix}session={captain['session']}; {prefix}csrf={captain['csrf']}"
        return {**headers, "Cookie": said}


def _outcome(answer: Answer) -> tuple[str, str]:
    location = answer.headers.get("location", "")
    if answer.status == 302 and (found := RECEIPT_PATH.search(location)):
        return RECEIPT, found[1]
    if answer.status == 302 and not location.startswith(LOGIN):
        # What came after the end is kept as late, and its page says so.
        return LATE, ""
    if answer.status >= 500 or answer.status == 429:
        return BUSY, ""
    return REFUSED, ""
