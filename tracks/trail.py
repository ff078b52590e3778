"""Which lines of the audit trail organizers see: their competition's, or those of their own tracks."""

from __future__ import annotations

from django.db.models import Q

from portal.core.audit_rights import grants
from portal.core.people import Person
from tracks.models import Competition, Track


@grants
def organized(user: Person) -> Q:
    whole = Competition.objects.organized_by(user)
    # A line without a track is about the whole competition, so a track organizer doesn't see it.
    return Q(competition_id__in=whole.values("pk")) | Q(track_id__in=Track.objects.organized_by(user).values("pk"))
