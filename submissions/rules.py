"""Who may act on a team and its entries. Whether it is the time for it, the services say."""

from __future__ import annotations

from typing import Any

from portal.core.people import Person
from submissions.enums import MemberRole
from tracks.rules import is_organizer, is_track_organizer


def is_somebody(user: Person) -> bool:
    return user.is_authenticated and user.is_active


def is_member(user: Person, team: Any) -> bool:
    return user.is_active and team.members.filter(user_id=user.pk).exists()


def is_captain(user: Person, team: Any) -> bool:
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


def is_author(user: Person, comment: Any) -> bool:
    """Has written it and is still in the team."""
    return comment.author_id is not None and comment.author_id == user.pk and is_member(user, comment.submission.team)


def may_put_on_paper(user: Person, submission: Any, version: Any) -> bool:
    """Its team; what was submitted also whoever runs the track."""
    if is_member(user, submission.team):
        return True
    return version is not None and version.submission_id == submission.pk and is_track_organizer(user, submission.track)
