"""A bell that nobody waits for: a broker that takes seconds to answer, or never does, holds up no request."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

# In seconds, between two pulls of one process. In a rush a pull finds what all have rung for meanwhile.
PAUSE = 0.5


class Bell:
    """Pulls in a thread of its own. Whoever rings meanwhile, or soon after, is heard by one more pull."""

    def __init__(self, pull: Callable[[], None], *, pause: float = PAUSE):
        self.pull, self.pause = pull, pause
        self._lock, self._nobody = threading.Lock(), threading.Event()
        self._is_ringing = self._again = False
        os.register_at_fork(after_in_child=self._forget)

    def ring(self) -> None:
        with self._lock:
            self._again = self._is_ringing
            if self._is_ringing:
                return
            self._is_ringing = True
        try:
            threading.Thread(target=self._ring, name="bell").start()
        except BaseException:
            with self._lock:
                self._is_ringing = self._again = False
            raise

    def _ring(self) -> None:
        more = True
        while more:
            self.pull()
            self._nobody.wait(self.pause)
            with self._lock:
                more = self._is_ringing = self._again
                self._again = False

    def _forget(self) -> None:
        """The thread stays behind when a process forks."""
        self._lock, self._nobody = threading.Lock(), threading.Event()
        self._is_ringing = self._again = False
