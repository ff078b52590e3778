"""Nobody waits for the broker."""

import os
import threading

import pytest

from portal.notifications.bell import Bell

PATIENCE = 60


def test_whoever_rings_does_not_wait_until_it_is_heard():
    is_heard, told = threading.Event(), threading.Event()

    def pull():
        is_heard.wait(PATIENCE)
        told.set()

    Bell(pull).ring()
    before = told.is_set()
    is_heard.set()

    assert (before, told.wait(PATIENCE)) == (False, True)


def test_whoever_rings_meanwhile_is_heard_once_more_however_many_they_are():
    may_go_on, pulls, done = threading.Semaphore(0), [], threading.Semaphore(0)

    def pull():
        pulls.append(1)
        done.release()
        may_go_on.acquire(timeout=PATIENCE)

    bell = Bell(pull)
    bell.ring()
    done.acquire(timeout=PATIENCE)
    bell.ring()
    bell.ring()
    may_go_on.release(2)
    done.acquire(timeout=PATIENCE)
    for thread in threading.enumerate():
        if thread.name == "bell":
            thread.join(PATIENCE)

    assert len(pulls) == 2


def test_who_rings_soon_after_a_pull_is_heard_by_the_next_however_many_they_are():
    pulled, pulls = threading.Semaphore(0), []

    def pull():
        pulls.append(1)
        pulled.release()

    bell = Bell(pull, pause=PATIENCE)
    bell.ring()
    pulled.acquire(timeout=PATIENCE)
    for _each in range(5):
        bell.ring()
    before = len(pulls)
    bell._nobody.set()  # as if the pause were over
    for thread in threading.enumerate():
        if thread.name == "bell":
            thread.join(PATIENCE)

    assert (before, len(pulls)) == (1, 2)


def test_where_no_thread_can_be_begun_it_can_be_rung_later(monkeypatch):
    pulls = threading.Semaphore(0)
    bell = Bell(pulls.release)
    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", lambda thread: os.read(-1, 1))
        with pytest.raises(OSError, match="Bad file"):
            bell.ring()
    bell.ring()

    assert pulls.acquire(timeout=PATIENCE)


def test_it_can_be_rung_again():
    pulls = threading.Semaphore(0)
    bell = Bell(pulls.release)
    for _each in range(2):
        bell.ring()
        for thread in threading.enumerate():
            if thread.name == "bell":
                thread.join(PATIENCE)

    assert [pulls.acquire(timeout=PATIENCE) for _each in range(2)] == [True, True]
