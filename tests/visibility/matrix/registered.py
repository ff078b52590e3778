"""Files by their hash: the team's own, and the organizers' once something submitted counts on them."""

from tests.visibility.actors import RUN_1, SITE, TEAM_A
from tests.visibility.lines import Line, get, post


def registered(label: str, row: str, *, team: frozenset[str], others: frozenset[str]) -> list[Line]:
    """A slot where the team may register a file, and what it has registered there."""
    slot, at, rest = f"{label}.public_id,=proposal", f"{row}.public_id", others - team
    return [
        get("submissions:register_file", slot, shown=team, refused=rest),
        post("submissions:register_file", slot, let_in=team, refused=rest),
        get("submissions:registered_file", at, f"{row}.file", shown=team | others),
        post("submissions:registered_file", at, let_in=team, refused=rest),
        post("submissions:registered_withdraw", at, let_in=team, refused=rest),
    ]


LINES = [
    *registered("submitted", "registered", team=TEAM_A, others=RUN_1),
    *registered("draft", "registered_draft", team=TEAM_A, others=SITE),
]
