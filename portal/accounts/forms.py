from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts import entrance
from portal.accounts.enums import AgreementKind, DocumentKind
from portal.accounts.identity_numbers import LONGEST_TYPED as NUMBER_TYPED
from portal.accounts.models import Agreement, AgreementSeries
from portal.accounts.phones import LONGEST_TYPED
from portal.accounts.services import agreements
from portal.core.admin import DateAndTime
from portal.core.text import validate_plain_line, validate_text


class SignupForm(entrance.SignupForm):
    full_name = forms.CharField(
        label=_("Your name"),
        max_length=60,
        validators=[validate_plain_line],
        help_text=_("As it should stand on a certificate."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    accept_notice = forms.BooleanField(
        label=_("I have read and accept the privacy notice."),
        error_messages={"required": _("Please read the privacy notice and accept it.")},
    )
    accept_agreement = forms.BooleanField(
        label=_("I have read and accept the user agreement."),
        error_messages={"required": _("Please read the user agreement and accept it.")},
    )
    # What was shown: a text that comes into force while somebody fills in the form is not what they read.
    shown_agreements = forms.CharField(required=False, widget=forms.HiddenInput, max_length=100)
    field_order = ["full_name", "email", "password1", "accept_notice", "accept_agreement"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.asked = agreements.asked_at_signup()
        self.initial["shown_agreements"] = ".".join(str(each.pk) for each in self.asked)
        if all(each.series.kind != AgreementKind.USER_AGREEMENT for each in self.asked):
            del self.fields["accept_agreement"]

    def save(self, request: HttpRequest) -> Any:
        user = super().save(request)
        shown = self.cleaned_data["shown_agreements"]
        agreements.accept(user, agreements.chosen(self.asked, shown.split(".")) if shown else self.asked)
        return user


@contextmanager
def take_errors(form: forms.Form) -> Iterator[None]:
    """Put what a service objects to at its fields."""
    try:
        yield
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            form.add_error(name if name in form.fields else None, messages)


class ProfileForm(forms.Form):
    full_name = forms.CharField(
        label=_("Name"),
        max_length=60,
        validators=[validate_plain_line],
        help_text=_("As it should stand on a certificate."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=_("Mobile number"),
        required=False,
        max_length=LONGEST_TYPED,
        help_text=_("11 digits; with +852, +853 or +886 one of Hong Kong, Macao or Taiwan. Others see 138****1234."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    affiliation = forms.CharField(
        label=_("Organization"),
        required=False,
        max_length=120,
        validators=[validate_plain_line],
        help_text=_("Where you work or study."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )


class DocumentForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind of document"), choices=DocumentKind)
    number = forms.CharField(
        label=_("Number"),
        max_length=NUMBER_TYPED,
        help_text=_("As it stands on the document."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )
    notice_version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    agreed = forms.BooleanField(
        label=_("I agree that my document number is kept and used as the notice says."),
        error_messages={"required": _("Without your separate consent the number may not be kept.")},
    )


class CloseForm(forms.Form):
    understood = forms.BooleanField(
        label=_("I have read what is deleted and what is kept. I know that this can't be undone."),
        error_messages={"required": _("Please confirm that you have read it.")},
    )


class VersionForm(forms.ModelForm):
    """The texts of a new version; a subclass says of what."""

    title = forms.CharField(label=_("title"), max_length=100, validators=[validate_plain_line])
    title_en = forms.CharField(label=_("title in English"), max_length=160, required=False)
    body = forms.CharField(
        label=_("text"),
        widget=AdminTextareaWidget,
        help_text=_("Chinese, in Markdown. This is the text that holds."),
        validators=[validate_text],
    )
    body_en = forms.CharField(
        label=_("text in English"), widget=AdminTextareaWidget, required=False, validators=[validate_text]
    )
    changes = forms.CharField(
        label=_("what has changed"),
        widget=AdminTextareaWidget,
        required=False,
        help_text=_("Whoever has accepted an earlier version reads this first."),
        validators=[validate_text],
    )
    changes_en = forms.CharField(
        label=_("what has changed, in English"), widget=AdminTextareaWidget, required=False, validators=[validate_text]
    )
    published_at = forms.SplitDateTimeField(label=_("in force from"), widget=DateAndTime, initial=timezone.now)

    def series(self) -> AgreementSeries | None:
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            agreements.check_version(self.series(), published_at=given["published_at"], changes=given["changes"])
        return given

    def texts(self) -> dict[str, Any]:
        names = ("title", "title_en", "body", "body_en", "changes", "changes_en", "published_at")
        return {name: self.cleaned_data[name] for name in names}


class AgreementForm(VersionForm):
    kind = forms.ChoiceField(
        label=_("kind"), choices=[(kind, kind.label) for kind in AgreementKind if kind != AgreementKind.PLEDGE]
    )

    class Meta:
        model = Agreement
        fields = ["title", "title_en", "body", "body_en", "changes", "changes_en", "published_at"]

    field_order = ["kind"]

    def series(self) -> AgreementSeries | None:
        return AgreementSeries.objects.filter(kind=self.cleaned_data["kind"]).first()
