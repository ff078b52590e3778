"""Who judged and what followed. A judge sees what they owe, and nobody who competes judges rivals or learns early."""

from tests.visibility.actors import EVERYBODY, IMPARTIAL, JUDGES, NOBODY, RUN, RUN_ANY, RUN_BETA, TEAM_A, people
from tests.visibility.lines import Line, admin, admin_row, get, open_get, post

JA, JU, JX, OT, OX = (people(actor) for actor in ("JA", "JU", "JX", "OT", "OX"))
KEPT_OUT = RUN - IMPARTIAL


def desk(label: str, file: str, judge: frozenset[str]) -> list[Line]:
    """The pages on which ``judge`` scores: for everybody else they are missing."""
    at = f"{label}.public_id"
    entry = file.partition(".")[0]
    return [
        get("judging:review", at, f"{entry}.title", shown=judge),
        post("judging:review", at, let_in=judge),
        get("judging:recuse", at, shown=judge),
        post("judging:recuse", at, let_in=judge),
        get("judging:document", f"{at},{file}.public_id", f"{entry}.content", shown=judge),
    ]


LINES = [
    get("judging:queue", "", "begun_of_ja.id", shown=JA, empty=JUDGES - JA),
    get("judging:queue", "", "done_of_ju.id", shown=JU, empty=JUDGES - JU),
    *desk("begun_of_ja", "judged.sent", JA),
    get("judging:review", "closed_of_ja.public_id", "ranked.title", shown=JA),
    get("judging:review", "published_of_ja.public_id", "awarded.title", shown=JA),
    *desk("done_of_ju", "rival.sent", JU),
    # Nobody's: the round isn't open, the judge is no actor, or a conflict outweighs the assignment.
    get("judging:review", "planned_of_ja.public_id", "judged.title"),
    get("judging:review", "done_of_j2.public_id", "judged.title"),
    *desk("open_of_jo", "judged.sent", NOBODY),
    *desk("closed_of_jx", "judged.sent", NOBODY),
    *desk("open_of_cj", "rival.sent", NOBODY),
    get("judging:review", "open_of_di.public_id", "rival.title"),
    get("judging:review", "beta_assignment.public_id", "beta_entry.title"),
    get("judging:review", "given_up_by_jx.public_id"),
    get("judging:recuse", "given_up_by_jx.public_id", away=JX),
    post("judging:recuse", "given_up_by_jx.public_id", let_in=JX),
    get("judging:document", "given_up_by_jx.public_id,judged.sent.public_id"),
    # Only what was submitted, and only of the entry that is judged.
    get("judging:document", "begun_of_ja.public_id,judged.unsent.public_id"),
    get("judging:document", "begun_of_ja.public_id,rival.sent.public_id"),
    # The boards
    get("judging:organize", "", "planned.rubric_name", shown=RUN, empty=OX),
    get("judging:organize", "", "beta_round.rubric_name", shown=RUN_BETA, empty=RUN - RUN_BETA),
    post("judging:organize", let_in=RUN_ANY),
    *(
        get("judging:round", f"{state}.pk", f"{state}.criterion", shown=RUN)
        for state in ("planned", "open", "closed", "published")
    ),
    get("judging:round", "beta_round.pk", "beta_round.criterion", shown=RUN_BETA),
    get("judging:round", "open.pk", "recusal.reason", shown=IMPARTIAL, empty=KEPT_OUT),
    get("judging:round", "open.pk", "person.JU", shown=IMPARTIAL, empty=KEPT_OUT),
    get("judging:round", "closed.pk", "ranking.hash", shown=IMPARTIAL, empty=KEPT_OUT),
    get("judging:round", "published.pk", "published_ranking.hash", shown=RUN),
    get("judging:assign", "planned.pk", "judged.title", shown=IMPARTIAL, refused=KEPT_OUT),
    post("judging:assign", "planned.pk", let_in=IMPARTIAL, refused=KEPT_OUT),
    post("judging:open", "planned.pk", let_in=IMPARTIAL, refused=KEPT_OUT),
    post("judging:take_out_unlisted", "planned.pk", let_in=IMPARTIAL, refused=KEPT_OUT),
    get("judging:close", "open.pk", "person.JO", shown=IMPARTIAL, refused=KEPT_OUT),
    post("judging:close", "open.pk", let_in=IMPARTIAL, refused=KEPT_OUT),
    post("judging:decide", "closed.pk", let_in=IMPARTIAL, refused=KEPT_OUT, data={"track": "{track1.pk}"}),
    get("judging:publish", "closed.pk", "ranked.title", shown=IMPARTIAL, refused=KEPT_OUT),
    post("judging:publish", "closed.pk", let_in=IMPARTIAL, refused=KEPT_OUT),
    # Certificates
    open_get(
        "judging:verify_certificate",
        "certificate.public_id",
        "award.project",
        also="award.member certificate.id",
    ),
    open_get("judging:verify_certificate", "waiting_certificate.public_id", shown=NOBODY),
    get("judging:certificate", "certificate.public_id", "certificate.content", shown=TEAM_A | RUN),
    get("judging:certificate", "waiting_certificate.public_id", shown=OT | RUN),
    post("judging:retry_certificate", "certificate.public_id", let_in=TEAM_A | RUN),
    post("judging:retry_certificate", "waiting_certificate.public_id", let_in=OT | RUN),
    # Results
    open_get("judging:results", "alpha.slug", "award.project"),
    open_get("judging:results", "alpha.slug", "ranked.title", shown=NOBODY, empty=EVERYBODY),
    open_get("judging:results", "beta.slug", shown=NOBODY),
    open_get("judging:results", "gamma.slug", shown=NOBODY),
    open_get("result-list", "", "award.project"),
    open_get("result-detail", "award.pk", "award.project"),
    # The administration
    *admin("judging.rubric", "planned.rubric", "planned.rubric_name", see=RUN, change=RUN, add=RUN_ANY),
    *admin_row("judging.rubric", "open.rubric", "open.rubric_name", see=RUN),
    *admin("judging.judge", "judge_JA", "person.JA", see=RUN, change=RUN, add=RUN_ANY),
    *admin("judging.round", "open", "alpha.short_name", see=RUN),
    *admin("judging.ranking", "ranking", "ranking.hash", see=IMPARTIAL),
    *admin_row("judging.ranking", "published_ranking", "published_ranking.hash", see=RUN),
    *admin("judging.award", "award", "award.project", see=RUN),
]
