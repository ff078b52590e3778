"""What people are told and what they agree to: which version holds, who accepted which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.enums import AgreementKind
from portal.accounts.models import Agreement, AgreementSeries, Consent, User
from portal.core import audit
from portal.core.instants import validate_instant
from portal.core.people import Person, is_site_admin
from portal.core.permissions import require, require_in_person

# What everybody with an account agrees to.
OF_EVERYBODY = (AgreementKind.PRIVACY_NOTICE, AgreementKind.USER_AGREEMENT)
# A form that was open for a while still means "from now on".
SLACK = timedelta(minutes=10)


def current(kind: str, *, now: datetime | None = None) -> Agreement | None:
    """The version of the portal's own ``kind`` that holds."""
    versions = Agreement.objects.in_force(now or timezone.now()).filter(series__kind=kind)
    return versions.select_related("series").first()


def current_of(series: AgreementSeries, *, now: datetime | None = None) -> Agreement | None:
    versions = series.versions.in_force(now or timezone.now())
    found: Agreement | None = versions.first()
    return found


def holding(now: datetime) -> list[Agreement]:
    """The version of each series that holds, without the texts."""
    texts = ("body", "body_en", "changes", "changes_en")
    newest: dict[int, Agreement] = {}
    for each in Agreement.objects.in_force(now).defer(*texts).select_related("series"):
        newest.setdefault(each.series_id, each)
    return list(newest.values())


def asked_at_signup(now: datetime | None = None) -> list[Agreement]:
    return [each for each in holding(now or timezone.now()) if each.series.kind in OF_EVERYBODY]


def due_for(user: User, *, now: datetime | None = None) -> list[Agreement]:
    """What ``user`` has to read and accept: what everybody does, and newer versions of the pledges they gave."""
    now = now or timezone.now()
    given: dict[int, set[int]] = {}
    for series, version in user.consents.live().values_list("agreement__series", "agreement__version"):
        given.setdefault(series, set()).add(version)
    asked = [
        each
        for each in holding(now)
        if each.version not in given.get(each.series_id, set())
        and (each.series.kind in OF_EVERYBODY or (each.series.kind == AgreementKind.PLEDGE and each.series_id in given))
    ]
    return sorted(asked, key=lambda each: (each.series.kind == AgreementKind.PLEDGE, each.series_id))


@transaction.atomic
def accept(user: User, agreements: Iterable[Agreement]) -> list[Consent]:
    """Keep that ``user`` accepted these versions; what was accepted before stays as it was. Nobody does it for them."""
    require_in_person()
    given = []
    for agreement in agreements:
        consent, is_new = Consent.objects.get_or_create(user=user, agreement=agreement, withdrawn_at=None)
        given.append(consent)
        if is_new:
            after = {"series": agreement.series.slug, "version": agreement.version}
            audit.record("accept", user, actor=user, after=after)
    return given


def accept_all(user: User) -> list[Consent]:
    """Everything that is asked of everybody, as it reads now: for accounts that are made without a form."""
    return accept(user, asked_at_signup())


def publish(kind: str, *, actor: Person | None, published_at: datetime, **texts: str) -> Agreement:
    """A new version of one of the portal's own texts."""
    require(is_site_admin, actor)
    if kind == AgreementKind.PLEDGE:
        raise ValidationError({"series": _("A pledge is published with its competition.")})
    series, _is_new = AgreementSeries.objects.get_or_create(kind=kind, defaults={"slug": kind.replace("_", "-")})
    return add_version(series, actor=actor, published_at=published_at, texts=texts)


@transaction.atomic
def add_version(
    series: AgreementSeries,
    *,
    actor: Person | None,
    published_at: datetime,
    recorded_on: models.Model | None = None,
    texts: Mapping[str, str],
) -> Agreement:
    """The next version of ``series``. It can't be changed afterwards. Whoever calls has checked who may."""
    # Whoever numbers the next version queues here.
    series = AgreementSeries.objects.select_for_update(no_key=True).get(pk=series.pk)
    check_version(series, published_at=published_at, changes=texts.get("changes", ""))
    latest = series.versions.aggregate(number=Max("version"))["number"] or 0
    version = Agreement(series=series, version=latest + 1, published_at=published_at, **texts)
    version.full_clean(exclude=["series"])
    version.save(force_insert=True)
    after = {"series": series.slug, "version": version.version, "published_at": published_at.isoformat()}
    audit.record("publish_version", recorded_on or version, actor=actor, after=after)
    return version


def check_version(series: AgreementSeries | None, *, published_at: datetime, changes: str) -> None:
    """Raises ValidationError for what can't be the next version; ``None`` stands for a series that is not there yet."""
    errors: dict[str, Any] = {}
    last = series.versions.aggregate(at=Max("published_at"))["at"] if series else None
    try:
        validate_instant(published_at)
    except ValidationError as error:
        errors["published_at"] = error.messages
    if published_at < timezone.now() - SLACK:
        errors["published_at"] = _("A text can't have been in force before it was published.")
    elif last and published_at <= last:
        errors["published_at"] = _("An earlier version comes into force later than this.")
    if last and not changes.strip():
        errors["changes"] = _("Please say what has changed: people read it before they accept.")
    if errors:
        raise ValidationError(errors)


def chosen(due: Sequence[Agreement], ids: Iterable[str]) -> list[Agreement]:
    """Of ``due`` those that were ticked, by what the form says."""
    wanted = set(ids)
    return [each for each in due if str(each.pk) in wanted]
