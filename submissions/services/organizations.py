"""The registry of organizations: one row a 统一社会信用代码, and who may say what about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.errors import Conflict
from portal.core.people import Person
from submissions.codes import normalize_credit_code
from submissions.enums import WITHOUT_SIZE, MemberRole, OrganizationSize
from submissions.models import Organization, Team, TeamMember
from submissions.regions import region_of_code
from submissions.signals import organization_asked
from tracks.models import Competition
from tracks.rules import is_site_admin

# What is said about an organization, and the fields of forms that say it.
FIELDS = {
    "code": "organization_code",
    "name": "organization_name",
    "kind": "organization_kind",
    "region": "organization_region",
    "size": "organization_size",
}
# What a captain may still add where somebody else has entered the organization.
ADDABLE = frozenset({"region", "size"})
SAYABLE = ADDABLE | {"name", "kind"}


def new_organization(
    *, code: str, name: str, kind: str, region: str = "", size: str = "", actor: Any = None
) -> Organization:
    """Unsaved. A region that isn't given is read from the code, and a public body needs no size."""
    code = normalize_credit_code(code)
    return Organization(
        code=code,
        name=name.strip(),
        kind=kind,
        region=region or region_of_code(code),
        size=_size(kind, size),
        created_by=actor,
    )


def check_organization(organization: Organization) -> dict[str, list[str]]:
    """What is wrong with it, by the fields of a form."""
    try:
        organization.clean_fields(exclude=["created_by", "merged_into"])
        organization.clean()
    except ValidationError as error:
        return {FIELDS[field]: messages for field, messages in error.message_dict.items()}
    return {}


def find_organization(code: str) -> Organization | None:
    """Whose code this is, or was before a double was merged; held until the commit, so that it is none itself."""
    found = Organization.objects.select_related("merged_into").filter(code=code).first()
    return hold_organization(found) if found else None


def hold_organization(organization: Organization) -> Organization:
    """Lock the row, or that of the organization it has been merged into. Teams are locked before, judges after."""
    pk = organization.merged_into_id or organization.pk
    while True:
        held = Organization.objects.select_for_update(no_key=True).get(pk=pk)
        if held.merged_into_id is None:
            return held
        # Merged while we waited.
        pk = held.merged_into_id


def hold_as_it_is(organization: Organization) -> Organization:
    """Lock the row; raises Conflict where it has become a double of another one, of which nothing was said."""
    held = hold_organization(organization)
    if held.pk != organization.pk:
        raise Conflict(_("This organization has been merged into “%(kept)s” meanwhile.") % {"kept": held})
    return held


def enter_organization(organization: Organization) -> Organization:
    """The row of this code: one that is known stays as it is."""
    fields = ("name", "kind", "region", "size", "created_by")
    made, is_new = Organization.objects.get_or_create(
        code=organization.code, defaults={name: getattr(organization, name) for name in fields}
    )
    return made if is_new else hold_organization(made)


def add_missing(held: Organization, organization: Organization) -> dict[str, str]:
    """Take over what ``held`` doesn't say yet; what that was, for the line of whoever did it."""
    added = {name: getattr(organization, name) for name in ADDABLE if not getattr(held, name)}
    if held.kind != organization.kind:
        added.pop("size", None)
    return change(held, {name: value for name, value in added.items() if value})[1]


def sayable_by(user: Person, organizations: Iterable[Organization]) -> dict[int, frozenset[str]]:
    """By key, what a captain may say about each: all while no team but their own names it, else what is missing.

    Two queries, however many there are.
    """
    rows = {each.pk: each for each in organizations}
    others: Any = Team.objects.exclude(members__in=_captaincies(user))
    shared = set(others.filter(organization__in=rows).values_list("organization", flat=True))
    shared |= set(others.filter(partners__organization__in=rows).values_list("partners__organization", flat=True))
    missing = {pk: frozenset(name for name in ADDABLE if not getattr(row, name)) for pk, row in rows.items()}
    return {pk: missing[pk] if pk in shared else SAYABLE for pk in rows}


@transaction.atomic
def correct_organization(organization: Organization, *, actor: Any, **said: str) -> Organization:
    """What an organizer says about it: some of ``FIELDS``. Whoever waits behind another one overwrites knowingly."""
    require_registrar(actor, organization)
    held = hold_as_it_is(organization)
    try:
        with transaction.atomic():
            before, after = change(held, changes_to(held, said))
    except IntegrityError:
        raise Conflict(_("Another organization has this code. If the two are one, merge them.")) from None
    if after:
        audit.record("edit", held, actor=actor, before=before, after=after, scope=scope_of(held))
    return held


def competitions_of(*organizations: Organization) -> set[int]:
    """Keys of the competitions in which a team or somebody else stands for one of them."""
    own = Team.objects.filter(Q(organization__in=organizations) | Q(partners__organization__in=organizations))
    found = set(own.values_list("competition", flat=True))
    others: Any
    for _receiver, others in organization_asked.send(Organization, organizations=organizations):
        found |= others
    return found


def is_registrar(user: Person, *organizations: Organization) -> bool:
    """May correct and merge these: the site admin, and whoever runs every competition in which they stand."""
    if is_site_admin(user):
        return True
    own = set(Competition.objects.organized_by(user).values_list("pk", flat=True))
    return bool(own) and competitions_of(*organizations) <= own


def require_registrar(actor: Person | None, *organizations: Organization) -> None:
    if actor is not None and not is_registrar(actor, *organizations):
        raise PermissionDenied(_("This organization stands in competitions that others run."))


def scope_of(*organizations: Organization) -> str:
    """The chain of the one competition they stand in, else that of the site."""
    competitions = competitions_of(*organizations)
    return f"competition:{competitions.pop()}" if len(competitions) == 1 else audit.SITE


def changes_to(held: Organization, said: dict[str, str]) -> dict[str, str]:
    """What of ``said`` is news, as it is kept."""
    tidied = {name: value.strip() for name, value in said.items()}
    if "code" in tidied:
        tidied["code"] = normalize_credit_code(tidied["code"])
    if "size" in tidied or "kind" in tidied:
        tidied["size"] = _size(tidied.get("kind", held.kind), tidied.get("size", held.size))
    return {name: value for name, value in tidied.items() if value != getattr(held, name)}


def change(held: Organization, changes: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Save them; what it said before and what it says now. Raises ValidationError by the fields of a form."""
    before = {name: getattr(held, name) for name in changes}
    for name, value in changes.items():
        setattr(held, name, value)
    if changes:
        if errors := check_organization(held):
            raise ValidationError(errors)
        held.save(update_fields=list(changes))
    return before, dict(changes)


def _captaincies(user: Person) -> Any:
    return TeamMember.objects.filter(user_id=user.pk, role=MemberRole.CAPTAIN)


def _size(kind: str, size: str) -> str:
    return size or (OrganizationSize.NOT_APPLICABLE if kind in WITHOUT_SIZE else "")
