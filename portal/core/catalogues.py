"""Message catalogues: .po is what people write, .mo is what Python reads."""

from __future__ import annotations

import secrets
from pathlib import Path

import polib


def compile_catalogues(folder: Path) -> list[Path]:
    """Compile each .po under ``folder`` that is newer than its .mo; return those compiled."""
    stale = [po for po in sorted(folder.glob("*/LC_MESSAGES/*.po")) if _is_stale(po, po.with_suffix(".mo"))]
    for po in stale:
        _compile(po, po.with_suffix(".mo"))
    return stale


def _is_stale(po: Path, mo: Path) -> bool:
    return not mo.exists() or mo.stat().st_mtime_ns < po.stat().st_mtime_ns


def _compile(po: Path, mo: Path) -> None:
    catalogue = polib.pofile(str(po))
    # polib would compile a fuzzy entry, which is a guess that nobody has confirmed.
    for entry in [entry for entry in catalogue if entry.fuzzy]:
        catalogue.remove(entry)
    # Two processes may compile at once: a reader sees the old file or the whole new one.
    draft = mo.with_suffix(f".{secrets.token_hex(4)}")
    catalogue.save_as_mofile(str(draft))
    draft.replace(mo)
