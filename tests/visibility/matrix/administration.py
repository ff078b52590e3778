"""What the administration lets whom do: each of its answers asked by itself, whatever stands around it on a page.

By model, or ``model/Inline``. A right that isn't named is nobody's; whom a table names may use it, and nobody else.
Signed-out and disabled people never come as far: the site asks for staff first.
"""

from __future__ import annotations

from tests.visibility.actors import EVERYBODY, NOBODY, RUN, RUN_1, RUN_2, RUN_ANY, RUN_BETA, SIGNED_OUT, SITE, people
from tests.visibility.matrix.rows import GAMMA, GAMMA_WHOLE, Rows

RUN_ANY_TRACK = RUN_ANY | people("TI TO")
EVERY_RUN = {"alpha": RUN, "beta": RUN_BETA, "gamma": GAMMA_WHOLE}
RUBRICS = ("planned", "open", "closed", "published")
# What may be done while nothing is asked about a row: to have the page at all.
MODULE = {
    **dict.fromkeys(["core.Service", "notifications.Outbox", "tracks.Organizer"], SITE),
    **dict.fromkeys(["tracks.Pledge", "submissions.EntryForm", "submissions.ScreeningPlan"], RUN_ANY),
    **dict.fromkeys(["accounts.User", "accounts.Agreement", "accounts.Consent", "accounts.RetentionRule"], SITE),
}
VIEW = dict.fromkeys(["accounts.User", "accounts.Agreement", "accounts.Consent", "accounts.RetentionRule"], SITE)
ADD = {
    **dict.fromkeys(["tracks.Organizer", "accounts.Agreement"], SITE),
    **dict.fromkeys(["tracks.Pledge", "tracks.Announcement", "tracks.Question", "tracks.Document"], RUN_ANY),
    **dict.fromkeys(["tracks.Track", "judging.Rubric", "judging.Judge"], RUN_ANY),
    **dict.fromkeys(["submissions.EntryForm", "submissions.Extension", "submissions.ScreeningPlan"], RUN_ANY),
    "tracks.Topic": RUN_ANY_TRACK,
}
CHANGE = {
    "core.Service": SITE,
    "tracks.Organizer": SITE,
    "submissions.EntryForm": RUN_ANY,
    "submissions.ScreeningPlan": RUN_ANY,
}
DELETE = {"tracks.Organizer": SITE}


def _written(what: str) -> Rows:
    """What a competition tells the public."""
    rows = dict.fromkeys((what, f"draft_{what}", f"future_{what}"), RUN)
    rows |= dict.fromkeys((f"beta_{what}", f"beta_draft_{what}"), RUN_BETA)
    return rows | {f"gamma_{what}": GAMMA_WHOLE}


def _tracks(first: str, second: str, of_beta: str, of_gamma: str) -> Rows:
    return {first: RUN_1, second: RUN_2, of_beta: RUN_BETA, of_gamma: GAMMA}


TRACKS = _tracks("track1", "track2", "beta_track", "gamma_track")
TOPICS = _tracks("topic", "topic2", "beta_topic", "gamma_topic")
# Criteria can be changed until a round uses them.
PLANNED = {"planned.rubric": RUN} | {f"{name}.rubric": NOBODY for name in (*RUBRICS[1:], "beta_round")}
JUDGES = {f"judge_{name}": RUN for name in ("JA", "JU", "JX", "JO", "CJ", "DI", "J2")} | {"judge_beta": RUN_BETA}
WHOLE = (
    "organization_a",
    "partner.organization",
    "team_b.organization",
    "team_d.organization",
    "partner_d.organization",
)
ORGANIZATIONS = {**dict.fromkeys(WHOLE, RUN), "entered_by_vi": RUN_ANY, "judges_house": SITE}

# By row: who may change it, where that is somebody.
CHANGE_ROW: dict[str, Rows] = {
    "core.Service": {"service": SITE},
    "tracks.Competition": EVERY_RUN,
    "tracks.Competition/StageInline": EVERY_RUN,
    "tracks.Organizer": {"role_of_or": SITE},
    "tracks.Announcement": _written("news"),
    "tracks.Question": _written("question"),
    "tracks.Document": _written("document"),
    "tracks.Track": TRACKS,
    "tracks.Topic": TOPICS,
    "judging.Rubric": PLANNED,
    "judging.Rubric/CriterionInline": PLANNED,
    "judging.Judge": JUDGES,
    "submissions.EntryForm": {"entry_form": RUN},
    "submissions.ScreeningPlan": {"plan": RUN},
    "submissions.Organization": ORGANIZATIONS,
}
ADD_ROW: dict[str, Rows] = {"tracks.Competition/StageInline": EVERY_RUN, "judging.Rubric/CriterionInline": PLANNED}
DELETE_ROW: dict[str, Rows] = {
    "tracks.Organizer": {"role_of_or": SITE},
    "judging.Rubric/CriterionInline": PLANNED,
}

SENT = ("submitted", "returned", "rejected", "judged", "ranked", "awarded", "withdrawn", "rival")
# By row: in whose list it stands, where that is not simply who sees the row.
LISTED: dict[str, Rows] = {
    "tracks.Competition": EVERY_RUN,
    "tracks.Announcement": _written("news"),
    "tracks.Question": _written("question"),
    "tracks.Document": _written("document"),
    "tracks.Pledge": {"pledge": RUN, "gamma_pledge": GAMMA_WHOLE},
    "tracks.Track": TRACKS,
    "tracks.Topic": TOPICS,
    "judging.Rubric": {f"{name}.rubric": RUN for name in RUBRICS} | {"beta_round.rubric": RUN_BETA},
    "judging.Judge": JUDGES,
    "judging.Round": dict.fromkeys(RUBRICS, RUN) | {"beta_round": RUN_BETA},
    "judging.Award": {"award": RUN, "award_b": RUN},
    "submissions.Submission": {
        **dict.fromkeys(SENT, RUN_1),
        "elsewhere": RUN_2,
        "beta_entry": RUN_BETA,
        **dict.fromkeys(["draft", "dropped", "draft_d", "draft_e"], NOBODY),
    },
    "submissions.Extension": {"extension": RUN},
    "submissions.ScreeningPlan": {"plan": RUN},
}

# By field of the form that adds: who is offered which rows.
CHOICES: dict[tuple[str, str], Rows] = {
    **{
        (model, "competition"): EVERY_RUN
        for model in (
            *("tracks.Pledge", "tracks.Announcement", "tracks.Question", "tracks.Document", "tracks.Track"),
            *("judging.Rubric", "judging.Judge", "submissions.EntryForm"),
        )
    },
    # Where there is one already, none is added.
    ("submissions.ScreeningPlan", "competition"): {**EVERY_RUN, "alpha": NOBODY},
    ("tracks.Topic", "track"): TRACKS,
    ("submissions.EntryForm", "track"): {
        "track1": RUN,
        "track2": RUN,
        "beta_track": RUN_BETA,
        "gamma_track": GAMMA_WHOLE,
    },
    ("submissions.Extension", "team"): {
        **dict.fromkeys(["team_a", "team_b", "team_d", "team_e"], RUN),
        "beta_team": RUN_BETA,
    },
}
# Who runs one competition need not choose it; who runs several chooses.
ONE_COMPETITION = {"OX": "beta", "OE": "alpha"}
CHOSEN_ALREADY = ["tracks.Pledge", "tracks.Announcement", "tracks.Question", "tracks.Document"]
# Inlines of what is being added: the page that adds asks who may.
WITH_NEW = {"judging.Rubric/CriterionInline": EVERYBODY - SIGNED_OUT}
