from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from judging.models import Round
from judging.rules import is_entrant
from portal.core.people import Person
from tracks.models import Competition


def competes_under(user: Any, other: Any) -> bool:
    """Is in a team of a competition that ``other`` organizes or judges, or did: whatever else ``user`` may do."""
    own = Competition.objects.filter(teams__members__user=user.pk)
    return own.filter(Q(organizers__user=other.pk) | Q(judges__user=other.pk)).exists()


class OwnEntry(PermissionDenied):
    """A conflict of interest, which outweighs every right, that of a site admin too."""


def refuse_entrants(round_: Round, *, actor: Person | None) -> None:
    if actor is not None and is_entrant(actor, round_):
        raise OwnEntry(_("Your own team has an entry in this round. Another organizer has to take this step."))
