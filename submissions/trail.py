"""Which lines of the audit trail a team sees: its own history, without who on the other side did what."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Exists, Q, QuerySet
from django.db.models.functions import Cast

from portal.core.audit_rights import grants, withholds
from portal.core.models import AuditEntry
from portal.core.people import Person
from submissions.models import (
    Extension,
    HandOver,
    Invitation,
    NearNote,
    RosterRequest,
    ScreeningNote,
    Submission,
    Team,
    TeamMember,
)

# What a team does itself: with the names of its members.
OWN = {
    "submissions.team": [
        *("found", "join", "leave", "remove_member", "edit_member", "move_member", "add_member", "hand_over"),
        *("add_partner", "remove_partner", "edit_partner", "edit_organization"),
    ],
    "submissions.handover": ["offer_team", "accept_team", "decline_team", "take_team_back"],
    "submissions.invitation": ["invite", "revoke"],
    # Who declined or objected is not the team's to read here.
    "submissions.rosterrequest": ["request_change", "agree", "withdraw_request"],
    "submissions.submission": [
        *("start", "read_topic", "attach", "detach", "submit", "issue_receipt", "keep_late", "withdraw"),
        *("register_file", "unregister_file", "follow_file", "replace_files"),
    ],
}
# What organizers do with it, and tell it anyway: by the organizing committee. Nothing else is the team's to see:
# neither who read its entry, nor anything of judging.
TOLD = {
    "submissions.team": ["merge_organization"],
    "submissions.extension": ["grant_extension", "revoke_extension"],
    "submissions.rosterrequest": ["approve_change", "refuse_change"],
    "submissions.submission": [
        *("pass_screening", "return_for_correction", "reject", "extend_correction", "undo_screening"),
        *("accept_late", "decline_late"),
        *("announce_shortlist", "move_shortlist_end", "undo_shortlist"),
    ],
}


def is_own(entry: AuditEntry) -> bool:
    """A change of a locked roster is done by the organizer who approves it: that line says of which request."""
    return entry.action in OWN.get(entry.object_type, []) and "request" not in entry.after


def person_concerned(entry: AuditEntry) -> int | None:
    """Of a line about a team: whom it is about, where that is somebody else than who did it."""
    if entry.object_type != "submissions.team":
        return None
    found = entry.after.get("captain") or entry.after.get("member") or entry.before.get("member")
    return found if found != entry.actor_id else None


def organization_concerned(entry: AuditEntry) -> int | None:
    if entry.object_type != "submissions.team":
        return None
    return entry.after.get("organization") or entry.before.get("organization")


def history_of(team: Team) -> list[Q]:
    """The team's own lines, thing by thing, so that each is found by its index."""
    own = Team.objects.filter(pk=team.pk)
    return [_lines(rows, object_type) for object_type, rows in _things(own).items()]


# What nobody in the team may learn, an organizer among them neither: who is shortlisted before it is announced, and
# what organizers say to each other about the entry.
AMONG_ORGANIZERS = [
    *("shortlist", "drop_from_shortlist"),
    *("propose_rejection", "decline_rejection", "take_back_rejection"),
]


@withholds
def talk_about_own_teams(user: Person) -> Q:
    own = TeamMember.objects.filter(user_id=user.pk).values("team")
    said = Q(
        object_type="submissions.submission",
        action__in=AMONG_ORGANIZERS,
        object_id__in=_keys(Submission.objects.filter(team__in=own)),
    )
    notes = ScreeningNote.objects.filter(submission__team__in=own)
    said |= Q(object_type="submissions.screeningnote", object_id__in=_keys(notes))
    # A note goes with its pair. Whom it was about nobody can tell then: whoever is in any team reads no line of it.
    others = NearNote.objects.exclude(Q(pair__first__team__in=own) | Q(pair__second__team__in=own))
    return said | (Q(object_type="submissions.nearnote") & Q(Exists(own)) & ~Q(object_id__in=_keys(others)))


@grants
def of_own_teams(user: Person) -> Q:
    own = TeamMember.objects.filter(user_id=user.pk)
    granted = Q(pk__in=[])
    for object_type, rows in _things(Team.objects.filter(pk__in=own.values("team"))).items():
        granted |= _lines(rows, object_type)
    return granted


def _things(teams: QuerySet[Team]) -> dict[str, QuerySet[Any]]:
    return {
        "submissions.team": teams,
        "submissions.handover": HandOver.objects.filter(team__in=teams),
        "submissions.rosterrequest": RosterRequest.objects.filter(team__in=teams),
        "submissions.invitation": Invitation.objects.filter(team__in=teams),
        "submissions.submission": Submission.objects.filter(team__in=teams),
        "submissions.extension": Extension.objects.filter(team__in=teams),
    }


def _lines(rows: QuerySet[Any], object_type: str) -> Q:
    actions = [*OWN.get(object_type, []), *TOLD.get(object_type, [])]
    return Q(object_type=object_type, action__in=actions, object_id__in=_keys(rows))


def _keys(rows: QuerySet[Any]) -> QuerySet[Any]:
    """As lines name them."""
    return rows.annotate(key=Cast("pk", CharField())).values("key")
