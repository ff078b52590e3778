"""Who screens what: organizers of its track, and nobody about an entry of their own team."""

from tests.visibility.actors import NOBODY, RUN_1, RUN_2, RUN_BETA, RUN_SOME, TEAM_A, people
from tests.visibility.lines import Line, get, post

GAMMA = people("OR TI SU SE")
# They decide about team A's entries, and are in no team of theirs.
SCREEN_1 = RUN_1 - TEAM_A


def screening(competition: str, label: str, *, screened_by: frozenset[str], insiders: frozenset[str]) -> list[Line]:
    """The page on which an entry is screened. Who runs the track and is in the team decides nothing about it."""
    at = f"+{competition}.slug,{label}.public_id"
    said = {"note-text": "x", "undo-reason": "x", "extend-reason": "x", "decide": "pass"}
    posts = ("screen_entry", "screen_undo", "screen_extend", "screen_note", "screen_claim")
    file = f"{at},{label}.sent.public_id"
    return [
        get("submissions:screen_entry", at, f"{label}.title", shown=screened_by, refused=insiders),
        get("submissions:screen_file", file, f"{label}.content", shown=screened_by, refused=insiders),
        *(post(f"submissions:{name}", at, let_in=screened_by, refused=insiders, data=said) for name in posts),
    ]


LINES = [
    get(
        "submissions:screening_queue",
        "alpha.slug",
        "submitted.title",
        query="?state=second_look",
        shown=SCREEN_1,
        empty=RUN_SOME - SCREEN_1,
    ),
    get("submissions:screening_queue", "alpha.slug", "elsewhere.title", shown=RUN_2, empty=RUN_SOME - RUN_2),
    get(
        "submissions:screening_queue",
        "alpha.slug",
        "returned.title",
        query="?state=returned",
        shown=SCREEN_1,
        empty=RUN_SOME - SCREEN_1,
    ),
    get("submissions:screening_queue", "beta.slug", "beta_entry.title", query="?state=passed", shown=RUN_BETA),
    get("submissions:screening_queue", "gamma.slug", shown=GAMMA),
    post("submissions:screening_next", "alpha.slug", let_in=RUN_SOME),
    get("submissions:screening_many", "alpha.slug", away=RUN_SOME),
    post("submissions:screening_many", "alpha.slug", let_in=RUN_SOME, data={"pick": "{submitted.public_id}:1"}),
    # Whoever proposed to reject it takes no second look.
    post(
        "submissions:screen_second_look",
        "+alpha.slug,submitted.public_id",
        let_in=SCREEN_1 - people("OR"),
        refused=RUN_1 & TEAM_A | people("OR"),
        data={"second-answer": "decline", "second-proposal": "{proposal.pk}"},
    ),
    post("submissions:screen_second_look", "+alpha.slug,elsewhere.public_id", let_in=RUN_2),
    *screening("alpha", "submitted", screened_by=SCREEN_1, insiders=RUN_1 & TEAM_A),
    *screening("alpha", "elsewhere", screened_by=RUN_2, insiders=NOBODY),
    *screening("beta", "beta_entry", screened_by=RUN_BETA, insiders=NOBODY),
    get(
        "submissions:screen_entry",
        "+alpha.slug,submitted.public_id",
        "screening_note.text",
        shown=SCREEN_1,
        refused=RUN_1 & TEAM_A,
    ),
    get("submissions:screen_entry", "+alpha.slug,draft.public_id"),
    get("submissions:screen_entry", "+beta.slug,submitted.public_id"),
    # A file of the draft is no part of what was submitted.
    get(
        "submissions:screen_file", "+alpha.slug,submitted.public_id,submitted.unsent.public_id", refused=RUN_1 & TEAM_A
    ),
]
