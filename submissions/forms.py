from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin.helpers import ActionForm
from django.utils.text import normalize_newlines
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.templatetags.ui import beijing_seconds
from portal.core.text import validate_plain_line
from submissions.definition import TITLE, TITLE_LIMIT
from submissions.enums import Edition, LateOutcome, RenditionKind
from submissions.models import AnswerRevision, Extension, Team
from submissions.models.comments import COMMENT_LIMIT
from submissions.models.near import NEAR_NOTE_LIMIT
from submissions.models.screening import REASON_LIMIT
from submissions.services.extensions import EXTENDABLE, check_extension
from submissions.services.extensions import REASON_LIMIT as EXTENSION_REASON_LIMIT
from submissions.signing import LONGEST


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


class RegisterForm(forms.Form):
    """A file by what the browser, or a program of the system, says about it."""

    sha256 = forms.CharField(
        label="SHA-256",
        max_length=200,
        help_text=_("64 digits from 0 to 9 and a to f, as the program prints them."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "mono"}),
    )
    name = forms.CharField(label=_("file name"), max_length=255, help_text=_("With its ending, such as “申报书.pdf”."))
    size = forms.IntegerField(label=_("size in bytes"), min_value=1, max_value=2**40)


class RegisteredForm(forms.Form):
    file = forms.FileField(label=_("File"), max_length=255)


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


class PassForm(forms.Form):
    """``version`` is the one that was looked at."""

    version = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)


class LateDecisionForm(forms.Form):
    """``outcome`` comes from the button that was pressed."""

    outcome = forms.ChoiceField(choices=LateOutcome.choices, widget=forms.HiddenInput)
    reason = TextField(
        label=_("Reason"),
        max_length=REASON_LIMIT,
        help_text=_("The team reads it word by word, and it stays in the audit trail."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class NearNoteForm(forms.Form):
    """``versions`` is what the page showed."""

    versions = forms.CharField(max_length=60, widget=forms.HiddenInput)
    text = TextField(
        label=pgettext_lazy("near pair", "Note"),
        required=False,
        max_length=NEAR_NOTE_LIMIT,
        help_text=_("For organizers of the same entries. Teams never read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RevokeForm(ActionForm):
    """Beside the action on a list of extensions. What is wrong with the reason, the service says."""

    reason = forms.CharField(
        label=_("Reason, which the team reads:"),
        required=False,
        widget=forms.TextInput({"maxlength": EXTENSION_REASON_LIMIT}),
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
