"""The file cache of one machine: what several processes do to it at once."""

from __future__ import annotations

import multiprocessing
import time
from pathlib import Path

import pytest
from django.core.cache.backends.filebased import FileBasedCache

from portal.core.caches import SharedFileCache
from tests.race import race

PROCESSES, ROUNDS = 4, 150


class SlowToWrite(FileBasedCache):
    """Django's own, with room between looking and writing."""

    def has_key(self, key, version=None):
        found = super().has_key(key, version)
        self._list_cache_files()
        return found


def win(kind, folder, line, wins):
    cache = kind(folder, {})
    for number in range(ROUNDS):
        line.wait(60)
        if cache.add(f"lock-{number}", 1, 60):
            wins.put(number)


def wins_of(kind, folder):
    context = multiprocessing.get_context("fork")
    line, wins = context.Barrier(PROCESSES), context.Queue()
    workers = [context.Process(target=win, args=(kind, folder, line, wins)) for _ in range(PROCESSES)]
    for worker in workers:
        worker.start()
    found = []
    while any(worker.is_alive() for worker in workers) or not wins.empty():
        while not wins.empty():
            found.append(wins.get())
    for worker in workers:
        worker.join()
    return sorted(found)


def test_of_processes_that_add_one_key_one_succeeds(tmp_path):
    assert wins_of(SharedFileCache, str(tmp_path)) == list(range(ROUNDS))


def test_without_the_lock_several_succeed(tmp_path):
    """The race that the lock is for: Django's own cache shows it."""
    assert len(wins_of(SlowToWrite, str(tmp_path))) > ROUNDS


def test_of_threads_that_add_one_key_one_succeeds(tmp_path):
    cache = SharedFileCache(str(tmp_path), {})

    assert sorted(race([lambda: cache.add("lock", 1, 60)] * 8)) == [False] * 7 + [True]


def test_an_expired_key_may_be_added_again(tmp_path, time_machine):
    cache = SharedFileCache(str(tmp_path), {})
    cache.add("lock", 1, 10)
    time_machine.move_to(time.time() + 11)

    assert cache.add("lock", 1, 10)


def test_many_entries_push_none_out(tmp_path):
    cache = SharedFileCache(str(tmp_path), {})
    for number in range(400):
        cache.set(f"counter-{number}", number, 60)

    assert [cache.get(f"counter-{number}") for number in range(400)] == list(range(400))


def test_what_has_expired_is_swept_in_time(tmp_path, time_machine):
    cache = SharedFileCache(str(tmp_path), {})
    cache.set("counter", 1, 10)
    time_machine.move_to(time.time() + 3600)
    Path(tmp_path, "swept").unlink()
    cache.set("other", 1, 10)

    assert len(list(tmp_path.glob("*.djcache"))) == 1


@pytest.mark.parametrize("timeout", [None, 60])
def test_what_was_kept_is_read_back(tmp_path, timeout):
    cache = SharedFileCache(str(tmp_path), {})
    cache.set("name", ["值"], timeout)

    assert SharedFileCache(str(tmp_path), {}).get("name") == ["值"]
