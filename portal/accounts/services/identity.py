"""Document numbers: kept with separate consent, encrypted, shown masked; each reading of a whole one leaves a line."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from portal.accounts import sealing
from portal.accounts.enums import AgreementKind, DocumentKind
from portal.accounts.identity_numbers import masked_number, normalize_number
from portal.accounts.models import IdentityDocument, User
from portal.accounts.personal_data import KEEPERS
from portal.accounts.services.agreements import accept, current
from portal.accounts.services.people import is_self, lock_person
from portal.core import audit
from portal.core.errors import Conflict
from portal.core.permissions import require
from portal.core.text import validate_plain_line

LONGEST_PURPOSE = 200
SHORTEST_PURPOSE = 4


def asked_by(user: Any) -> list[str]:
    """The competitions that need this person's number. Nobody else's is taken."""
    return sorted({name for keeper in KEEPERS for name in keeper.asks_document_number(user)})


@sensitive_variables("number")
@transaction.atomic
def save_document(user: Any, *, actor: Any, kind: str, number: str, notice_version: int) -> IdentityDocument:
    """Keep the number, and that its owner agreed to that. ``notice_version`` is the notice they read."""
    require(is_self, actor, user)
    if kind not in DocumentKind.values:
        raise ValidationError({"kind": _("Please choose a kind of document.")})
    try:
        number = normalize_number(kind, number)
    except ValidationError as error:
        raise ValidationError({"number": error.messages}) from None
    notice = current(AgreementKind.DOCUMENT_NUMBER)
    if notice is None or notice.version != notice_version:
        raise Conflict(_("The notice on document numbers has changed. Please read it again."))
    person = lock_person(user)
    if not asked_by(person):
        raise Conflict(_("No competition that you take part in asks for a document number."))
    consent = accept(person, [notice])[0]
    document, is_new = IdentityDocument.objects.update_or_create(
        user=person,
        defaults={
            "kind": kind,
            "sealed": sealing.seal(number, owner=person.pk),
            "consent": consent,
            "saved_at": timezone.now(),
        },
    )
    audit.record("add_document" if is_new else "replace_document", person, actor=actor, after={"kind": kind})
    return document


@transaction.atomic
def delete_document(user: Any, *, actor: Any, reason: str = "") -> None:
    """Delete the number, which withdraws the consent; ``actor=None`` is retention. Nothing there is no fault."""
    require(is_self, actor, user)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    document = IdentityDocument.objects.filter(user_id=user.pk).select_related("consent").first()
    if document is None:
        return
    consents = user.consents.live().filter(agreement__series__kind=AgreementKind.DOCUMENT_NUMBER)
    document.delete()
    consents.update(withdrawn_at=timezone.now())
    audit.record("delete_document", user, actor=actor, reason=reason)


@sensitive_variables()
def masked(document: IdentityDocument) -> str:
    """As pages show it. One that no key opens any more is nothing but stars."""
    try:
        return masked_number(sealing.unseal(document.sealed, owner=document.user_id))
    except sealing.Unreadable:
        return "****"


def clean_purpose(purpose: str) -> str:
    """One line that says what for; raises ValidationError."""
    purpose = " ".join(purpose.split())
    if not SHORTEST_PURPOSE <= len(purpose) <= LONGEST_PURPOSE:
        raise ValidationError(
            {"purpose": _("Please say what for, in 4 to 200 characters: it stays in the audit trail.")}
        )
    try:
        validate_plain_line(purpose)
    except ValidationError as error:
        raise ValidationError({"purpose": error.messages}) from None
    return purpose


@sensitive_variables()
@transaction.atomic
def read_number(document: IdentityDocument, *, actor: Any, purpose: str, about: Any = None) -> str:
    """The whole number, for whoever may have it: that the caller has checked. Raises Conflict when no key opens it.

    ``about`` is what the line is written on, such as a team whose organizers should find it.
    """
    purpose = clean_purpose(purpose)
    try:
        number = sealing.unseal(document.sealed, owner=document.user_id)
    except sealing.Unreadable:
        raise Conflict(_("This number can't be read at present. Please tell the administrator.")) from None
    _record_reading("read_document_number", document.user, about, actor=actor, purpose=purpose)
    return number


@sensitive_variables()
@transaction.atomic
def read_phone(user: Any, *, actor: Any, purpose: str, about: Any = None) -> str:
    """The whole phone number, likewise."""
    purpose = clean_purpose(purpose)
    _record_reading("read_phone", user, about, actor=actor, purpose=purpose)
    return str(user.phone)


def _record_reading(action: str, user: Any, about: Any, *, actor: Any, purpose: str) -> None:
    thing = about or user
    scope = audit.reading_scope(thing)
    audit.record(action, thing, actor=actor, after={"person": user.pk}, reason=purpose, scope=scope)


@sensitive_variables()
def rotate_keys() -> tuple[int, list[int]]:
    """Seal everything with the newest key; how many rows that took, and which (by id) no key opens.

    A number that its owner replaces meanwhile is sealed with the newest key anyway: the old text is in the WHERE.
    """
    done, unreadable = 0, []
    for document in IdentityDocument.objects.order_by("pk").only("pk", "sealed").iterator(chunk_size=500):
        if sealing.is_newest(document.sealed):
            continue
        try:
            sealed = sealing.reseal(document.sealed)
        except sealing.Unreadable:
            unreadable.append(document.pk)
            continue
        done += IdentityDocument.objects.filter(pk=document.pk, sealed=document.sealed).update(sealed=sealed)
    return done, unreadable
