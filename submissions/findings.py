"""What programs find in files, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

# A code, and what belongs to it.
Finding = list[Any]
# Something to know, and nothing to look into.
FACTS = {"pages", "pixels"}
# Whoever opens the file may find their machine at a standstill: it can't be handed in.
REFUSED = {"bomb", "nested"}


def too_many_pages(findings: Sequence[Finding] | None, most: int | None) -> Finding | None:
    """By what a program found in a PDF; one that it could not read has as many as whoever looks at it counts."""
    pages = next((value for code, value in findings or () if code == "pages" and isinstance(value, int)), 0)
    return ["too_many_pages", [pages, most]] if most and pages > most else None


def in_words(finding: Finding) -> str:
    code, value = finding
    kinds = ", ".join(value) if code == "mixed" else ""
    pages, most = value if code == "too_many_pages" else (0, 0)
    said = {
        "pages": _("%(count)s pages") % {"count": value},
        "too_many_pages": _("The file has %(pages)s pages; at most %(limit)s are allowed.")
        % {"pages": pages, "limit": most},
        "pixels": "×".join(map(str, value)) if isinstance(value, list) else "",
        "encrypted": _("It is protected with a password."),
        "javascript": _("It holds JavaScript."),
        "embedded": _("It holds other files."),
        "launch": _("It may start programs."),
        "macros": _("It holds macros."),
        "bomb": _("Unpacked it would be far too large."),
        "nested": _("It holds archives in archives in archives."),
        "mixed": _("It can also be read as %(kinds)s.") % {"kinds": kinds},
        "test_virus": _("It holds the test string of virus scanners (EICAR)."),
        "type": _("Its content is of another kind than its name says."),
        "paths": _("It holds files whose names lead out of it."),
        "virus": _("The virus scanner names it: %(name)s") % {"name": value},
        "unreadable": _("The program that looks into files can't read it. It is kept as it is."),
        "unscanned": _("The virus scanner could not be reached."),
    }
    return str(said.get(code, code))
