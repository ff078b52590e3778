from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from judging.models import Round
from judging.rules import is_entrant
from portal.core.people import Person


class OwnEntry(PermissionDenied):
    """A conflict of interest, which outweighs every right, that of a site admin too."""


def refuse_entrants(round_: Round, *, actor: Person | None) -> None:
    if actor is not None and is_entrant(actor, round_):
        raise OwnEntry(_("Your own team has an entry in this round. Another organizer has to take this step."))
