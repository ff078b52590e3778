"""What was found about an entry, in a word each: for the queue, and at more length on the entry's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from submissions.asked import definition_of
from submissions.models import Submission, SubmissionVersion, VersionFacts

OK, LOOK, BAD, UNKNOWN = "ok", "warn", "stop", "off"
# Of what is missing; whoever lacks more is seen to lack much.
NAMED = 8


@dataclass(frozen=True)
class Chip:
    label: str
    tone: str
    # Which ones, where there is more to say.
    more: str = ""

    @property
    def is_remark(self) -> bool:
        return self.tone != OK


def chips_of(version: SubmissionVersion, entry: Submission, *, in_full: bool = False) -> list[Chip]:
    """Of the latest version, which knows ``latest_text``: the key of its topic's newest text."""
    facts: VersionFacts | None = getattr(version, "facts", None)
    if facts is None:
        return [Chip(_("not checked yet"), UNKNOWN), *_text(version)]
    return [
        _materials(facts, entry, in_full=in_full),
        _codes(facts),
        _topic(facts),
        _files(facts),
        *_text(version),
    ]


def alike_chip(count: int) -> Chip:
    words = ngettext("resembles %(count)s entry", "resembles %(count)s entries", count)
    return Chip(words % {"count": count}, LOOK)


def remarks_of(chips: Sequence[Chip]) -> list[Chip]:
    """What deserves a look; where nothing does, one word for all."""
    return [chip for chip in chips if chip.is_remark] or [Chip(_("nothing to remark"), OK)]


def _materials(facts: VersionFacts, entry: Submission, *, in_full: bool) -> Chip:
    if not facts.lacking:
        return Chip(_("materials complete"), OK)
    count = len(facts.lacking)
    words = ngettext("%(count)s material missing", "%(count)s materials missing", count) % {"count": count}
    return Chip(words, LOOK, _named(entry, facts.lacking) if in_full else "")


def _named(entry: Submission, anchors: Sequence[str]) -> str:
    definition = definition_of(entry)
    titles = {section.anchor: str(section.title) for section in definition.sections}
    titles |= {slot.anchor: slot.title for slot in definition.slots}
    named = [titles.get(anchor, anchor) for anchor in anchors[:NAMED]]
    return " · ".join([*named, "…"] if len(anchors) > NAMED else named)


def _codes(facts: VersionFacts) -> Chip:
    if not facts.wrong_codes:
        return Chip(_("organization codes valid"), OK)
    return Chip(_("organization code invalid"), BAD, " · ".join(facts.wrong_codes))


def _topic(facts: VersionFacts) -> Chip:
    if facts.topic_place is None:
        return Chip(_("topic doesn't fit"), LOOK, _("The search doesn't find it for title and abstract."))
    place = {"place": facts.topic_place, "share": round(100 * (facts.topic_share or 0))}
    more = _("Place %(place)s of what the search finds, with %(share)s %% of the best one's score.") % place
    return Chip(_("topic fits"), OK, more) if facts.fits else Chip(_("topic may not fit"), LOOK, more)


def _files(facts: VersionFacts) -> Chip:
    if facts.refused:
        return Chip(_("dangerous file"), BAD)
    if facts.noticed:
        words = ngettext("%(count)s file to look at", "%(count)s files to look at", facts.noticed)
        return Chip(words % {"count": facts.noticed}, LOOK)
    if facts.unchecked:
        words = ngettext("%(count)s file unchecked", "%(count)s files unchecked", facts.unchecked)
        return Chip(words % {"count": facts.unchecked}, UNKNOWN)
    return Chip(_("files clear"), OK)


def _text(version: Any) -> list[Chip]:
    if version.latest_text in {None, version.topic_revision_id}:
        return []
    return [Chip(_("topic's text is newer"), LOOK)]
