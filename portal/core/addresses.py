"""E-mail addresses: one spelling for each, so that no two people have what a reader takes for the same address."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import F, Func, IntegerField, Q
from django.db.models.functions import Length, Lower
from django.db.models.lookups import Exact
from django.utils.encoding import punycode
from django.utils.translation import gettext_lazy as _

LONGEST = 254
# RFC 2606 keeps it for addresses that nobody has; accounts that are nobody's any more get theirs there.
NOWHERE = ".invalid"


def normal_address(text: str) -> str:
    """Half-width, small letters, the domain as DNS spells it. What can't be an address stays as odd as it was."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text.strip()).casefold())
    name, at, domain = text.rpartition("@")
    try:
        return f"{name}{at}{punycode(domain)}"
    except UnicodeError:
        return text


def validate_address(address: str) -> None:
    """Refuse what no mail reaches; ``address`` has its one spelling already."""
    wrong = ValidationError(_("This is no e-mail address. One looks like name@example.com."), code="invalid")
    if len(address) > LONGEST or not address.isascii():
        raise wrong
    try:
        validate_email(address)
    except ValidationError:
        raise wrong from None
    if address.lower().endswith(NOWHERE):
        message = _("No mail reaches an address that ends in %(ending)s. Please give one where you read your mail.")
        raise ValidationError(message, code="nowhere", params={"ending": NOWHERE})


class Octets(Func):
    function = "OCTET_LENGTH"
    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="LENGTH(CAST(%(expressions)s AS BLOB))", **context)


def spelled_normally(column: str) -> Q:
    """For a constraint: ``normal_address`` leaves ASCII in small letters, and that both databases can tell."""
    return Q(Exact(Lower(column), F(column))) & Q(Exact(Octets(column), Length(column)))


class AddressField(forms.CharField):
    """A box for an address. Not ``type=email``: a browser would refuse the full-width letters that we understand."""

    default_validators = [validate_address]

    def __init__(self, *, autocomplete: str = "email", **kwargs: Any):
        attrs = {"inputmode": "email", "autocomplete": autocomplete, "autocapitalize": "none", "spellcheck": "false"}
        kwargs.setdefault("label", _("E-mail"))
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return normal_address(super().to_python(value) or "")
