from judging.services.assignment import assign_judges, plan_assignment
from judging.services.certificates import (
    is_delayed,
    issue_certificate,
    request_certificates,
    retry_certificate,
    revoke_certificate,
)
from judging.services.conflicts import OwnEntry, refuse_entrants
from judging.services.judges import appoint_judge, update_judge
from judging.services.publishing import awards_to_publish, publish_results
from judging.services.ranking import decide_awards
from judging.services.reviewing import check_points, recuse, save_review, submit_review
from judging.services.rounds import close_round, create_round, create_round_once, missing_in, open_round
from judging.services.rubrics import add_rubric, is_in_use, remove_criterion, rename_rubric, save_criterion
from judging.services.unlisted import take_out_unlisted, unlisted_numbers

__all__ = [
    "OwnEntry",
    "add_rubric",
    "appoint_judge",
    "assign_judges",
    "awards_to_publish",
    "check_points",
    "close_round",
    "create_round",
    "create_round_once",
    "decide_awards",
    "is_delayed",
    "is_in_use",
    "issue_certificate",
    "missing_in",
    "open_round",
    "plan_assignment",
    "publish_results",
    "recuse",
    "refuse_entrants",
    "remove_criterion",
    "rename_rubric",
    "request_certificates",
    "retry_certificate",
    "revoke_certificate",
    "save_criterion",
    "save_review",
    "submit_review",
    "take_out_unlisted",
    "unlisted_numbers",
    "update_judge",
]
