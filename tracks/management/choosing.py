from __future__ import annotations

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from tracks.models import Competition


def competition_at(slug: str) -> Competition:
    competition = Competition.objects.filter(slug=slug).first()
    if competition is None:
        raise CommandError(_("There is no competition at the address “%(slug)s”.") % {"slug": slug})
    return competition
