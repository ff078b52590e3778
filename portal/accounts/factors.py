"""allauth's second factors as this portal uses them: the canonical host alone, secrets sealed, codes good for once."""

from __future__ import annotations

import base64
import logging
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.base import forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateTOTPForm
from allauth.mfa.webauthn import forms as webauthn
from cryptography.fernet import InvalidToken
from django import forms as django_forms
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.accounts import factor_keys
from portal.accounts.services.factors import reseal_factor
from portal.core.text import validate_plain_line

logger = logging.getLogger(__name__)


class FactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right. Codes change every half minute and are good for once."),
        "cannot_generate_recovery_codes": _("Recovery codes are for accounts with a second factor."),
    }

    def encrypt(self, text: str) -> str:
        return factor_keys.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return factor_keys.unseal(encrypted_text)
        except InvalidToken:
            # Its key has been thrown away. Something that nobody knows fits no code; a site admin takes it off.
            logger.exception("a second factor can't be read with the keys that are left")
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def get_totp_issuer(self) -> str:
        return str(settings.SITE_NAME)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """A passkey belongs to the portal's own host, whatever host a request names."""
        return {"id": urlsplit(settings.CANONICAL_URL).hostname or "localhost", "name": settings.SITE_NAME}

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's name
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey %(number)s") % {"number": count + 1}


class CodeOnce(forms.BaseAuthenticateForm):
    """A code from the app stays valid for a while, but works once in all that time."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        as_digits(self.fields["code"])

    def clean_code(self) -> str:
        code: str = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP:
            use_up(self.user, code)
        try:
            reseal_factor(self.authenticator)
        except InvalidToken:
            # One of several codes from before there were seeds; the one that was given is right all the same.
            logger.warning("a second factor can't be sealed anew", exc_info=True)
        return code


class AuthenticateForm(CodeOnce, forms.AuthenticateForm):
    pass


class ReauthenticateForm(CodeOnce, forms.ReauthenticateForm):
    pass


class ActivateTOTPForm(AllauthActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        as_digits(self.fields["code"])

    def clean_code(self) -> str:
        """A second press of the button is no second app."""
        code: str = super().clean_code()
        use_up(self.user, code)
        return code


def use_up(user: Any, code: str) -> None:
    seconds = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    used = f"second-factor-used:{user.pk}:{''.join(filter(str.isdigit, code))}"
    if not cache.add(used, 1, timeout=seconds):
        raise get_adapter().validation_error("incorrect_code")


def key_name(*, required: bool) -> django_forms.CharField:
    """What the person calls a passkey."""
    return django_forms.CharField(
        label=_("Name of this passkey"), max_length=60, required=required, validators=[validate_plain_line]
    )


class CredentialField(django_forms.JSONField):
    """What a browser's passkey answered, as JSON. Where that is nested without end, Python gives up in its own way."""

    def __init__(self) -> None:
        super().__init__(required=True, widget=django_forms.HiddenInput)

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError:
            raise get_adapter().validation_error("incorrect_code") from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Shown again to nobody: the answer belongs to a question that is spent."""
        return None


def answer_or_error(clean: Callable[[], Any]) -> Any:
    """What ``clean`` returns. Parsers of keys and signatures raise whatever they stumble over."""
    try:
        return clean()
    except (ValidationError, DatabaseError):
        raise
    except Exception as error:  # noqa: BLE001 - a forged answer is bad input, however it is forged
        logger.info("a passkey's answer can't be read: %r", error)
        raise get_adapter().validation_error("incorrect_code") from None


class AuthenticateWebAuthnForm(webauthn.AuthenticateWebAuthnForm):
    credential = CredentialField()

    def clean_credential(self) -> Authenticator:
        return answer_or_error(super().clean_credential)


class LoginWebAuthnForm(webauthn.LoginWebAuthnForm):
    credential = CredentialField()

    def clean_credential(self) -> Authenticator:
        return answer_or_error(super().clean_credential)


class ReauthenticateWebAuthnForm(webauthn.ReauthenticateWebAuthnForm):
    credential = CredentialField()

    def clean_credential(self) -> Authenticator:
        return answer_or_error(super().clean_credential)


class AddWebAuthnForm(webauthn.AddWebAuthnForm):
    credential = CredentialField()
    name = key_name(required=False)
    passwordless = django_forms.BooleanField(
        label=_("Sign in without the password"),
        initial=True,
        required=False,
        help_text=_("With this passkey alone; the device asks for fingerprint, face or PIN."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = answer_or_error(super().clean)
        return cleaned


class EditWebAuthnForm(webauthn.EditWebAuthnForm):
    name = key_name(required=True)


def as_digits(field: django_forms.Field) -> None:
    field.label = _("Code")
    field.widget.attrs.update(inputmode="numeric")
