"""The near end of the steward: ask, and wait for what came of it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.load.house import ROOT, House, HouseError, open_house
from portal.core.processes import die_with_parent


class Steward:
    def __init__(self, process: subprocess.Popen) -> None:
        self.process = process

    def ask(self, name: str, *arguments: Any, **options: Any) -> Any:
        if self.process.stdin is None or self.process.stdout is None:
            raise HouseError("the steward has no ears")
        self.process.stdin.write(json.dumps([name, arguments, options]) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        answer = json.loads(line or '{"error": "the steward is gone"}')
        if "error" in answer:
            raise HouseError(f"{name}: {answer['error']}")
        return answer["value"]

    async def asked(self, name: str, *arguments: Any, **options: Any) -> Any:
        return await asyncio.to_thread(self.ask, name, *arguments, **options)


@contextmanager
def steward(house: House) -> Iterator[Steward]:
    environment = {**house.environment, "PORTAL_FAILPOINTS": ""}
    with (house.folder / "steward.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.load.steward"], cwd=ROOT, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, start_new_session=True,
            preexec_fn=die_with_parent,
        )  # fmt: skip
    try:
        made = Steward(process)
        made.ask("furnish")
        open_house(house)
        yield made
    finally:
        process.terminate()
        process.wait(timeout=30)
