"""What the URL resolver knows, each route under the name that the matrix calls it by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.functional import cached_property

from tests.visibility.lines import Line


@dataclass(frozen=True)
class Route:
    name: str
    pattern: str


class Routes:
    @cached_property
    def all(self) -> list[Route]:
        return list(_walk(get_resolver(), "", ""))

    @cached_property
    def by_name(self) -> dict[str, Route]:
        return {route.name: route for route in self.all}


ROUTES = Routes()


def _walk(resolver: URLResolver, prefix: str, space: str) -> Iterator[Route]:
    for each in resolver.url_patterns:
        pattern = prefix + str(each.pattern)
        if isinstance(each, URLPattern):
            yield Route(_name(each, pattern, space), pattern)
        else:
            yield from _walk(each, pattern, each.namespace or space)


def _name(each: URLPattern, pattern: str, space: str) -> str:
    """``space:name``; a ModelAdmin's old address of a row has none in Django, and here ``app_model_redirect``."""
    if each.name:
        return f"{space}:{each.name}" if space else each.name
    for model in admin.site._registry:
        if pattern == f"admin/{model._meta.app_label}/{model._meta.model_name}/<path:object_id>/":
            return f"admin:{model._meta.app_label}_{model._meta.model_name}_redirect"
    return pattern


def address(line: Line, world: Any, *, missing: bool = False) -> str:
    """Where the line's question goes; with ``missing`` to the same place with ids that nothing has.

    Except for those behind a ``+``: that there is such a competition is known, only what is asked for in it isn't.
    """
    paths = line.args.split(",") if line.args else []
    values = [world.find(path) for path in paths]
    if missing:
        values = [value if path[0] in "=+" else _never(value) for path, value in zip(paths, values, strict=True)]
    return _reverse(line.route, values) + filled(line.query, world)


def filled(text: str, world: Any) -> str:
    """``{gamma.slug}`` becomes what it stands for."""
    return re.sub(r"\{([\w.]+)\}", lambda found: str(world.find(found[1])), text)


def _never(value: Any) -> Any:
    if isinstance(value, int):
        return 987_654_321
    text = str(value)
    if len(text) == 36 and text.count("-") == 4:
        return type(value)("00000000-0000-4000-8000-00000000dead")
    # A file's name and a signature are no ids.
    return text if "." in text or len(text) > 40 else "nosuchthing"


def _reverse(route: str, values: list[Any]) -> str:
    if route.endswith("_redirect"):
        return reverse(route.removesuffix("redirect") + "change", args=values).removesuffix("change/")
    if route in ROUTES.by_name and "/" in route:
        return "/" + FIXED.get(route, route)
    return reverse(route, args=values)


# Routes without a name, as an address that they answer.
FIXED = {
    "admin/r/<path:rest>": "admin/r/1/1/",
    "admin/(?P<url>.*)$": "admin/nosuchpage",
    "api/v1/^(?:.*/)?$": "api/v1/nosuchpage/",
}
