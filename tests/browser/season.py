"""A portal with something to see on every page, and where to see it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from tests.browser.pages import Place
from tests.browser.site import Site


@dataclass(frozen=True)
class Season:
    site: Site
    addresses: Mapping[str, str]

    def address(self, place: Place) -> str:
        return place.path.format(**self.addresses)


def fill(site: Site) -> Season:
    return Season(site, json.loads(run(site, "contents.fill()")))


def run(site: Site, call: str) -> str:
    """What ``call`` returns, inside the site's own settings and database."""
    code = f"import json; from tests.browser import contents, hostile; print(json.dumps({call}))"
    return site.manage("shell", "-v", "0", "-c", code).splitlines()[-1]
