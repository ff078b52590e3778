"""Which rows a queryset gives to whom: each guard asked by itself, whatever stands around it on a page.

By model and method. Whoever is not named gets none of these rows. Disabled people have no session to ask with; what
was theirs is still theirs here.
"""

from tests.visibility.actors import (
    EVERYBODY,
    IMPARTIAL,
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

Rows = dict[str, frozenset[str]]

GAMMA = people("OR TI SU SE")
GAMMA_WHOLE = GAMMA - people("TI")
A = people("TM TC AB CJ OE SE DI")
# Without who is disabled.
SIGNED_A = A - people("DI")
B, D, E = people("OT"), people("AB"), people("OX")
TM, JA, JU, JX, CJ, VI = (people(actor) for actor in ["TM", "JA", "JU", "JX", "CJ", "Vi"])
SENT = ("submitted", "returned", "rejected", "judged", "ranked", "awarded", "withdrawn")
UNSENT = ("draft", "dropped")


def written(part: str) -> Rows:
    """What a team writes or says to itself: its own, and the site admin's."""
    rows = {f"{entry}.{part}": A | SITE for entry in (*SENT, *UNSENT)}
    rows |= {f"{entry}.{part}": B | SITE for entry in ("rival", "elsewhere")}
    return rows | {f"draft_d.{part}": D | SITE, f"draft_e.{part}": E | SITE, f"beta_entry.{part}": SITE}


def submitted(part: str) -> Rows:
    """What was submitted: also theirs who run the track."""
    rows = {f"{entry}{part}": A | RUN_1 for entry in SENT}
    return rows | {f"rival{part}": B | RUN_1, f"elsewhere{part}": B | RUN_2, f"beta_entry{part}": RUN_BETA}


def drafts(part: str) -> Rows:
    return {
        **{f"{entry}{part}": A | SITE for entry in UNSENT},
        f"draft_d{part}": D | SITE,
        f"draft_e{part}": E | SITE,
    }


def later(part: str) -> Rows:
    """What is in the draft of an entry that was submitted before."""
    rows = {f"{entry}.{part}": A | SITE for entry in SENT}
    return rows | {f"rival.{part}": B | SITE, f"elsewhere.{part}": B | SITE, f"beta_entry.{part}": SITE}


def published(what: str) -> Rows:
    return {
        what: EVERYBODY,
        f"beta_{what}": EVERYBODY,
        f"draft_{what}": RUN,
        f"future_{what}": RUN,
        f"beta_draft_{what}": RUN_BETA,
        f"gamma_{what}": GAMMA,
    }


def run(what: str) -> Rows:
    rows = dict.fromkeys((what, f"draft_{what}", f"future_{what}"), RUN)
    return rows | dict.fromkeys((f"beta_{what}", f"beta_draft_{what}"), RUN_BETA) | {f"gamma_{what}": GAMMA_WHOLE}


OF_JUDGES = {
    "begun_of_ja": JA,
    "closed_of_ja": JA,
    "published_of_ja": JA,
    "done_of_ju": JU,
    **dict.fromkeys(("planned_of_ja", "done_of_j2", "given_up_by_jx", "closed_of_jx", "open_of_jo"), NOBODY),
    **dict.fromkeys(("open_of_cj", "open_of_di"), NOBODY),
}
ROUNDS = ("planned", "open", "closed", "published")

VISIBLE: dict[str, Rows] = {
    "accounts.ApiToken": {"token_of_tm": TM},
    "accounts.Consent": {"consent": TM | SITE, "pledge_of_tm": TM | SITE},
    "accounts.DataExport": {"copy": TM},
    "accounts.IdentityDocument": {"identity": TM},
    "core.AuditEntry": {
        "audit_line": IMPARTIAL | JX,
        "line_in_track1": RUN_1 | SIGNED_A,
        "line_in_track2": RUN_2 | B,
    },
    "core.Service": {"service": SITE},
    "judging.Assignment": {label: judge | RUN for label, judge in OF_JUDGES.items()} | {"beta_assignment": RUN_BETA},
    "judging.Award": {"award": EVERYBODY, "award_b": EVERYBODY},
    "judging.Certificate": {"certificate": A | RUN, "waiting_certificate": B | RUN},
    "judging.Judge": {
        **{f"judge_{actor}": people(actor) | RUN for actor in ("JA", "JU", "JX", "JO", "CJ", "DI")},
        "judge_J2": RUN,
        "judge_beta": RUN_BETA,
    },
    "judging.Publication": {"award.publication": RUN},
    "judging.Ranking": {"ranking": IMPARTIAL, "published_ranking": RUN},
    "judging.Review": {
        "begun_of_ja.written": JA,
        "open_of_cj.written": NOBODY,
        "done_of_j2.written": IMPARTIAL,
        "done_of_ju.written": IMPARTIAL | JU,
        "closed_of_ja.written": IMPARTIAL | JA,
        "published_of_ja.written": RUN | JA,
        "beta_assignment.written": RUN_BETA,
    },
    "judging.Round": dict.fromkeys(ROUNDS, RUN) | {"beta_round": RUN_BETA},
    "judging.Rubric": {f"{round_}.rubric": RUN for round_ in ROUNDS} | {"beta_round.rubric": RUN_BETA},
    "notifications.Outbox": {"outbox": SITE},
    "submissions.Answer": written("answers.first"),
    "submissions.Attachment": submitted(".sent") | drafts(".sent") | later("unsent"),
    "submissions.Comment": written("comment"),
    "submissions.Correction": {"returned.correction": A | RUN_1},
    "submissions.EntryForm": {"entry_form": RUN},
    "submissions.Extension": {"extension": A | RUN},
    "submissions.FormSection": {"entry_form.sections.first": RUN},
    "submissions.HandOver": {"hand_over": A | SITE},
    "submissions.Invitation": {"invitation": A | SITE, "invitation_to_vi": A | SITE | VI},
    "submissions.LateAttempt": {"late": A | RUN_1, "late_declined": A | RUN_1},
    "submissions.LateDecision": {"late_declined.decision": A | RUN_1},
    # Nobody who is in one of the two teams.
    "submissions.NearNote": {"near.note": RUN_1 - A, "near_across.note": RUN_1},
    "submissions.NearPair": {"near": RUN_1 - A, "near_across": RUN_1 | RUN_BETA},
    "submissions.Organization": {
        "organization_a": A | RUN_1,
        "partner.organization": A | RUN_1,
        "team_b.organization": B | RUN_SOME,
        # Of a team that has submitted nothing yet.
        "team_d.organization": D | RUN,
        "partner_d.organization": D | RUN,
        "entered_by_vi": VI | SITE,
        "judges_house": SITE,
    },
    "submissions.Receipt": submitted(".receipt"),
    "submissions.RegisteredFile": {"registered": A | RUN_1, "registered_draft": A | SITE},
    "submissions.Rendition": submitted(".sent_on_paper") | drafts(".on_paper") | later("on_paper"),
    "submissions.RosterRequest": {"roster_request": SIGNED_A | RUN_1, "roster_joining": SIGNED_A | RUN_1 | VI},
    # Between organizers: not for the team, nor for an organizer in it.
    "submissions.ScreeningClaim": {"submitted.screening_claim": RUN_1 - A},
    "submissions.ScreeningPlan": {"plan": RUN_SOME},
    "submissions.ScreeningProposal": {"submitted.version.proposals.first": RUN_1 - A},
    "submissions.ScreeningNote": {"screening_note": RUN_1 - TEAM_A},
    "submissions.Submission": submitted("") | drafts(""),
    # Nobody in the team learns it before it is announced, whatever else they are.
    "submissions.Shortlisting": {"shortlisted": RUN_1 - A, "announced": A | RUN_1},
    "submissions.Replacement": {"announced.replacement": A | RUN_1},
    "submissions.SubmissionVersion": submitted(".version"),
    "submissions.Team": {
        "team_a": A | RUN_1,
        "team_b": B | RUN_SOME,
        "team_d": D | RUN,
        "team_e": E | RUN,
        "beta_team": RUN_BETA,
    },
    "submissions.TeamMember": {"member": A | RUN_1},
    "submissions.TeamOrganization": {"partner": A | RUN_1, "partner_d": D | RUN},
    "submissions.UndoneScreening": {"judged.version.undone_screenings.first": RUN_1 - A},
    "submissions.UnsentText": {"unsent_of_tm": TM},
    "submissions.VersionFacts": {"version_facts": RUN_1 - TEAM_A},
    "submissions.Upload": {"upload_of_tm": TM},
    "tracks.Announcement": published("news"),
    "tracks.Competition": {"alpha": EVERYBODY, "beta": EVERYBODY, "gamma": GAMMA},
    "tracks.Document": published("document"),
    "tracks.GuideImport": {"guide": RUN, "gamma_guide": GAMMA_WHOLE},
    "tracks.Organizer": {"role_of_or": people("OR") | SITE},
    "tracks.Pledge": {"pledge": EVERYBODY, "gamma_pledge": GAMMA},
    "tracks.Question": published("question"),
    "tracks.Stage": {"alpha.stages.first": EVERYBODY, "gamma.stages.first": GAMMA},
    "tracks.Topic": {"topic": EVERYBODY, "topic2": EVERYBODY, "beta_topic": EVERYBODY, "gamma_topic": GAMMA},
    "tracks.TopicRevision": {"topic.revisions.first": EVERYBODY, "gamma_topic.revisions.first": GAMMA},
    "tracks.Track": {"track1": EVERYBODY, "track2": EVERYBODY, "beta_track": EVERYBODY, "gamma_track": GAMMA},
}
OTHER: dict[tuple[str, str], Rows] = {
    ("judging.Assignment", "owed_by"): OF_JUDGES | {"beta_assignment": NOBODY},
    ("judging.Assignment", "given_up_by"): {
        **dict.fromkeys(OF_JUDGES, NOBODY),
        "beta_assignment": NOBODY,
        "given_up_by_jx": JX,
    },
    # Teams with an entry that is judged in it, or may still come to be.
    ("judging.Round", "entered_by"): {**dict.fromkeys(ROUNDS, A | B), "beta_round": NOBODY},
    ("submissions.LateAttempt", "organized_by"): {"late": RUN_1, "late_declined": RUN_1},
    ("submissions.NearNote", "readable_by"): {"near.note": RUN_1, "near_across.note": RUN_1},
    ("submissions.RosterRequest", "organized_by"): {"roster_request": RUN_1, "roster_joining": RUN_1},
    ("submissions.Submission", "organized_by"): {
        **dict.fromkeys(SENT, RUN_1),
        **dict.fromkeys((*UNSENT, "draft_d", "draft_e"), NOBODY),
        "rival": RUN_1,
        "elsewhere": RUN_2,
        "beta_entry": RUN_BETA,
    },
    ("submissions.Submission", "of_member"): {
        **dict.fromkeys((*SENT, *UNSENT), A),
        "rival": B,
        "elsewhere": B,
        "draft_d": D,
        "draft_e": E,
        "beta_entry": NOBODY,
    },
    # Nobody decides about an entry of their own team.
    ("submissions.Submission", "screened_by"): {
        **dict.fromkeys(SENT, RUN_1 - TEAM_A),
        **dict.fromkeys((*UNSENT, "draft_d", "draft_e"), NOBODY),
        "rival": RUN_1 - B,
        "elsewhere": RUN_2 - B,
        "beta_entry": RUN_BETA,
    },
    ("submissions.Team", "of_member"): {"team_a": A, "team_b": B, "team_d": D, "team_e": E, "beta_team": NOBODY},
    ("tracks.Announcement", "organized_by"): run("news"),
    ("tracks.Competition", "organized_by"): {"alpha": RUN, "beta": RUN_BETA, "gamma": GAMMA_WHOLE},
    ("tracks.Document", "organized_by"): run("document"),
    ("tracks.Pledge", "organized_by"): {"pledge": RUN, "gamma_pledge": GAMMA_WHOLE},
    ("tracks.Question", "organized_by"): run("question"),
    ("tracks.Track", "organized_by"): {"track1": RUN_1, "track2": RUN_2, "beta_track": RUN_BETA, "gamma_track": GAMMA},
}
ALL = {(model, "visible_to"): rows for model, rows in VISIBLE.items()} | OTHER
