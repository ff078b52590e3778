"""Who may ever read which word, wherever it turns up. The first line that fits a label counts."""

from fnmatch import fnmatchcase

from tests.visibility.actors import (
    ACTORS,
    EVERYBODY,
    IMPARTIAL,
    JUDGES,
    NOBODY,
    RUN,
    RUN_1,
    RUN_2,
    RUN_BETA,
    RUN_SOME,
    SITE,
    TEAM_A,
    people,
)

GAMMA = people("OR TI SU SE")
JA, JU, JX, CJ, OT, OX, AB, VI = (people(actor) for actor in ["JA", "JU", "JX", "CJ", "OT", "OX", "AB", "Vi"])

READERS: list[tuple[str, frozenset[str]]] = [
    # Competitions
    ("alpha.*", EVERYBODY),
    ("beta.*", EVERYBODY),
    ("gamma.*", GAMMA),
    ("gamma_*", GAMMA),
    ("track[12].name", EVERYBODY),
    ("topic*.title", EVERYBODY),
    ("topic.before", EVERYBODY),
    ("guide.*", RUN),
    ("gamma_guide.*", people("OR SU SE")),
    ("beta_t*.*", EVERYBODY),
    ("draft_news.*", RUN),
    ("draft_document.*", RUN),
    ("draft_question.*", RUN),
    ("future_news.*", RUN),
    ("future_document.*", RUN),
    ("future_question.*", RUN),
    ("beta_draft_*", RUN_BETA),
    ("beta_news.*", EVERYBODY),
    ("beta_document.*", EVERYBODY),
    ("beta_question.*", EVERYBODY),
    ("news.*", EVERYBODY),
    ("document.*", EVERYBODY),
    ("question.*", EVERYBODY),
    ("pledge.body", EVERYBODY),
    ("future_*.*", SITE),
    # People's own, and what an organizer reads of them
    ("phone.TM", people("TM")),
    ("document_number.TM", NOBODY),
    ("affiliation.TM", people("TM") | RUN),
    ("copy_of_tm.*", people("TM")),
    ("token_of_tm.*", people("TM")),
    ("upload_of_tm.*", people("TM")),
    ("acting.reason", people("TM") | SITE),
    # Teams
    ("invitation.address", TEAM_A | SITE),
    ("invitation.id", TEAM_A | SITE),
    ("invitation_to_vi.id", TEAM_A | SITE | VI),
    # What somebody says against their captain is for those who decide, and not for their team.
    ("roster_request.objection", RUN_1 - TEAM_A | people("TM")),
    ("roster_request.*", TEAM_A | RUN_1),
    ("roster_joining.*", TEAM_A | RUN_1 | VI),
    ("team_a.name", TEAM_A | RUN_1 | VI),
    ("organization_a.name", TEAM_A | RUN_1 | VI),
    ("organization_a.code", TEAM_A | RUN_1),
    ("partner.phone", NOBODY),
    ("partner.*", TEAM_A | RUN_1),
    ("double.name", TEAM_A | RUN_1),
    ("extension.reason", TEAM_A | RUN),
    ("entry_form.*", RUN),
    ("plan.*", RUN_SOME),
    # What organizers say to each other about an entry.
    ("submitted.note", RUN_1 - TEAM_A),
    ("submitted.proposal", RUN_1 - TEAM_A),
    ("judged.undone", RUN_1 - TEAM_A),
    ("team_b.*", OT | RUN_SOME),
    ("team_d.*", AB | RUN),
    ("team_e.*", OX | RUN),
    ("beta_team.*", RUN_BETA),
    # Entries: what the team writes now, then what it has submitted
    ("late.*", TEAM_A | RUN_1),
    ("late_declined.*", TEAM_A | RUN_1),
    ("draft.*", TEAM_A | SITE),
    ("dropped.*", TEAM_A | SITE),
    ("draft_d.*", AB | SITE),
    ("draft_e.*", OX | SITE),
    ("rival.comment", OT | SITE),
    ("elsewhere.comment", OT | SITE),
    ("beta_entry.comment", SITE),
    *((f"{entry}.comment", TEAM_A | SITE) for entry in ("submitted", "returned", "rejected", "withdrawn")),
    *((f"{entry}.comment", TEAM_A | SITE) for entry in ("judged", "ranked", "awarded")),
    ("rival.newer*", OT | SITE),
    ("elsewhere.newer*", OT | SITE),
    ("beta_entry.newer*", SITE),
    ("*.newer*", TEAM_A | SITE),
    *((f"judged.{part}", TEAM_A | RUN_1 | JA) for part in ("title", "abstract", "content", "file_id")),
    *((f"ranked.{part}", TEAM_A | RUN_1 | JA) for part in ("title", "abstract", "content", "file_id")),
    *((f"awarded.{part}", TEAM_A | RUN_1 | JA) for part in ("title", "abstract", "content", "file_id")),
    *((f"rival.{part}", OT | RUN_1 | JU) for part in ("title", "abstract", "content", "file_id")),
    ("rival.*", OT | RUN_1),
    ("elsewhere.*", OT | RUN_2),
    ("beta_entry.*", RUN_BETA),
    *((f"{entry}.*", TEAM_A | RUN_1) for entry in ("submitted", "returned", "rejected", "withdrawn")),
    *((f"{entry}.*", TEAM_A | RUN_1) for entry in ("judged", "ranked", "awarded")),
    # Judging
    ("planned.criterion", RUN),
    ("open.criterion", RUN | JA | JU),
    ("closed.criterion", RUN | JA),
    ("published.criterion", RUN | JA),
    ("planned.rubric_name", RUN),
    ("open.rubric_name", RUN),
    ("closed.rubric_name", RUN),
    ("published.rubric_name", RUN),
    ("beta_round.*", RUN_BETA),
    ("*_of_ja.id", JA),
    ("*_of_ja.comment", JA),
    ("done_of_ju.*", JU),
    ("given_up_by_jx.id", JX),
    ("*_of_*", NOBODY),
    ("beta_assignment.*", NOBODY),
    ("conflict.reason", NOBODY),
    # The board and the trail keep out whoever has an entry, the site admin too.
    ("recusal.reason", IMPARTIAL | JX),
    ("opening.reason", IMPARTIAL),
    ("beta_opening.reason", RUN_BETA),
    ("returning.reason", TEAM_A | RUN_1),
    ("screening_elsewhere.reason", OT | RUN_2),
    ("decision.reason", IMPARTIAL),
    ("ranking.hash", IMPARTIAL),
    ("published_ranking.hash", RUN),
    ("judges_house.*", RUN_BETA | RUN),
    ("judge_beta.name", RUN_BETA),
    ("beta_judge.name", RUN_BETA),
    # Results
    ("award*.serial", EVERYBODY),
    ("award.member", RUN | TEAM_A),
    ("award_b.member", RUN | OT),
    ("award*.*", EVERYBODY),
    ("certificate.content", TEAM_A | RUN),
    ("service.note", SITE),
    ("outbox.key", SITE),
    ("outbox.body", NOBODY),
    # People
    ("address.Vi", TEAM_A),
    ("person.TC", TEAM_A | RUN_1 | VI),
    *((f"{kind}.{actor}", TEAM_A | RUN_1) for kind in ("person", "address") for actor in sorted(TEAM_A | {"DI"})),
    *((f"{kind}.OT", OT | RUN_SOME) for kind in ("person", "address")),
    *((f"{kind}.{actor}", RUN) for kind in ("person", "address") for actor in sorted(JUDGES | {"J2"})),
    *((f"{kind}.OX", OX | RUN) for kind in ("person", "address")),
    # They decide in the name of the house, and say so.
    ("person.OR", RUN_SOME | TEAM_A),
]


def readers_of(label: str) -> frozenset[str]:
    """Everybody reads what is about themselves, and the site admin who has an account here."""
    kind, _dot, actor = label.partition(".")
    own = frozenset({actor}) & ACTORS.keys() if kind in {"person", "address"} else NOBODY
    site = SITE if kind in {"person", "address"} else NOBODY
    found = next((who for pattern, who in READERS if fnmatchcase(label, pattern)), None)
    if found is None and not (own or site):
        raise LookupError(f"tests/visibility/matrix/readers.py says nothing about {label}")
    return (found or NOBODY) | own | site
