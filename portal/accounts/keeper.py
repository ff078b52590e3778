"""What accounts itself, the audit trail and the libraries for signing in keep about a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _

from portal.accounts import admin_log, sealing
from portal.accounts.lifecycle import EXPORT_LIFECYCLE
from portal.accounts.models import Consent, DataExport, IdentityDocument, User
from portal.accounts.personal_data import Duty, Keeper, Kept, Row, Section, read
from portal.core.models import AuditEntry, IdempotencyKey

# Ways to sign in, and where from. All of it ends with the account.
KEYS = {
    "mfa.Authenticator": ("type", "created_at", "last_used_at"),
    "usersessions.UserSession": ("ip", "user_agent", "created_at", "last_seen_at"),
    "accounts.ApiToken": ("name", "purpose", "token_key", "created", "expiry", "last_used_at", "revoked_at"),
}


class AccountKeeper(Keeper):
    covers = frozenset(
        {
            *("accounts.User", "accounts.Consent", "accounts.IdentityDocument", "accounts.DataExport"),
            *("account.EmailAddress", "core.AuditEntry", "core.IdempotencyKey", "admin.LogEntry", *KEYS),
        }
    )

    @property
    def sections(self) -> list[Section]:  # type: ignore[override]
        return [
            Section("profile", _("account and profile"), profile),
            Section("email-addresses", _("e-mail addresses"), email_addresses),
            Section("consents", _("what you have accepted"), consents),
            Section("identity-document", _("document number"), identity_document),
            Section("sign-in", _("ways to sign in, and sessions"), ways_to_sign_in),
            Section("copies", _("copies of your data"), copies),
            Section("actions", _("your actions in the audit trail"), actions),
        ]

    def duties(self, user: Any, *, now: datetime) -> Iterable[Duty]:
        others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
        if user.is_superuser and not others.exists():
            yield Duty(str(_("You are the only site administrator. Appoint another one first.")))

    def kept(self, user: Any) -> Iterable[Kept]:
        yield Kept(
            _("which versions of the notice, agreement and pledges you accepted, and when, under a number"),
            _("to prove that data was handled with consent"),
            _("as long as the competition's records"),
        )
        yield Kept(
            _("the audit trail: what was done when, under a number without your name"),
            _("the law asks for logs, and nobody can change or delete them"),
            _("at least six months"),
        )

    def erase(self, user: Any, *, now: datetime) -> None:
        for export in DataExport.objects.filter(user=user):
            if EXPORT_LIFECYCLE.allows(export, "expire_export"):
                EXPORT_LIFECYCLE.apply(export, "expire_export", actor=None)
        IdentityDocument.objects.filter(user=user).delete()
        user.consents.live().filter(agreement__series__kind="document_number").update(withdrawn_at=now)
        admin_log.forget_person(user)
        user.emailaddress_set.all().delete()
        IdempotencyKey.objects.filter(actor_id=user.pk).delete()
        _end_sessions(user)
        for label in KEYS:
            if model := installed(label):
                model.objects.filter(user=user).delete()


def installed(label: str) -> Any:
    """The model, where its library is installed."""
    app, name = label.split(".")
    return apps.get_model(app, name) if app in apps.app_configs else None


def profile(user: Any) -> Iterator[Row]:
    yield {
        "id": user.pk,
        "email": user.email,
        "name": user.full_name,
        "phone": user.phone,
        "organization": user.affiliation,
        "joined_at": user.joined_at,
        "last_login": user.last_login,
        "is_staff": user.is_staff,
        "is_site_admin": user.is_superuser,
    }


def email_addresses(user: Any) -> Iterator[Row]:
    yield from user.emailaddress_set.order_by("pk").values("email", "verified", "primary")


def consents(user: Any) -> Iterator[Row]:
    rows = Consent.objects.filter(user=user).select_related("agreement__series").order_by("pk")
    return read(
        rows,
        lambda row: {
            "text": row.agreement.title,
            "series": row.agreement.series.slug,
            "version": row.agreement.version,
            "accepted_at": row.accepted_at,
            "withdrawn_at": row.withdrawn_at,
        },
    )


def identity_document(user: Any) -> Iterator[Row]:
    for row in IdentityDocument.objects.filter(user=user):
        try:
            number: str | None = sealing.unseal(row.sealed, owner=user.pk)
        except sealing.Unreadable:
            number = None
        yield {"kind": row.kind, "number": number, "saved_at": row.saved_at}


def ways_to_sign_in(user: Any) -> Iterator[Row]:
    for label, fields in KEYS.items():
        if model := installed(label):
            for row in model.objects.filter(user=user).order_by("pk").values(*fields):
                yield {"what": label.split(".")[1], **row}


def copies(user: Any) -> Iterator[Row]:
    yield from DataExport.objects.filter(user=user).order_by("pk").values("requested_at", "ready_at", "status", "size")


def actions(user: Any) -> Iterator[Row]:
    """What this person did. What it changed about others stays out: a line about somebody else is theirs as well."""
    lines = AuditEntry.objects.filter(actor_id=user.pk).order_by("pk")
    own = (User._meta.label_lower, str(user.pk))
    return read(
        lines,
        lambda line: {
            "at": line.at,
            "action": line.action,
            "object_type": line.object_type,
            "object_id": line.object_id,
            **({"after": line.after, "reason": line.reason} if (line.object_type, line.object_id) == own else {}),
        },
    )


def _end_sessions(user: Any) -> None:
    """Delete what a session holds. None of them would open the door any more: the account is inactive."""
    listed = installed("usersessions.UserSession")
    if listed is None:
        return
    keys = list(listed.objects.filter(user=user).values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
