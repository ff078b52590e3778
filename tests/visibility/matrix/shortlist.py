"""The shortlist: organizers' alone, until it is announced to each team."""

from tests.visibility.actors import IMPARTIAL, RUN, RUN_1, RUN_SOME, TEAM_A
from tests.visibility.lines import Line, get, post

SCREEN_1 = RUN_1 - TEAM_A
KEPT_OUT = RUN - IMPARTIAL


def replacing(label: str, *, team: frozenset[str]) -> list[Line]:
    """The pages on which a team replaces files: there is none before the shortlisting is announced."""
    at, others = f"{label}.public_id", RUN_1 - TEAM_A
    return [
        get("submissions:replace_files", at, f"{label}.title", shown=team, refused=others),
        post("submissions:replace_files", at, let_in=team, refused=others),
        get("submissions:replace_submit", at, f"{label}.title", shown=team, refused=others),
        post("submissions:replace_submit", at, let_in=team, refused=others),
    ]


def listed(label: str, state: str) -> Line:
    return get(
        "submissions:shortlist",
        "alpha.slug",
        f"{label}.title",
        query=f"?state={state}",
        shown=SCREEN_1,
        empty=RUN_SOME - SCREEN_1,
    )


LINES = [
    listed("awarded", "candidates"),
    listed("judged", "chosen"),
    listed("ranked", "announced"),
    get("submissions:shortlist_many", "alpha.slug", away=RUN_SOME),
    post("submissions:shortlist_many", "alpha.slug", let_in=RUN_SOME, data={"do": "add"}),
    *replacing("ranked", team=TEAM_A),
    *replacing("judged", team=frozenset()),
    *replacing("submitted", team=frozenset()),
    get("judging:shortlist", "closed.pk", "alpha.short_name", shown=IMPARTIAL, refused=KEPT_OUT),
    get("judging:shortlist", "open.pk"),
]
