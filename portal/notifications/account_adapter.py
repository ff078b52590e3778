from __future__ import annotations

import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from portal.notifications import mail, services


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up keeps the name; mails go through the outbox and speak of the canonical address alone."""

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:  # noqa: FBT001, FBT002 - allauth's signature
        user.full_name = form.cleaned_data.get("full_name", "")
        return super().save_user(request, user, form, commit)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return mail.address(reverse("account_confirm_email", args=[emailconfirmation.key]))

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return mail.address(path.replace("UID-KEY", key))

    def send_account_already_exists_mail(self, email: str) -> None:
        self.send_mail("account/email/account_already_exists", email, {})

    @transaction.atomic
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        context = {
            "email": email,
            "site_name": settings.SITE_NAME,
            "password_reset_url": mail.address(reverse("account_reset_password")),
            **context,
            "signup_url": mail.address(reverse("account_signup")),
        }
        message = self.render_mail(template_prefix, email, context)
        services.enqueue_mail(
            key=f"account:{secrets.token_hex(16)}",
            to=email,
            subject=message.subject,
            body=message.body,
            is_secret=True,
        )
