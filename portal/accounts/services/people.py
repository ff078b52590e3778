from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from portal.accounts.models import User
from portal.accounts.phones import normalize_phone
from portal.core import audit
from portal.core.permissions import require


def is_self(actor: Any, user: Any) -> bool:
    return bool(actor.is_active and actor.pk == user.pk)


def lock_person(user: Any) -> User:
    """The account as it is now. Whoever gives it something to do queues here, and so does closing it."""
    person = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not person.is_active:
        raise PermissionDenied(_("This account is closed.") if person.closed_at else _("This account is disabled."))
    return person


@sensitive_variables("phone", "changes", "person")
@transaction.atomic
def change_profile(user: Any, *, actor: Any, full_name: str, phone: str, affiliation: str) -> User:
    """Write who somebody is. The audit trail names the fields, never what they say: it can't be erased."""
    require(is_self, actor, user)
    try:
        phone = normalize_phone(phone) if phone.strip() else ""
    except ValidationError as error:
        raise ValidationError({"phone": error.messages}) from None
    person = lock_person(user)
    changes = {"full_name": full_name.strip(), "phone": phone, "affiliation": affiliation.strip()}
    changed = [name for name, value in changes.items() if getattr(person, name) != value]
    if not changed:
        return person
    for name in changed:
        setattr(person, name, changes[name])
    person.clean_fields(exclude={field.name for field in User._meta.fields} - set(changed))
    person.save(update_fields=changed)
    audit.record("change_profile", person, actor=actor, after={"fields": sorted(changed)})
    return person
