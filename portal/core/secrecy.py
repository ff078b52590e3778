"""What opens something stays out of the logs: tokens, passwords, and what in a mailed link proves who got the mail."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection

# What programs call a secret that they put into an address.
PARAMETERS = {"access_token", "api_key", "apikey", "auth", "authorization", "auth_token", "token"}
_VALUES = {*PARAMETERS, "code", "key", "password", "secret", "signature"}
# An address stands inside another one as well, such as after ?next=, where its slashes are spelled out.
_SLASH = "(?:/|%2[Ff])"
_PLACES = [
    (parts[0], re.compile(rf"({_SLASH.join(parts)}{_SLASH})[^\s/?&\"'<>#]+"))
    for parts in (
        ("invitations", "[0-9a-f-]{36}"),
        ("password", "reset", "key"),
        ("confirm-email",),
    )
]
_PARAMETER = re.compile(
    rf"((?:[?&]|%3[Ff]|%26)(?:{'|'.join(sorted(_VALUES))})(?:=|%3[Dd]))[^&\s\"'#]+", re.IGNORECASE
)
# Each after what stands in any line that it masks something in, in small letters: to look for that takes a twentieth.
_SECRETS = [
    *_PLACES,
    ("=", _PARAMETER),
    ("%3d", _PARAMETER),
    ("portal_", re.compile(r"(portal_)[0-9a-f]{8,}")),
    ("bearer ", re.compile(r"(\bBearer )\S+", re.IGNORECASE)),
]


def masked(text: str) -> str:
    lowered = text.lower()
    for sign, pattern in _SECRETS:
        if sign in lowered:
            text = pattern.sub(r"\1…", text)
    return text


class SecrecyFormatter(logging.Formatter):
    """Masks the whole line: an address may stand in the message, in its arguments or in a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


def names_a_secret(parameters: Collection[str]) -> bool:
    """Whether one of an address's parameters is called what programs call a secret."""
    return not PARAMETERS.isdisjoint(name.lower() for name in parameters)
