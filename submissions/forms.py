from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import normalize_newlines
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.phones import LONGEST_TYPED
from portal.core.addresses import AddressField
from portal.core.templatetags.ui import beijing_seconds
from portal.core.text import validate_plain_line
from submissions.codes import normalize_credit_code, validate_credit_code
from submissions.definition import TITLE, TITLE_LIMIT
from submissions.enums import Edition, LateOutcome, OrganizationKind, OrganizationSize, RenditionKind
from submissions.models import AnswerRevision, Extension, Organization, Team, TeamMember, TeamOrganization
from submissions.models.comments import COMMENT_LIMIT
from submissions.models.organizations import INTRODUCTION_LIMIT, STRENGTHS_LIMIT
from submissions.models.roster import WORDS_LIMIT
from submissions.models.teams import DUTY_LIMIT
from submissions.regions import REGIONS
from submissions.services.extensions import EXTENDABLE, check_extension
from submissions.services.merging import REASON_LIMIT as MERGE_REASON_LIMIT
from submissions.services.organizations import FIELDS, SAYABLE
from submissions.services.screening import REASON_LIMIT
from submissions.signing import LONGEST

NOT_SAID = _("not stated")


def new_key() -> str:
    return uuid.uuid4().hex


class KeyedForm(forms.Form):
    """Carries a key, so that sending it twice acts once."""

    idempotency_key = forms.CharField(
        label=_("Key of the form"), initial=new_key, min_length=8, max_length=64, widget=forms.HiddenInput
    )


class TextField(forms.CharField):
    """Several lines. A line break is one character however the browser sends it, and indents are kept."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any):
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        return normalize_newlines(super().to_python(value) or "")


class CreditCodeField(forms.CharField):
    default_validators = [validate_credit_code]

    def to_python(self, value: Any) -> str:
        return normalize_credit_code(super().to_python(value) or "")


class CommentForm(KeyedForm):
    text = TextField(label=_("Comment"), max_length=COMMENT_LIMIT, widget=forms.Textarea(attrs={"rows": 3}))


class RenditionForm(forms.Form):
    """Which text, for whom, as what. ``texts``: the choices that whoever asks has."""

    text = forms.ChoiceField(label=_("Which text"))
    edition = forms.ChoiceField(label=_("Edition"), choices=Edition.choices, initial=Edition.TEAM)
    kind = forms.ChoiceField(label=_("Format"), choices=RenditionKind.choices, initial=RenditionKind.PDF)

    def __init__(self, *args: Any, texts: list[tuple[str, Any]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["text"].choices = texts  # type: ignore[attr-defined]


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


DUTY_HINT = _("What this person does in the project, 40 characters at most.")
LARGEST_PLACE = 999


class MemberForm(forms.Form):
    duty = forms.CharField(
        label=_("Duty"),
        required=False,
        max_length=DUTY_LIMIT,
        validators=[validate_plain_line],
        help_text=DUTY_HINT,
    )
    is_contact = forms.BooleanField(label=_("Contact of the team"), required=False)


class RosterRequestForm(KeyedForm):
    """What every change of a locked roster takes; ``members``: whom it may be about."""

    reason = TextField(
        label=_("Reason"),
        max_length=WORDS_LIMIT,
        help_text=_("The person concerned, your team and the organizers read it."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, members: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if "member" in self.fields:
            self.fields["member"].queryset = members  # type: ignore[attr-defined]
            self.fields["member"].label_from_instance = lambda member: member.user.full_name  # type: ignore[attr-defined]
        self.order_fields(["member", "email", "duty", "place", "reason"])


class AddingForm(RosterRequestForm):
    email = AddressField(
        label=_("E-mail address"),
        autocomplete="off",
        help_text=_("Whoever owns it is asked for consent by mail, with or without an account."),
    )
    duty = forms.CharField(
        label=_("Duty"), required=False, max_length=DUTY_LIMIT, validators=[validate_plain_line], help_text=DUTY_HINT
    )


class AboutMemberForm(RosterRequestForm):
    member = forms.ModelChoiceField(label=_("Member"), queryset=TeamMember.objects.none(), empty_label=None)


class PlaceForm(AboutMemberForm):
    duty = forms.CharField(
        label=_("Duty"), required=False, max_length=DUTY_LIMIT, validators=[validate_plain_line], help_text=DUTY_HINT
    )
    place = forms.IntegerField(
        label=_("Place in the list"),
        min_value=1,
        max_value=LARGEST_PLACE,
        help_text=_("Certificates name the members in this order."),
    )


class ObjectionForm(forms.Form):
    text = TextField(
        label=_("What speaks against it"),
        max_length=WORDS_LIMIT,
        help_text=_("Only the organizers read it, before they decide."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RosterDecisionForm(forms.Form):
    """``outcome`` comes from the button that was pressed."""

    outcome = forms.ChoiceField(choices=[(name, name) for name in ("approve", "refuse")], widget=forms.HiddenInput)
    answer = TextField(
        label=pgettext_lazy("decision", "Answer"),
        required=False,
        max_length=WORDS_LIMIT,
        help_text=_("The team and the person concerned read it. Required unless you approve."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class InviteForm(KeyedForm):
    email = AddressField(
        label=_("E-mail address"),
        autocomplete="off",
        help_text=_("A mail with a link goes there. Whoever accepts must sign in with this address."),
    )


class StartForm(KeyedForm):
    """``topic`` is the one whose page this was: another may have come to its address meanwhile."""

    topic = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none(), empty_label=None)
    title = forms.CharField(
        label=_("Project title"), max_length=TITLE_LIMIT, validators=[validate_plain_line], help_text=TITLE.hint
    )

    def __init__(self, *args: Any, teams: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
        if len(teams) == 1:
            self.fields["team"].widget = forms.HiddenInput()
            self.initial["team"] = teams[0].pk


# What the columns hold.
LARGEST = 2**31 - 1


class SubmitForm(KeyedForm):
    """``topic_revision`` is the text of the topic that the page names; a form without it answers the latest."""

    expected_version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    topic_revision = forms.IntegerField(min_value=1, max_value=LARGEST, required=False, widget=forms.HiddenInput)


class RestoreForm(forms.Form):
    """``version`` is what the section said when its history was shown."""

    number = forms.IntegerField(min_value=1, max_value=LARGEST)
    version = forms.IntegerField(min_value=0, max_value=LARGEST)


class RevisionPairForm(forms.Form):
    """Which two of a section's earlier texts; the address names them by their numbers."""

    def __init__(self, *args: Any, revisions: Sequence[AnswerRevision], **kwargs: Any):
        super().__init__(*args, **kwargs)
        choices = [
            (each.number, f"{beijing_seconds(each.saved_at)} {each.saved_by or ''}".strip()) for each in revisions
        ]
        for name, label in (("from", _("Compare")), ("to", pgettext_lazy("revision", "with"))):
            self.fields[name] = forms.TypedChoiceField(label=label, choices=choices, coerce=int)


