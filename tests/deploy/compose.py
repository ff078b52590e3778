"""docker-compose.yml, read the way Compose reads it."""

import re
from pathlib import Path

import yaml
from django.conf import settings

VARIABLE = re.compile(r"\$(?:\$|\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<fallback>[^}]*))?\})")
APPLICATION = ("web", "submits", "worker", "beat", "migrate")


def read_compose(values: dict[str, str]) -> dict:
    text = (Path(settings.BASE_DIR) / "docker-compose.yml").read_text(encoding="utf-8")
    body = "".join(line for line in text.splitlines(keepends=True) if not line.lstrip().startswith("#"))
    return yaml.safe_load(VARIABLE.sub(lambda found: _value(found, values), body))


def required_variables() -> set[str]:
    text = (Path(settings.BASE_DIR) / "docker-compose.yml").read_text(encoding="utf-8")
    return {found["name"] for found in VARIABLE.finditer(text) if found["kind"] == "?"}


def _value(found: re.Match[str], values: dict[str, str]) -> str:
    if found["name"] is None:
        return "$"
    if found["kind"] == "-":
        return values.get(found["name"]) or found["fallback"]
    return values[found["name"]]
