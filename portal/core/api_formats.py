"""JSON as programs send it, and as it goes back to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer

# No body that the portal asks for has more than three.
MOST_LEVELS = 20


class ShallowJSONParser(JSONParser):
    """What is nested deeper than any body is refused here: whoever walks through it would run out of stack."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            given = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise _too_deep() from None
        except ParseError:
            raise ParseError(_("The body of the request is not JSON.")) from None
        level = [given]
        for _level in range(MOST_LEVELS):
            level = [inner for outer in level for inner in _inside(outer)]
            if not level:
                return given
        raise _too_deep()


class SpelledOutJSONRenderer(JSONRenderer):
    ensure_ascii = True


class AnyTextJSONRenderer(JSONRenderer):
    """An answer names what was sent. Half a character has no bytes of its own: such an answer is spelled in ASCII."""

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        try:
            return bytes(super().render(data, accepted_media_type, renderer_context))
        except UnicodeEncodeError:
            return bytes(SpelledOutJSONRenderer().render(data, accepted_media_type, renderer_context))


def _inside(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    return value if isinstance(value, list) else []


def _too_deep() -> ParseError:
    return ParseError(_("The body of the request is nested too deeply."))