class ReadForm(forms.Form):
    revision = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)


class ReceiptCheckForm(forms.Form):
    """A receipt as a file or as text; ``given`` is whichever came."""

    file = forms.FileField(label=_("File of the receipt"), required=False, allow_empty_file=True)
    text = forms.CharField(
        label=_("Or its text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        upload = data.get("file")
        # One byte more than the longest is enough to know that it is none.
        data["given"] = upload.read(LONGEST + 1) if upload else data.get("text", "")
        if not upload and not data["given"].strip():
            raise forms.ValidationError(_("Please choose the file of a receipt, or paste its text."))
        return data


class ScreeningForm(forms.Form):
    """``outcome`` comes from the button that was pressed."""

    OUTCOMES = ["pass", "return", "reject"]

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(choices=[(name, name) for name in OUTCOMES], widget=forms.HiddenInput)
    reason = TextField(
        label=_("Reason"),
        required=False,
        max_length=REASON_LIMIT,
        help_text=_("The team reads it word by word. Required unless the entry passes."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class LateDecisionForm(forms.Form):
    """``outcome`` comes from the button that was pressed."""

    outcome = forms.ChoiceField(choices=LateOutcome.choices, widget=forms.HiddenInput)
    reason = TextField(
        label=_("Reason"),
        max_length=REASON_LIMIT,
        help_text=_("The team reads it word by word, and it stays in the audit trail."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ExtensionForm(forms.ModelForm):
    class Meta:
        model = Extension
        fields = ["team", "kind", "closes_at", "reason"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        # Looking at one that was granted shows no form at all.
        if kind := self.fields.get("kind"):
            kind.choices = [(each.value, each.label) for each in EXTENDABLE]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if not self.errors:
            given["reason"] = check_extension(**given)
        return given

    def validate_constraints(self) -> None:
        """That only one is live is the service's affair: it ends the earlier one."""
