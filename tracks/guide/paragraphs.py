"""Puts together again the paragraphs that the ends of pages have cut."""

import re
from collections.abc import Iterable

from tracks.guide.document import Repair

_SENTENCE_ENDS = tuple("。！？；：…!?;:.")
_CLOSERS = "”’\"'）)》〉】」』]"
_LIST_ITEM = re.compile(r"[（(]?[0-9一二三四五六七八九十]{1,3}[)）、．]|[0-9]{1,2}\.(?![0-9])|[①-⑳]|[-*•·]\s")
# No sentence starts with its predecessor's last character and a comma: the end of the page
# closed the sentence too early, and the next page took its last character up again.
_TAKEN_UP_AGAIN = re.compile(r"(?P<last>\w)。\n(?P=last)[，、；：]")


def rejoin(pieces: Iterable[tuple[int, str]]) -> tuple[str, list[Repair]]:
    """The text of numbered lines, its paragraphs parted by an empty line, and what was taken out."""
    paragraphs: list[str] = []
    repairs: list[Repair] = []
    for line, piece in pieces:
        before = paragraphs.pop() if paragraphs else ""
        if not before:
            paragraphs.append(piece)
        elif is_taken_up_again(before, piece):
            paragraphs.append(before[:-1] + piece[1:])
            repairs.append(Repair(line, before[-1] + piece[0]))
        elif is_cut(before, piece):
            paragraphs.append(glue(before, piece))
        else:
            paragraphs += [before, piece]
    return "\n\n".join(paragraphs), repairs


def is_cut(before: str, after: str) -> bool:
    """Whether the end of a page, and not the author, parts `before` from `after`."""
    return not before.rstrip(_CLOSERS).endswith(_SENTENCE_ENDS) and not _LIST_ITEM.match(after)


def is_taken_up_again(before: str, after: str) -> bool:
    return _TAKEN_UP_AGAIN.fullmatch(f"{before[-2:]}\n{after[:2]}") is not None


def glue(before: str, after: str) -> str:
    """Chinese needs nothing in between; two Latin words would run into one another."""
    are_words = all(edge.isascii() and edge.isalnum() for edge in (before[-1], after[0]))
    return f"{before} {after}" if are_words else before + after
