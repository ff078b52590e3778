"""What teams say about organizations, and how organizers correct and merge them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.phones import LONGEST_TYPED
from portal.core.text import validate_plain_line
from submissions.codes import normalize_credit_code, validate_credit_code
from submissions.enums import OrganizationKind, OrganizationSize
from submissions.forms import KeyedForm, TextField
from submissions.models import Organization, TeamOrganization
from submissions.models.organizations import INTRODUCTION_LIMIT, STRENGTHS_LIMIT
from submissions.regions import REGIONS
from submissions.services.merging import REASON_LIMIT as MERGE_REASON_LIMIT
from submissions.services.organizations import FIELDS, SAYABLE

NOT_SAID = _("not stated")


class CreditCodeField(forms.CharField):
    default_validators = [validate_credit_code]

    def to_python(self, value: Any) -> str:
        return normalize_credit_code(super().to_python(value) or "")


class OrganizationForm(forms.Form):
    organization_name = forms.CharField(
        label=_("Name of the organization"),
        max_length=120,
        validators=[validate_plain_line],
        help_text=_("The full name, as registered."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    organization_code = CreditCodeField(
        label=_("Unified social credit code"),
        # Room for the spaces and hyphens that come with a copied code.
        max_length=18,
        help_text=_("18 characters, as on the business licence or registration certificate."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    organization_kind = forms.ChoiceField(label=_("Kind of organization"), choices=OrganizationKind)
    organization_region = forms.ChoiceField(
        label=_("Region"),
        choices=[("", _("as the code says")), *REGIONS],
        required=False,
        help_text=_("Where it works. Left open: where it was registered, as its code says."),
    )
    organization_size = forms.ChoiceField(
        label=_("Size"),
        choices=[("", NOT_SAID), *OrganizationSize.choices],
        required=False,
        help_text=_("Of companies, as in the statistics. For public bodies: not applicable."),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["organization_code"].widget.attrs.pop("maxlength", None)


class PartnerForm(OrganizationForm, KeyedForm):
    """Another organization for a team, on a page with other forms."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, auto_id="partner_%s", **kwargs)


class SaidForm(OrganizationForm):
    """What a captain says about an organization that is there; what is not theirs to say can only be read."""

    def __init__(self, *args: Any, organization: Organization, sayable: frozenset[str], **kwargs: Any):
        said = {field: getattr(organization, name) for name, field in FIELDS.items()}
        super().__init__(*args, initial=said, **kwargs)
        self.may_say_all = sayable >= SAYABLE
        del self.fields["organization_code"]
        self.fields["organization_name"].help_text = ""
        self.fields["organization_region"].help_text = ""
        self.fields["organization_region"].choices = [("", NOT_SAID), *REGIONS]  # type: ignore[attr-defined]
        for name, field in FIELDS.items():
            if field in self.fields:
                self.fields[field].disabled = name not in sayable

    @property
    def said(self) -> dict[str, str]:
        return {name: self.cleaned_data[field] for name, field in FIELDS.items() if field in self.cleaned_data}


class FoundTeamForm(OrganizationForm, KeyedForm):
    name = forms.CharField(
        label=_("Team name"),
        max_length=60,
        validators=[validate_plain_line],
        help_text=_("It will stand on the certificate as it stands here."),
    )

    field_order = ["name", *OrganizationForm.base_fields]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["organization_name"].help_text = _(
            "The full name, as registered. In a consortium: the one that leads."
        )


class PartnerSaidForm(SaidForm):
    """The same about a partner, and what the team says about its part. A number that is kept is shown to nobody."""

    introduction = TextField(
        label=_("Introduction"),
        required=False,
        max_length=INTRODUCTION_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    strengths = TextField(
        label=_("Core strengths"),
        required=False,
        max_length=STRENGTHS_LIMIT,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    contact_name = forms.CharField(
        label=_("Contact person"),
        required=False,
        max_length=60,
        validators=[validate_plain_line],
        help_text=_("Somebody of this organization whom organizers may ask, and who knows that they stand here."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    contact_phone = forms.CharField(
        label=_("Phone of the contact person"),
        required=False,
        max_length=LONGEST_TYPED,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )

    OWN = ("introduction", "strengths", "contact_name", "contact_phone")

    def __init__(self, *args: Any, partner: TeamOrganization, **kwargs: Any):
        super().__init__(*args, organization=partner.organization, **kwargs)
        self.initial.update({name: getattr(partner, name) for name in self.OWN if name != "contact_phone"})
        self.fields["contact_phone"].help_text = (
            _("%(number)s is kept unless you write another number or name here.")
            % {"number": partner.masked_contact_phone}
            if partner.contact_phone
            else _("Shown masked. Organizers who need the whole number say what for, and that is recorded.")
        )

    @property
    def about_its_part(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.OWN}


class PurposeForm(forms.Form):
    purpose = forms.CharField(
        label=_("What for"),
        max_length=200,
        help_text=_("It stays in the audit trail with your name, the person and the time."),
    )


class CorrectionForm(forms.ModelForm):
    """What an organizer says about an organization."""

    code = CreditCodeField(
        label=_("Unified social credit code"),
        max_length=18,
        help_text=_("To correct a slip. Where another organization has the right code, merge the two instead."),
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off", "spellcheck": "false"}),
    )

    class Meta:
        model = Organization
        fields = list(FIELDS)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if Organization.objects.filter(code=code).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Another organization has this code. If the two are one, merge them."))
        return code


class OtherOrganizationForm(forms.Form):
    """Another organization, by its code; ``code`` is the row."""

    code = CreditCodeField(
        label=_("Unified social credit code"),
        max_length=18,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, among: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.among = among
        self.fields["code"].widget.attrs.pop("maxlength", None)

    def clean_code(self) -> Organization:
        found: Organization | None = self.among.filter(code=self.cleaned_data["code"]).first()
        if found is None:
            raise forms.ValidationError(_("There is no other organization with this code."))
        return found


class MergeForm(forms.Form):
    """Which of two organizations stays, and why they are one."""

    kept = forms.ChoiceField(label=_("Which entry stays?"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=MERGE_REASON_LIMIT,
        help_text=_("The teams concerned read it in their history."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def __init__(self, *args: Any, between: tuple[Organization, Organization], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.between = between
        kept: Any = self.fields["kept"]
        kept.choices = [(str(each.pk), f"{each} · {each.code}") for each in between]

    @property
    def double_and_kept(self) -> tuple[Organization, Organization]:
        one, other = self.between
        return (other, one) if self.cleaned_data["kept"] == str(one.pk) else (one, other)
