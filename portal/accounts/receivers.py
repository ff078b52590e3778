"""What follows when somebody signs in, or changes what they sign in with: above all, lines of the audit trail."""

from __future__ import annotations

from typing import Any

from allauth.account import signals
from allauth.account.models import EmailAddress
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver
from django.http import HttpRequest
from hijack.signals import hijack_ended

from portal.accounts import access, acting, admin_log
from portal.accounts.models import User
from portal.accounts.services.addresses import free_address
from portal.core.context import current_real_actor

# allauth's signals and what each says has happened to the account.
CHANGES = {
    "change_password": signals.password_changed,
    "set_password": signals.password_set,
    "reset_password": signals.password_reset,
    "sign_up": signals.user_signed_up,
}
FACTORS = {
    "add_factor": mfa.authenticator_added,
    "remove_factor": mfa.authenticator_removed,
    "reset_factor": mfa.authenticator_reset,
}


def _actor(request: HttpRequest | None) -> Any:
    user = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None


@receiver(user_logged_in, dispatch_uid="accounts.audit.sign_in")
def on_signed_in(sender: Any, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    # A request that nobody has sent is how programs sign people in. Who acts for somebody signs in as nobody.
    if request is not None and request.method and current_real_actor.get() is None:
        access.signed_in(request, user)


@receiver(user_login_failed, dispatch_uid="accounts.audit.sign_in_failed")
def on_failed(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    address = credentials.get("email") or credentials.get("username")
    if address:
        access.failed(request, str(address))


@receiver(user_logged_out, dispatch_uid="accounts.audit.sign_out")
def on_signed_out(sender: Any, request: HttpRequest | None, user: User | None, **kwargs: Any) -> None:
    if request is None or not request.method or user is None:
        return
    if (real_actor := current_real_actor.get()) is not None:
        acting.ended(user, real_actor_id=real_actor)
    else:
        access.note("sign_out", user, request=request, actor=user)


@receiver(hijack_ended, dispatch_uid="accounts.audit.stop_acting")
def on_acting_ended(sender: Any, hijacker: User, hijacked: User, **kwargs: Any) -> None:
    acting.ended(hijacked, real_actor_id=hijacker.pk)


def _change_receiver(action: str) -> Any:
    def on_changed(sender: Any, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
        access.note(action, user, request=request, actor=_actor(request))

    return on_changed


for _action, _signal in CHANGES.items():
    _signal.connect(_change_receiver(_action), weak=False, dispatch_uid=f"accounts.audit.{_action}")


@receiver(signals.email_added, dispatch_uid="accounts.audit.add_email")
def on_email_added(sender: Any, request: HttpRequest, user: User, email_address: Any, **kwargs: Any) -> None:
    access.note("add_email", user, request=request, actor=_actor(request), email=email_address.pk)


@receiver(signals.email_removed, dispatch_uid="accounts.audit.remove_email")
def on_email_removed(sender: Any, request: HttpRequest, user: User, email_address: Any, **kwargs: Any) -> None:
    # The row is gone by now, and its key with it.
    access.note("remove_email", user, request=request, actor=_actor(request))


@receiver(signals.email_changed, dispatch_uid="accounts.audit.change_email")
def on_email_changed(sender: Any, request: HttpRequest, user: User, to_email_address: Any, **kwargs: Any) -> None:
    access.note("change_email", user, request=request, actor=_actor(request), email=to_email_address.pk)


@receiver(signals.email_confirmed, dispatch_uid="accounts.audit.confirm_email")
def on_email_confirmed(sender: Any, request: HttpRequest, email_address: Any, **kwargs: Any) -> None:
    access.note("confirm_email", email_address.user, request=request, actor=_actor(request), email=email_address.pk)


@receiver(pre_save, sender=LogEntry, dispatch_uid="accounts.administration_names_nobody")
def name_nobody(sender: Any, instance: LogEntry, **kwargs: Any) -> None:
    admin_log.call_neutrally(instance)


@receiver(post_save, sender=EmailAddress, dispatch_uid="accounts.proven_address_is_its_owners")
def free_what_is_proven(sender: Any, instance: EmailAddress, raw: bool, **kwargs: Any) -> None:  # noqa: FBT001 - Django's signal
    """Before the account takes the address as its main one: one that somebody else has registered stands in the way."""
    if instance.verified and not raw:
        free_address(instance)


def _factor_receiver(action: str) -> Any:
    def on_factor(sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
        access.note(action, user, request=request, actor=_actor(request), ways=[authenticator.type])

    return on_factor


for _action, _signal in FACTORS.items():
    _signal.connect(_factor_receiver(_action), weak=False, dispatch_uid=f"accounts.audit.{_action}")


@receiver(mfa.authentication_failed, dispatch_uid="accounts.audit.factor_failed")
def on_factor_failed(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    access.failed_at("factor_failed", request, user)


@receiver(mfa.authenticator_added, dispatch_uid="accounts.first_factor_ends_other_sessions")
def end_sessions_without_factor(
    sender: Any, request: HttpRequest, user: Any, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Sessions that began with the password alone end with the first second factor."""
    others = Authenticator.objects.filter(user=user).exclude(pk=authenticator.pk)
    is_first = not others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
    if is_first and authenticator.type != Authenticator.Type.RECOVERY_CODES:
        for session in UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key):
            session.end()
