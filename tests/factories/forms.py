"""Entry forms for tests: a definition in a few words, published."""

from __future__ import annotations

from typing import Any

from submissions import services
from submissions.models import EntryForm, EntryFormVersion
from tracks.models import Competition


def section(key: str, kind: str = "long_text", **more: Any) -> dict[str, Any]:
    return {"key": key, "title": f"第{key}节", "kind": kind, **more}


def options(*keys: str) -> list[dict[str, str]]:
    return [{"key": key, "label": f"选项{key}"} for key in keys]


def columns(*keys: str, **more: Any) -> list[dict[str, Any]]:
    return [{"key": key, "label": f"列{key}", **more} for key in keys]


def slot(key: str, *kinds: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "title": f"文件{key}", "kinds": list(kinds or ["pdf"]), **more}


def publish(
    competition: Competition, *sections: Any, slots: Any = (), track: Any = None, reason: str = ""
) -> EntryFormVersion:
    """The form is exactly these from now on."""
    definition = {"sections": list(sections), "slots": list(slots)}
    return services.set_up_form(competition, definition, actor=None, track=track, reason=reason)


def form_of(competition: Competition) -> EntryForm:
    return EntryForm.objects.get(competition=competition, track=None)
