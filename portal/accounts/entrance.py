"""allauth's forms as this portal asks them: addresses with one spelling, limits that lock nobody out, and the same
work whether an address has an account or not.
"""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.signup import prevent_enumeration, send_unknown_account_mail
from allauth.account.utils import user_pk_to_url_str
from allauth.core import context
from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from portal.accounts import access, limits
from portal.accounts.lookup import look_for_nobody, owner_of
from portal.accounts.models import User
from portal.accounts.passwords import StrengthValidator
from portal.accounts.proofs import proven_address
from portal.accounts.services.addresses import NOWHERE
from portal.accounts.tokens import ResetToken
from portal.core.addresses import AddressField
from portal.core.errors import Conflict

# Queries with which allauth looks for the address of somebody who has just registered.
LOOKED_UP_AFTER_SIGNUP = 3


def as_secret(field: forms.Field, *, is_new: bool = False) -> None:
    """A box for a password; password.js puts a button to it that shows what is typed."""
    field.widget.attrs.update(
        {"data-show": _("Show what is typed"), "data-hide": _("Hide what is typed"), "autocapitalize": "none"}
    )
    if is_new:
        field.help_text = StrengthValidator().get_help_text()


class SignupForm(allauth.SignupForm):
    """The part that is about the account; ``portal.accounts.forms`` adds what the portal asks."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.owner: User | None = None
        self.proven = proven_address(context.request)
        self.fields["email"] = AddressField(autocomplete="username")
        if self.proven:
            self._lock_address()
        as_secret(self.fields["password1"], is_new=True)

    def clean_email(self) -> str:
        """Taken or not, nobody is told here: the owner of a taken address is told by mail."""
        address: str = self.proven or self.cleaned_data["email"]
        self.owner = owner_of(address)
        return address

    def clean(self) -> dict[str, Any]:
        """As allauth does, but the password may not be made of one's name either."""
        password = self.cleaned_data.pop("password1", None)
        super().clean()
        if password is not None:
            self.cleaned_data["password1"] = password
            person = User(full_name=self.cleaned_data.get("full_name", ""), email=self.cleaned_data.get("email", ""))
            try:
                get_adapter().clean_password(password, user=person)
            except ValidationError as error:
                self.add_error("password1", error)
        return self.cleaned_data

    def try_save(self, request: HttpRequest) -> tuple[Any, HttpResponse | None]:
        """Make the account. For a taken address one is made as well and undone: the answer takes as long."""
        address, user = self.cleaned_data["email"], None
        try:
            with transaction.atomic():
                if self.owner:
                    self.cleaned_data["email"] = f"{secrets.token_hex(16)}@{NOWHERE}"
                user = self.save(request)
                transaction.set_rollback(self.owner is not None)
        except IntegrityError:
            # Two forms with one address at the same moment: the other one was first.
            self.owner = owner_of(address)
            if not self.owner:
                raise
        if not self.owner:
            return user, None
        look_for_nobody(LOOKED_UP_AFTER_SIGNUP)
        # The line that a new account begins with, for the owner of this one to see.
        access.note("sign_up_again", self.owner, request=request, actor=None)
        return None, prevent_enumeration(request, email=address)

    def _lock_address(self) -> None:
        box = self.fields["email"]
        box.initial, box.widget.attrs["readonly"] = self.proven, True
        box.help_text = _("The invitation was mailed to this address, so you need not confirm it again.")


class LoginForm(allauth.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["login"] = AddressField(autocomplete="username")
        as_secret(self.fields["password"])


class ResetPasswordForm(allauth.ResetPasswordForm):
    email = AddressField()

    def clean_email(self) -> str:
        address: str = self.cleaned_data["email"]
        return address

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        address: str = self.cleaned_data["email"]
        person = owner_of(address)
        if person is None or not person.is_active:
            send_unknown_account_mail(request, address)
            return address
        adapter = get_adapter()
        key = f"{user_pk_to_url_str(person)}-{ResetToken().make_token(person)}"
        mail = {"user": person, "password_reset_url": adapter.get_reset_password_from_key_url(key)}
        adapter.send_password_reset_mail(person, address, mail)
        return address


class ResetPasswordKeyForm(allauth.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        as_secret(self.fields["password1"], is_new=True)

    @transaction.atomic
    def save(self) -> None:
        """Of two who send the same link at once, one sets the password."""
        person = User.objects.select_for_update(no_key=True).get(pk=self.user.pk)
        if not ResetToken().check_token(person, self.temp_key):
            raise Conflict(_("This link has been used already. Please ask for a new one."))
        person.set_password(self.cleaned_data["password1"])
        person.save(update_fields=["password"])
        self.user.password = person.password


class RequestLoginCodeForm(allauth.RequestLoginCodeForm):
    email = AddressField(autocomplete="username")

    def clean_email(self) -> str:
        address: str = self.cleaned_data["email"]
        if limits.take(context.request, "request_login_code", address) is None:
            raise get_adapter().validation_error("rate_limited")
        person = owner_of(address)
        self._user = person if person is not None and person.is_active else None
        return address


class ConfirmLoginCodeForm(allauth.ConfirmLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not self.expected_code:
            # For an address without an account no code was made; the session has no one to load.
            look_for_nobody(1)
        self.fields["code"].label = _("Code")
        self.fields["code"].widget.attrs.update(inputmode="numeric")

    def clean_code(self) -> str:
        """allauth tells of a wrong code only where there is an account."""
        try:
            code: str = super().clean_code()
        except ValidationError:
            access.failed(context.request, context.request._login_stage.state.get("email") or "")  # noqa: SLF001 - where allauth keeps it
            raise
        return code


class AddEmailForm(allauth.AddEmailForm):
    email = AddressField()


class ChangePasswordForm(allauth.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        as_secret(self.fields["oldpassword"])
        as_secret(self.fields["password1"], is_new=True)

    def clean_oldpassword(self) -> str:
        """Asked of the limiter too: whoever finds an open session doesn't guess on."""
        password: str = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("enter_current_password")
        return password


class SetPasswordForm(allauth.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        as_secret(self.fields["password1"], is_new=True)


class ReauthenticateForm(allauth.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        as_secret(self.fields["password"])
