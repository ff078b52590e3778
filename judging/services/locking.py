"""Every deed in judging takes its locks in one order: round, competition or rubric, assignments, audit trail.

So a close waits for the scores that are being handed in, and scores that come after it find it closed.
"""

from __future__ import annotations

from judging.models import Assignment, Round, Rubric
from tracks.models import Competition


def lock_round(pk: int) -> Round:
    rounds = Round.objects.select_for_update(of=("self",), no_key=True).select_related("competition", "rubric")
    return rounds.get(pk=pk)


def lock_competition(pk: int) -> Competition:
    """Taken with the round when something is numbered through all rounds of a competition."""
    return Competition.objects.select_for_update(no_key=True).get(pk=pk)


def lock_rubric(pk: int) -> Rubric:
    return Rubric.objects.select_for_update(of=("self",), no_key=True).select_related("competition").get(pk=pk)


def lock_assignment(pk: int) -> Assignment:
    """The assignment, after its round."""
    assignments = Assignment.objects.select_related("judge", "submission")
    judged = lock_round(assignments.values_list("round_id", flat=True).get(pk=pk))
    assignment = assignments.select_for_update(of=("self",), no_key=True).get(pk=pk)
    assignment.round = judged
    return assignment
