"""Several processes that live and die together."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

logger = logging.getLogger(__name__)

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.2
GRACE_SECONDS = 5.0
# A child that falls over this often within this time will not get better by being started once more.
DEATHS_ALLOWED, DEATHS_WINDOW = 3, 30.0


class ChildGaveUpError(Exception):
    """A child keeps dying; the message is for people."""


def die_with_parent(number: signal.Signals = signal.SIGTERM) -> None:
    """To be called in a child: even a parent that was killed leaves no orphan behind (on Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)


class Child:
    def __init__(self, name: str, command: Sequence[str], *, folder: Path, environment: Mapping[str, str]) -> None:
        self.name, self.command, self.folder, self.environment = name, command, folder, environment
        self.deaths: list[float] = []
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            cwd=self.folder,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            # A session of its own: Ctrl-C reaches the parent alone, which then stops everyone in order.
            start_new_session=True,
            preexec_fn=die_with_parent,
        )

    def is_running(self) -> bool:
        return self.process.poll() is None

    def kill_group(self) -> None:
        """Whatever this child has started and left behind."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def restart(self) -> None:
        now = time.monotonic()
        self.deaths = [death for death in self.deaths if now - death < DEATHS_WINDOW] + [now]
        if len(self.deaths) > DEATHS_ALLOWED:
            raise ChildGaveUpError(
                f"The {self.name} process ended {len(self.deaths)} times within {DEATHS_WINDOW:.0f} seconds "
                f"(exit code {self.process.returncode}); its own words stand above."
            )
        logger.warning("The %s process ended with code %s; starting it again.", self.name, self.process.returncode)
        self.kill_group()
        self.start()


class Supervisor:
    """Starts commands, starts them again when they die, and leaves none running."""

    def __init__(self, commands: Mapping[str, Sequence[str]], *, folder: Path, environment: Mapping[str, str]) -> None:
        self.commands, self.folder, self.environment = commands, folder, environment
        self.children: list[Child] = []
        self.stopping = threading.Event()

    def run(self, *, ready: Callable[[], bool], when_ready: Callable[[], None]) -> None:
        """Start the first command and, once it is ``ready``, the others; run until a signal comes."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            first, *others = self.commands
            self._start(first)
            is_ready = False
            while not self.stopping.wait(POLL_SECONDS):
                self._restart_the_dead()
                if not is_ready and (is_ready := ready()):
                    when_ready()
                    self._start(*others)
        finally:
            self.stop()

    def stop(self) -> None:
        """Ask politely, wait a little, then insist."""
        for child in self.children:
            child.process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for child in self.children:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(timeout=max(0.0, deadline - time.monotonic()))
        for child in self.children:
            child.kill_group()
            child.process.wait()

    def _start(self, *names: str) -> None:
        for name in names:
            child = Child(name, self.commands[name], folder=self.folder, environment=self.environment)
            self.children.append(child)

    def _restart_the_dead(self) -> None:
        for child in self.children:
            if not child.is_running() and not self.stopping.is_set():
                child.restart()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stopping.set()
