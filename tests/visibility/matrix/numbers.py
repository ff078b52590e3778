"""Intake and screening in numbers, and what leaves as a table or an archive: of one's own tracks."""

from tests.visibility.actors import RUN_1, RUN_2, RUN_BETA, RUN_SOME, people
from tests.visibility.lines import get

GAMMA = people("OR TI SU SE")

LINES = [
    get("submissions:numbers", "alpha.slug", "track1.name", shown=RUN_1, empty=RUN_SOME - RUN_1),
    get("submissions:numbers", "alpha.slug", query="?track={track1.number}", shown=RUN_1),
    get("submissions:numbers", "beta.slug", shown=RUN_BETA),
    get("submissions:numbers", "gamma.slug", shown=GAMMA),
    get("submissions:export_entries", "alpha.slug,=csv", "submitted.title", shown=RUN_1, empty=RUN_SOME - RUN_1),
    get("submissions:export_entries", "alpha.slug,=csv", "elsewhere.title", shown=RUN_2, empty=RUN_SOME - RUN_2),
    get("submissions:export_entries", "alpha.slug,=csv", "draft.title", empty=RUN_SOME),
    get("submissions:export_entries", "alpha.slug,=xlsx", shown=RUN_SOME),
    get("submissions:export_entries", "beta.slug,=csv", "beta_entry.title", shown=RUN_BETA),
    get("submissions:export_files", "alpha.slug", "submitted.content", shown=RUN_1, empty=RUN_SOME - RUN_1),
    get("submissions:export_files", "alpha.slug", "submitted.newer.content", empty=RUN_SOME),
    get("submissions:export_files", "beta.slug", "beta_entry.file", shown=RUN_BETA),
]
