"""Static files under names that change with what is in them."""

from __future__ import annotations

from typing import Any

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class Assets(ManifestStaticFilesStorage):
    """Scripts may import one another: the names in their imports change as well."""

    support_js_module_import_aggregation = True

    def __init__(self, *args: Any, **more: Any):
        # As what it is looked up in is read once, so is what is found there.
        self.known: dict[str, str] = {}
        super().__init__(*args, **more)

    def url(self, name: str, force: bool = False) -> str:  # noqa: FBT001, FBT002 - as Django calls it
        if force or not self.hashed_files:
            return str(super().url(name, force))
        if name not in self.known:
            self.known[name] = str(super().url(name))
        return self.known[name]
