from __future__ import annotations

from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.accounts import services
from portal.core.text import validate_plain_line


class SignupForm(AllauthSignupForm):
    full_name = forms.CharField(
        label=_("Name"),
        max_length=60,
        validators=[validate_plain_line],
        help_text=_("As it should stand on a certificate."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    accept_notice = forms.BooleanField(
        label=_("I have read and accept the privacy notice."),
        error_messages={"required": _("Please read the privacy notice and accept it.")},
    )
    field_order = ["full_name", "email", "password1", "password2", "accept_notice"]

    def save(self, request: HttpRequest) -> Any:
        user = super().save(request)
        services.accept_current_notice(user)
        return user
