"""Who asks. Short names as in the tables of docs/visibility.md, and the groups that tables speak of.

All of them are people around one competition, ``alpha``: team A has its entries in track 1 of it, team B is a rival.
"""

from __future__ import annotations

ACTORS = {
    "An": "signed out",
    "Vi": "an account and nothing else; invited into team A",
    "TM": "member of team A",
    "TC": "captain of team A",
    "OT": "captain of team B, in the same competition",
    "JA": "judge of alpha, assigned to entries of team A",
    "JU": "judge of alpha, assigned to an entry of team B only",
    "JX": "judge of alpha, assigned to an entry of team A and recused",
    "JO": "judge of alpha from the organization of team A, assigned to its entry before that was known",
    "OR": "organizer of alpha (and of gamma, which is in preparation)",
    "TI": "track organizer of alpha: track 1, where team A's entries are",
    "TO": "track organizer of alpha: track 2",
    "OX": "organizer of beta, and captain of a team in alpha",
    "St": "staff without a role",
    "SU": "site admin",
    # Several hats at once: a conflict of interest outweighs every right.
    "AB": "captain of team D and member of team A",
    "CJ": "member of team A and judge of alpha, assigned to an entry of team B",
    "OE": "organizer of alpha and member of team A",
    "SE": "site admin and member of team A",
    "DI": "member of team A, organizer and judge of alpha, disabled while signed in",
}


def people(names: str) -> frozenset[str]:
    chosen = frozenset(names.split())
    if unknown := chosen - set(ACTORS):
        raise ValueError(f"no such actors: {sorted(unknown)}")
    return chosen


NOBODY: frozenset[str] = frozenset()
EVERYBODY = frozenset(ACTORS)
# A session doesn't outlive its account.
SIGNED_OUT = people("An DI")
SIGNED_IN = EVERYBODY - SIGNED_OUT
SITE = people("SU SE")
STAFF = people("OR TI TO OX St SU OE SE")

TEAM_A = people("TM TC AB CJ OE SE")
TEAM_B = people("OT")
# Who runs alpha as a whole; only a part of it; beta.
RUN = people("OR OE SU SE")
RUN_1 = RUN | people("TI")
RUN_2 = RUN | people("TO")
RUN_SOME = RUN_1 | RUN_2
RUN_BETA = people("OX SU SE")
RUN_ANY = RUN | RUN_BETA
# They run it and have no entry in it.
IMPARTIAL = RUN - TEAM_A
JUDGES = people("JA JU JX JO CJ")
