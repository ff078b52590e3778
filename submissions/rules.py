"""Who may act on a team and its entries. Whether it is the time for it, the services say."""

from __future__ import annotations

from typing import Any

from portal.core.people import Person
from submissions.enums import MemberRole
from tracks.rules import is_organizer, is_track_organizer


def is_somebody(user: Person) -> bool:
    return user.is_authenticated and user.is_active


def is_member(user: Person, team: Any) -> bool:
    if getattr(team, "known_roles", None) is not None:
        return user.is_active and user.pk in team.known_roles
    return user.is_active and team.members.filter(user_id=user.pk).exists()


def is_captain(user: Person, team: Any) -> bool:
    if getattr(team, "known_roles", None) is not None:
        return bool(user.is_active and team.known_roles.get(user.pk) == MemberRole.CAPTAIN)
    return user.is_active and team.members.filter(user_id=user.pk, role=MemberRole.CAPTAIN).exists()


def owns_address(user: Any, email: str) -> bool:
    """Has proved that mail to ``email`` reaches them."""
    return user.is_active and user.emailaddress_set.filter(verified=True, email__iexact=email).exists()


def can_accept(user: Any, invitation: Any) -> bool:
    return is_somebody(user) and owns_address(user, invitation.email)


def can_screen(user: Person, submission: Any) -> bool:
    """Organizers of its track; nobody decides about an entry of their own team."""
    return is_track_organizer(user, submission.track) and not is_member(user, submission.team)


def can_call_contact(user: Person, team: Any) -> bool:
    """Whoever runs the whole competition, unless it is their own team."""
    return is_organizer(user, team.competition) and not is_member(user, team)


def is_offered(user: Person, offer: Any) -> bool:
    """To whom a captain has offered the team, as long as they are in it."""
    return offer.offered_to_id == user.pk and is_member(user, offer.team)


def has_offered(user: Person, offer: Any) -> bool:
    return offer.offered_by_id == user.pk and is_member(user, offer.team)


def is_asked(user: Any, request: Any) -> bool:
    """Whose consent the request takes: who would join, by the address that was asked, or who would lead."""
    if not is_somebody(user) or not request.asks_consent:
        return False
    if request.person_id is not None:
        return request.person_id == user.pk
    return owns_address(user, request.email)


def may_object(user: Person, request: Any) -> bool:
    """Whom it concerns without being asked for consent."""
    return is_somebody(user) and not request.asks_consent and request.person_id == user.pk


def may_read_objection(user: Person, request: Any) -> bool:
    """What somebody says against their captain's request is for those who decide."""
    return request.person_id == user.pk or not is_member(user, request.team)


def can_decide_request(user: Person, request: Any) -> bool:
    """Who runs the competition, or every track in which the team has an entry; never about themselves or their team."""
    team = request.team
    if request.person_id == user.pk or is_member(user, team):
        return False
    if is_organizer(user, team.competition):
        return True
    entries = team.submissions.exclude(number="").select_related("track__competition")
    tracks = {entry.track_id: entry.track for entry in entries}
    return bool(tracks) and all(is_track_organizer(user, track) for track in tracks.values())


def is_author(user: Person, comment: Any) -> bool:
    """Has written it and is still in the team."""
    return comment.author_id is not None and comment.author_id == user.pk and is_member(user, comment.submission.team)


def may_put_on_paper(user: Person, submission: Any, version: Any) -> bool:
    """Its team; what was submitted also whoever runs the track."""
    if is_member(user, submission.team):
        return True
    return version is not None and version.submission_id == submission.pk and is_track_organizer(user, submission.track)


def can_note_pair(user: Person, pair: Any) -> bool:
    """Organizers of one of the two tracks; nobody looks into what their own team's entry resembles."""
    sides = (pair.first, pair.second)
    return any(is_track_organizer(user, side.track) for side in sides) and not any(
        is_member(user, side.team) for side in sides
    )
