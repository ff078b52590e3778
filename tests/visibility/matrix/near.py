"""Entries that resemble each other: for whoever runs the track of one of them, and is in neither team."""

from __future__ import annotations

from tests.visibility.actors import RUN_1, RUN_BETA, RUN_SOME, TEAM_A
from tests.visibility.lines import Line, get, post
from tests.visibility.matrix.rows import GAMMA

LINES: list[Line] = [
    get("submissions:near_report", "alpha.slug", "rival.title", shown=RUN_1, empty=RUN_SOME - RUN_1),
    get("submissions:near_report", "beta.slug", "beta_entry.title", shown=RUN_BETA),
    get("submissions:near_report", "gamma.slug", shown=GAMMA),
    get("submissions:near_pair", "alpha.slug,near.pk", "submitted.title", shown=RUN_1 - TEAM_A),
    get("submissions:near_pair", "alpha.slug,near_across.pk", "rival.title", shown=RUN_1),
    get("submissions:near_pair", "beta.slug,near_across.pk", "beta_entry.title", shown=RUN_BETA),
    post("submissions:near_pair", "alpha.slug,near.pk", let_in=RUN_1 - TEAM_A, data={"versions": "{near.versions}"}),
]
