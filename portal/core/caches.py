"""The cache of a portal on one machine: files, shared by its processes, safe to count in."""

from __future__ import annotations

import fcntl
import os
import pickle  # nosec B403 # for what this process's own siblings have written
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache

LOCKS = 16
SWEPT_EVERY = 60


class SharedFileCache(FileBasedCache):
    """Django's own, but of many who ``add`` a key at once one succeeds, and nothing goes before its time.

    The limiter's locks and the codes that are good for once are such keys. Django looks first and writes then, and
    beyond 300 entries throws a third of them away, whoever's they are: enough requests would reset every counter.
    """

    # Django's own, which its type stubs leave out.
    _dir: str
    _key_to_file: Any
    _list_cache_files: Any
    _createdir: Any
    _delete: Any

    def add(self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        self._sweep_at_times()
        with self._alone(self._key_to_file(key, version)):
            if self.has_key(key, version):
                return False
            super().set(key, value, timeout, version)
        return True

    def set(self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._sweep_at_times()
        with self._alone(self._key_to_file(key, version)):
            super().set(key, value, timeout, version)

    def _cull(self) -> None:
        """Nothing to make room for: what has expired is swept, the rest counts."""

    def _is_expired(self, file: IO[bytes]) -> bool:
        """Django deletes here what has expired, which may by then be what another process has just written."""
        try:
            expires_at = pickle.load(file)  # noqa: S301 # nosec B301 # written by this class, in a folder of our own
        except EOFError:
            return True
        return expires_at is not None and expires_at < time.time()

    def _sweep_at_times(self) -> None:
        stamp = Path(self._dir, "swept")
        if stamp.exists() and time.time() - stamp.stat().st_mtime < SWEPT_EVERY:
            return
        self._createdir()
        stamp.touch()
        for name in self._list_cache_files():
            with self._alone(name):
                try:
                    with Path(name).open("rb") as file:
                        is_expired = self._is_expired(file)
                except FileNotFoundError:
                    continue
                if is_expired:
                    self._delete(name)

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        self._createdir()
        number = zlib.crc32(Path(name).name.encode()) % LOCKS
        handle = os.open(Path(self._dir, f"lock-{number:02}"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
