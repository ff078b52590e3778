from __future__ import annotations

import logging
import secrets
import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import clean_client_ip
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from portal.accounts import limits, proofs
from portal.accounts.devices import remember_device
from portal.core.addresses import normal_address
from portal.notifications import mail, services

logger = logging.getLogger(__name__)


REAUTHENTICATE = {
    "reauthenticate": _("Use the password"),
    "mfa_reauthenticate": _("Use a code from the app, or a recovery code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}


class AccountAdapter(DefaultAccountAdapter):
    """What allauth asks the portal: whom to let in, how often, where to go next, and how mail leaves."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account can't be used at present. Please ask the organizers."),
        "duplicate_email": _("This address belongs to your account already."),
        "email_password_mismatch": _("Address and password don't match. You can also sign in with a mailed code."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": _("This code is not right. Please compare it with the mail."),
        "incorrect_password": _("The password is wrong."),
        "max_email_addresses": _("An account has %d addresses at most."),
        "rate_limited": _("That was too often. Please wait a few minutes and try again."),
        "too_many_login_attempts": _(
            "There were too many attempts. Please wait a few minutes, or sign in with a mailed code or a passkey."
        ),
    }

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:  # noqa: FBT001, FBT002 - allauth's signature
        user.full_name = form.cleaned_data.get("full_name", "")
        return super().save_user(request, user, form, commit)

    # Who

    def login(self, request: HttpRequest, user: Any) -> None:
        """Disabled between two steps of a sign-in is disabled."""
        if not user.is_active:
            raise ImmediateHttpResponse(self.respond_user_inactive(request, user))
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        remember_device(request, response, user.email, *filter(None, [kwargs.get("email")]))
        return response

    @transaction.atomic
    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        return email_address.user.is_active and super().confirm_email(request, email_address)

    def is_email_verified(self, request: HttpRequest, email: str) -> bool:
        return email == proofs.proven_address(request)

    def unstash_verified_email(self, request: HttpRequest) -> str | None:
        return proofs.use_proof(request) or None

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever has signed in a moment ago has just shown who they are."""
        records = get_authentication_records(self.request, self.request.user)
        signed_in_at = max((record["at"] for record in records), default=0)
        is_recent = time.time() - signed_in_at < app_settings.REAUTHENTICATION_TIMEOUT
        return not is_recent and super().is_reauthentication_required(app=app, **kwargs)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [{**method, "description": REAUTHENTICATE[method["id"]]} for method in methods]

    # How often

    def get_client_ip(self, request: HttpRequest) -> str:
        """As the outermost proxy of ours saw it. What a client writes before that counts for nothing."""
        count, seen = settings.TRUSTED_PROXY_COUNT, request.headers.get("X-Forwarded-For", "").split(",")
        if count and len(seen) < count:
            logger.warning("X-Forwarded-For names fewer than %s proxies; the address of the last one counts", count)
        found = seen[-count] if 0 < count <= len(seen) and seen[-count].strip() else request.META.get("REMOTE_ADDR", "")
        ip: str | None = clean_client_ip(found)
        if ip is None:
            raise PermissionDenied
        return ip

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        self.taken = limits.take(request, "login_failed", _address(credentials))
        if self.taken is None:
            raise self.validation_error("too_many_login_attempts")

    def _rollback_login_failed_rl_usage(self) -> None:
        limits.give_back(self.taken)

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        limits.forgive(request, "login_failed", _address(credentials))

    # Where to

    def is_safe_url(self, url: str | None) -> bool:
        """A page of ours, by its path; nothing that names a host, not even one of ours."""
        return bool(url) and str(url).startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:security")

    # Mail: through the outbox, and of the canonical address alone

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return mail.address(reverse("account_confirm_email", args=[emailconfirmation.key]))

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return mail.address(path.replace("UID-KEY", key))

    def send_account_already_exists_mail(self, email: str) -> None:
        self.send_mail("account/email/account_already_exists", email, {})

    def format_email_subject(self, subject: str) -> str:
        return f"【{settings.SITE_NAME}】{subject}"

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        super().send_notification_mail(template_prefix, user, {"user": user, **(context or {})}, email)

    @transaction.atomic
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        context = {
            "email": email,
            "site_name": settings.SITE_NAME,
            "password_reset_url": mail.address(reverse("account_reset_password")),
            "login_url": mail.address(reverse("account_login")),
            **context,
            "signup_url": mail.address(reverse("account_signup")),
            "security_url": mail.address(reverse("accounts:security")),
        }
        message = self.render_mail(template_prefix, email, context)
        services.enqueue_mail(
            key=f"account:{secrets.token_hex(16)}",
            to=email,
            subject=message.subject,
            body=message.body,
            is_secret=True,
        )


def _address(credentials: dict[str, Any]) -> str:
    return normal_address(credentials.get("email") or credentials.get("username") or "")
