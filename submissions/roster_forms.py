"""Who is in a team: invitations, duties, and changes after registration."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.addresses import AddressField
from portal.core.text import validate_plain_line
from submissions.forms import KeyedForm, TextField
from submissions.models import TeamMember
from submissions.models.roster import WORDS_LIMIT
from submissions.models.teams import DUTY_LIMIT

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
