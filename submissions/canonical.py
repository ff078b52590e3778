"""The one way a form is written down, so that its hash can be computed again anywhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def canonical_json(form: Mapping[str, Any]) -> bytes:
    """Keys sorted, no spaces, UTF-8."""
    return json.dumps(form, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256_of(form: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical_json(form)).hexdigest()
