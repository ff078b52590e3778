from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from portal.accounts.models import User
from portal.accounts.signals import standing_changed


@receiver(standing_changed, sender=User, dispatch_uid="tracks.organizers_stay_staff")
def let_organizers_in(sender: type, user: Any, deed: str, **kwargs: Any) -> None:
    """Who is no site admin any more still enters the administration where they run a competition."""
    if deed == "dismiss_site_admin" and user.organizer_roles.exists():
        user.is_staff = True
        user.save(update_fields=["is_staff"])
