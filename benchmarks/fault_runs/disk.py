"""The disk of the files is full at random moments: a file system of its own, small enough to be filled."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.deadline import Game
from benchmarks.fault_runs.common import Fault, Found, a_moment, while_they_hand_in
from benchmarks.load.profiles import Mix

# The portal keeps 256 MB free for others; of the rest the fault takes most.
SIZE_MB = 400
SENT = 1_000_000


@contextmanager
def small() -> Iterator[dict[str, str]]:
    """Where files are stored from now on; the portal's own folder for whoever may not mount."""
    with tempfile.TemporaryDirectory(prefix="portal-small-") as folder:
        Path(folder).chmod(0o755)
        command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", folder]
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
        if mounted.returncode:
            yield {}
            return
        try:
            yield {"STORAGE_URL": f"file://{folder}/files", "SMALL_DISK": folder}
        finally:
            subprocess.run(["umount", "--lazy", folder], check=False)


async def full(game: Game, rounds: int) -> Found:
    """With next to nothing left; then there is room again, and nobody starts anything anew."""
    if "SMALL_DISK" not in game.house.environment:
        return Found(["left out: who runs this may not mount a small disk"])
    disk = Path(game.house.environment["SMALL_DISK"])
    ballast, found = disk / "ballast", Found()

    async def fill() -> None:
        for _round in range(rounds):
            await a_moment(game, 1.0)
            _fill(ballast, shutil.disk_usage(disk).free - game.dice.randrange(2 * SENT))
            before = game.ground.figures.count("submit")
            await a_moment(game, 2.0)
            found.words.append(f"{game.ground.figures.count('submit') - before}")
            ballast.unlink()

    await while_they_hand_in(game, Mix(submits=3.0, uploads=4.0, upload_size=SENT), fill())
    submits = sum(int(each) for each in found.words)
    refused = game.ground.figures.wrong
    no_room = refused["upload"]["507"] + refused["upload begin"]["507"]
    found.words = [f"{submits} submits while the disk was full, {no_room} uploads were told that there is no room"]
    if wrong := {kind: count for kind, count in refused["submit"].items() if kind != "broken"}:
        found.problems.append(f"submits went wrong: {wrong}")
    return found


def _fill(path: Path, size: int) -> None:
    """Uploads that came since the room was looked at may have taken some of it; then the disk is full as well."""
    with path.open("wb") as ballast:
        try:
            os.posix_fallocate(ballast.fileno(), 0, max(1, size))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise


FAULTS = [Fault("F11", "the disk of the files is full", full)]
