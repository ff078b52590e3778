"""Why a document was found: the phrases that matched, where they stand, and the passage that has most of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tracks.search.queries import Query
from tracks.search.ranking import Document
from tracks.search.text import fold
from tracks.search.words import IDEA, thesaurus

# Of a long text many pairs of characters occur by chance; these few are what really brought the document up.
MOST_TERMS, LEAST_SHARE = 10, 0.2
MOST_PHRASES, MOST_WORDS = 6, 3
PASSAGE = 120
END_OF_SENTENCE = re.compile(r"[。；！？\n]")


class Segment(NamedTuple):
    text: str
    is_match: bool


class Phrase(NamedTuple):
    """A phrase of the document, and the query's own words for it where these are others."""

    text: str
    words: tuple[str, ...]


class Match(NamedTuple):
    title: list[Segment]
    passage: list[Segment]
    phrases: list[Phrase]

    @property
    def reasons(self) -> list[tuple[tuple[str, ...], list[str]]]:
        """The query's words, each with all the phrases they led to; without words what both have."""
        reasons: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
        for phrase in self.phrases:
            reasons[phrase.words].append(phrase.text)
        return list(reasons.items())


class Run(NamedTuple):
    """A stretch of text covered by matches that touch each other."""

    start: int
    end: int
    terms: frozenset[str]


def explain(query: Query, document: Document) -> Match:
    title, body = fold(document.title), fold(document.body)
    telling = _telling(query, f"{title}\n{body}")
    title_runs, body_runs = (_whole(_runs(telling, text), text, query.text) for text in (title, body))
    start, end = _passage(document.body, [(run, sum(telling[term] for term in run.terms)) for run in body_runs])
    return Match(
        title=_segments(document.title, title_runs, 0, len(document.title)),
        passage=_segments(document.body, body_runs, start, end),
        phrases=_phrases(query, telling, [(document.title, title_runs), (document.body, body_runs)]),
    )


def _telling(query: Query, folded: str) -> dict[str, float]:
    """The few terms that the query and the text have in common and that say most.

    Single characters count only where there is nothing longer.
    """
    found: dict[str, float] = {}
    single: dict[str, float] = {}
    least = 0.0
    for term, value in query.values.items():
        if value < least or len(found) == MOST_TERMS:
            break
        if (term in folded or term.startswith(IDEA)) and any(_spans(term, folded)):
            if len(term) == 1:
                single.setdefault(term, value)
            else:
                found[term] = value
                least = least or LEAST_SHARE * value
    return found or dict(list(single.items())[:MOST_TERMS])


def _spans(term: str, folded: str) -> Iterator[tuple[int, int]]:
    """Where a term stands, or any word of an idea."""
    for word in thesaurus().words.get(term, (term,)):
        at = folded.find(word)
        while at >= 0:
            end = at + len(word)
            # Letters are matched as whole words: "ai" is not in "main".
            if not (word.isascii() and (_is_letter(folded[at - 1 : at]) or _is_letter(folded[end : end + 1]))):
                yield at, end
            at = folded.find(word, end)


def _is_letter(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _runs(telling: dict[str, float], folded: str) -> list[Run]:
    runs: list[Run] = []
    spans = ((start, end, term) for term in telling for start, end in _spans(term, folded))
    for start, end, term in sorted(spans):
        if runs and start <= runs[-1].end:
            last = runs[-1]
            runs[-1] = Run(last.start, max(last.end, end), last.terms | {term})
        else:
            runs.append(Run(start, end, frozenset({term})))
    return runs


def _whole(runs: list[Run], folded: str, asked: str) -> list[Run]:
    """The runs, each as far as the query has the same characters: half a word explains nothing."""
    grown: list[Run] = []
    for run in runs:
        start, end = run.start, run.end
        while end < len(folded) and folded[end].isalnum() and folded[start : end + 1] in asked:
            end += 1
        while start > 0 and folded[start - 1].isalnum() and folded[start - 1 : end] in asked:
            start -= 1
        if grown and start <= grown[-1].end:
            last = grown.pop()
            grown.append(Run(last.start, max(last.end, end), last.terms | run.terms))
        else:
            grown.append(Run(start, end, run.terms))
    return grown


def _passage(text: str, runs: list[tuple[Run, float]]) -> tuple[int, int]:
    """The stretch of ``text`` with the most matches, from the beginning of a sentence where that is near."""
    if len(text) <= PASSAGE or not runs:
        return 0, min(len(text), PASSAGE)

    def worth(start: int) -> float:
        return sum(value for run, value in runs if start <= run.start and run.end <= start + PASSAGE)

    starts = {0, *(match.end() for match in END_OF_SENTENCE.finditer(text)), *(run.start for run, _value in runs)}
    start = min((start for start in starts if start < len(text)), key=lambda start: (-worth(start), start))
    start = min(start, len(text) - PASSAGE)
    return start, start + PASSAGE


def _segments(text: str, runs: list[Run], start: int, end: int) -> list[Segment]:
    segments, at = [Segment("…" if start else "", is_match=False)], start
    for run in runs:
        first, last = max(run.start, at), min(run.end, end)
        if first < last:
            segments += [Segment(text[at:first], is_match=False), Segment(text[first:last], is_match=True)]
            at = last
    segments.append(Segment(text[at:end] + ("…" if end < len(text) else ""), is_match=False))
    return [segment for segment in segments if segment.text]


def _phrases(query: Query, telling: dict[str, float], texts: list[tuple[str, list[Run]]]) -> list[Phrase]:
    values: dict[str, float] = {}
    words: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for text, runs in texts:
        for run in runs:
            phrase = text[run.start : run.end]
            values[phrase] = max(values.get(phrase, 0), sum(telling[term] for term in run.terms))
            for term in sorted(run.terms, key=lambda term: -telling[term]):
                words[phrase].update(dict.fromkeys(query.words.get(term, ())))
    best: list[str] = []
    for phrase in sorted(values, key=lambda phrase: (-values[phrase], phrase)):
        if len(best) < MOST_PHRASES and not any(phrase in longer for longer in best):
            best.append(phrase)
    return [Phrase(phrase, _other_words(query, phrase, words[phrase])) for phrase in best]


def _other_words(query: Query, phrase: str, words: Iterable[str]) -> tuple[str, ...]:
    """The query's words for ``phrase``, unless it has the phrase itself."""
    folded = fold(phrase)
    return () if folded in query.text else tuple(word for word in words if word not in folded)[:MOST_WORDS]
