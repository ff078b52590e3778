"""Who may use their account, and who is a site admin: site admins decide it, in person and with a reason."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.accounts.signals import standing_changed
from portal.core import audit
from portal.core.errors import Conflict, TransitionNotAllowed
from portal.core.people import Person, is_site_admin
from portal.core.permissions import require, require_in_person
from portal.core.text import validate_plain_line

LONGEST_REASON = 200


def can_disable(person: User) -> bool:
    return person.is_active


def can_enable(person: User) -> bool:
    return not person.is_active and person.closed_at is None


def can_appoint(person: User) -> bool:
    return person.is_active and not person.is_superuser


def can_dismiss(person: User) -> bool:
    return person.is_superuser


@transaction.atomic
def disable_person(user: User, *, actor: Person, reason: str) -> User:
    """Nobody gets in with this account any more; its sessions and tokens end, what it holds stays."""
    person = _locked(user, actor)
    _check(can_disable(person))
    if person.pk == actor.pk:
        raise Conflict(_("You can't disable your own account."))
    # Saving somebody who may not sign in revokes their tokens.
    person.is_active = False
    return _changed(person, "disable", actor=actor, reason=reason)


@transaction.atomic
def enable_person(user: User, *, actor: Person, reason: str) -> User:
    """Sign-in is open again; tokens and sessions from before stay ended. A closed account stays closed."""
    person = _locked(user, actor)
    _check(can_enable(person))
    person.is_active = True
    return _changed(person, "enable", actor=actor, reason=reason)


@transaction.atomic
def appoint_site_admin(user: User, *, actor: Person, reason: str) -> User:
    person = _locked(user, actor)
    _check(can_appoint(person))
    person.is_superuser = person.is_staff = True
    return _changed(person, "appoint_site_admin", actor=actor, reason=reason)


@transaction.atomic
def dismiss_site_admin(user: User, *, actor: Person, reason: str) -> User:
    """Whoever has a role in an app above keeps the way into the administration. Nobody dismisses the last one."""
    person = _locked(user, actor)
    _check(can_dismiss(person))
    if not User.objects.filter(is_superuser=True, is_active=True).exclude(pk=person.pk).exists():
        raise Conflict(_("You are the only site administrator. Appoint another one first."))
    person.is_superuser = person.is_staff = False
    return _changed(person, "dismiss_site_admin", actor=actor, reason=reason)


def _locked(user: User, actor: Person) -> User:
    """The account as it is now. All site admins are held too, in one order: two who dismiss each other wait here."""
    require_in_person()
    require(is_site_admin, actor)
    together = User.objects.select_for_update(no_key=True).filter(Q(pk=user.pk) | Q(is_superuser=True))
    rows = {row.pk: row for row in together.order_by("pk")}
    now = rows.get(actor.pk)
    if now is None or not (now.is_active and now.is_superuser):
        raise PermissionDenied(_("You are not allowed to do this."))
    return rows[user.pk]


def _check(is_possible: bool) -> None:  # noqa: FBT001 - the answer itself
    if not is_possible:
        raise TransitionNotAllowed(_("This step isn't possible in the present state."))


def _changed(person: User, deed: str, *, actor: Person, reason: str) -> User:
    reason = _clean_reason(reason)
    person.save(update_fields=["is_active", "is_staff", "is_superuser"])
    if deed in {"disable", "enable"}:
        # Enabling too: of a session that began while the account was being disabled nothing is left to come back.
        for session in UserSession.objects.filter(user=person):
            session.end()
    audit.record(deed, person, actor=actor, reason=reason)
    standing_changed.send(User, user=person, deed=deed, reason=reason)
    return person


def _clean_reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Please give a reason.")})
    if len(reason) > LONGEST_REASON:
        raise ValidationError({"reason": _("At most %(limit)s characters.") % {"limit": LONGEST_REASON}})
    try:
        validate_plain_line(reason)
    except ValidationError as error:
        raise ValidationError({"reason": error.messages}) from None
    return reason
