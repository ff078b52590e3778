"""A competition's pledge: published by its organizers in versions, accepted by one person after the other."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.enums import AgreementKind
from portal.accounts.models import Agreement, AgreementSeries, Consent
from portal.accounts.services import accept, add_version, current_of
from portal.core.errors import Conflict
from portal.core.people import Person
from portal.core.permissions import require
from tracks import rules
from tracks.models import Competition, Pledge


@transaction.atomic
def publish_pledge(
    competition: Competition, *, actor: Person | None, published_at: datetime, **texts: str
) -> Agreement:
    """The pledge's next version; the first makes the pledge."""
    require(rules.is_organizer, actor, competition)
    # Two who publish a first version would find no row to wait at.
    Competition.objects.select_for_update(no_key=True).get(pk=competition.pk)
    pledge = Pledge.objects.filter(competition=competition).select_related("series", "competition").first()
    if pledge is None:
        series = AgreementSeries.objects.create(slug=f"pledge-{competition.slug}", kind=AgreementKind.PLEDGE)
        pledge = Pledge.objects.create(competition=competition, series=series)
    return add_version(pledge.series, actor=actor, published_at=published_at, texts=texts, recorded_on=pledge)


def current_pledge(competition: Competition, *, now: datetime | None = None) -> Agreement | None:
    """The version that holds."""
    series = AgreementSeries.objects.filter(pk__in=Pledge.objects.filter(competition=competition).values("series"))
    found = series.first()
    return current_of(found, now=now) if found else None


def accept_pledge(competition: Competition, *, actor: Any, version: int) -> Consent:
    """Keep that ``actor`` gave the pledge as they read it; Conflict when another version holds by now."""
    require(rules.is_somebody, actor)
    holding = current_pledge(competition, now=timezone.now())
    if holding is None or holding.version != version:
        raise Conflict(_("The pledge has a new version. Please read that one."))
    return accept(actor, [holding])[0]


def pledge_given_by(user: Any, competition: Competition) -> Consent | None:
    """The newest version of the pledge that ``user`` has accepted."""
    series = Pledge.objects.filter(competition=competition).values("series")
    given = Consent.objects.live().filter(user_id=user.pk, agreement__series__in=series)
    found: Consent | None = given.select_related("agreement").order_by("-agreement__version").first()
    return found
