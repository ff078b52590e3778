"""Entries and tracks as they stay until the transaction ends."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.core.errors import Missing
from portal.core.locks import is_alone
from submissions import asking
from submissions.models import Submission
from tracks.models import Track


class NoOwnEntry(Missing):
    def __init__(self) -> None:
        super().__init__(_("There is no such entry."))


def lock_submission(submission: Submission) -> Submission:
    """Whoever submits, withdraws or decides queues here.

    No key is locked, here and wherever a row is locked before the audit trail: PostgreSQL looks foreign keys up
    at the commit, and whoever adds a row that points here would wait for us with the trail in their hands.
    It is read after the lock: joined with its track in one query, an entry that follows its topic to another track
    meanwhile would be found nowhere.
    """
    _lock(submission.pk)
    return asking.held(submission.pk)


def lock_to_submit(entry: Submission | uuid.UUID, *, actor: Any) -> Submission:
    """The same, with all that a submit asks about it; one that is named by its address has to be the actor's own."""
    if isinstance(entry, Submission):
        _lock(entry.pk)
        return asking.held_to_submit(entry.pk)
    if is_alone():
        found = asking.held_by_address(actor, entry)
    else:
        own = asking.locked_own().first(user=actor.pk, entry=entry)
        found = asking.held_to_submit(own) if own else None
    if found is None:
        raise NoOwnEntry
    return found


def lock_team(pk: int) -> None:
    """Whoever wants room for a file queues here."""
    if not is_alone():
        asking.locked_team().first(team=pk)


def lock_track(track: Track) -> Track:
    """Whoever gives out an entry number queues here."""
    if is_alone():
        # It is as it was read in this transaction.
        return track
    return Track.objects.select_for_update(no_key=True).get(pk=track.pk)


def _lock(pk: int) -> None:
    if not is_alone():
        Submission.objects.select_for_update(no_key=True).values_list("pk").get(pk=pk)
