"""The matrix: who gets what, by app. One line a row; ``tests.visibility.lines`` has the words."""

from tests.visibility.lines import Family, Line
from tests.visibility.matrix import (
    accounts,
    judging,
    near,
    numbers,
    registered,
    screening,
    shortlist,
    site,
    submissions,
    tracks,
)

PARTS = (site, accounts, tracks, submissions, screening, shortlist, near, registered, numbers, judging)
LINES: list[Line] = [line for part in PARTS for line in part.LINES]
FAMILIES: list[Family] = [family for part in PARTS for family in getattr(part, "FAMILIES", ())]
