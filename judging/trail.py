"""Conflicts outweigh rights: who has entered a competition sees nothing of how it is judged, nor who judges."""

from __future__ import annotations

from django.db.models import Q

from portal.core.audit_rights import withholds
from portal.core.people import Person
from submissions.models import TeamMember


@withholds
def judging_of_own_entries(user: Person) -> Q:
    entered = TeamMember.objects.filter(user_id=user.pk).values("team__competition")
    return Q(object_type__startswith="judging.", competition_id__in=entered)
