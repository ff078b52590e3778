"""How strong a password has to be, and what to do about one that isn't, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from zxcvbn import zxcvbn

ENOUGH = 3
LONGEST = 128
# More of it makes it no weaker, and judging it takes longer than its length.
JUDGED = 72
# zxcvbn keeps the words of one call in a table that all calls share.
ONE_AT_A_TIME = Lock()

# What people here choose, in the order in which one would guess it. zxcvbn knows English.
COMMON = Path(__file__).with_name("common_words.txt").read_text(encoding="utf-8").split()

WARNINGS = {
    "Straight rows of keys are easy to guess.": _("Keys that lie in a row are easy to guess."),
    "Short keyboard patterns are easy to guess.": _("Short patterns on the keyboard are easy to guess."),
    'Repeats like "aaa" are easy to guess.': _("Repeats such as “aaa” are easy to guess."),
    'Repeats like "abcabcabc" are only slightly harder to guess than "abc".': _(
        "“abcabcabc” is hardly harder to guess than “abc”."
    ),
    'Sequences like "abc" or "6543" are easy to guess.': _("Sequences such as “abc” or “6543” are easy to guess."),
    "Recent years are easy to guess.": _("Years are easy to guess."),
    "Dates are often easy to guess.": _("Dates, such as a birthday, are easy to guess."),
    "This is a top-10 common password.": _("This is one of the ten most common passwords."),
    "This is a top-100 common password.": _("This is one of the hundred most common passwords."),
    "This is a very common password.": _("Many people use this password."),
    "This is similar to a commonly used password.": _("This is close to a password that many people use."),
    "A word by itself is easy to guess.": _("A single word is easy to guess."),
    "Names and surnames by themselves are easy to guess.": _("A name is easy to guess."),
    "Common names and surnames are easy to guess.": _("A common name is easy to guess."),
}
SUGGESTIONS = {
    "Use a longer keyboard pattern with more turns.": _("Keys side by side help little; take words instead."),
    "Avoid repeated words and characters.": _("Don't repeat words or characters."),
    "Avoid sequences.": _("Leave sequences out."),
    "Avoid recent years.": _("Leave years out."),
    "Avoid years that are associated with you.": _("Leave years out."),
    "Avoid dates and years that are associated with you.": _("Leave your birthday and other dates out."),
    "Capitalization doesn't help very much.": _("A capital letter at the start helps little."),
    "All-uppercase is almost as easy to guess as all-lowercase.": _("Capitals throughout help little."),
    "Reversed words aren't much harder to guess.": _("A word written backwards is hardly harder to guess."),
    "Predictable substitutions like '@' instead of 'a' don't help very much.": _(
        "“@” for “a” and the like helps little."
    ),
}
OWN_WORD = _("Your name, your address and words of this site are the first that somebody would try.")
COMMON_WORDS = _("Words and numbers like these are in very many passwords.")
ADVICE = _("Add a word or two that have nothing to do with each other, such as a plant and a place.")


class StrengthValidator:
    """Refuses what can be guessed. Shorter ones and mere digits are other validators' to refuse."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(_("Please take 128 characters at most."), code="password_too_long")
        if len(password) < 10 or password.isdigit():
            return
        own = list(own_words(user))
        if is_made_of([*own, *COMMON], password):
            why = OWN_WORD if is_made_of(own, password) else COMMON_WORDS
            raise ValidationError([why, ADVICE], code="password_too_weak")
        with ONE_AT_A_TIME:
            judged = zxcvbn(password[:JUDGED], user_inputs=[*own, *COMMON])
        if judged["score"] < ENOUGH:
            raise ValidationError(list(advice(judged, own)), code="password_too_weak")

    def get_help_text(self) -> str:
        return str(_("At least 10 characters that are hard to guess. Three or four unrelated words do well."))


def own_words(user: Any) -> Iterator[str]:
    for text in (getattr(user, "full_name", ""), getattr(user, "email", ""), settings.SITE_NAME):
        yield from (part for part in [text, *re.split(r"\W+|_", text)] if len(part) > 1)


def is_made_of(words: list[str], password: str) -> bool:
    """Hardly anything but numbers remains when ``words`` are taken out."""
    rest = password.casefold()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word.casefold(), "")
    return rest != password.casefold() and len(re.sub(r"[\W\d_]", "", rest)) < 4


def advice(judged: dict[str, Any], own: list[str]) -> Iterator[Any]:
    """What is wrong, then what to do: a sentence each, none twice."""
    feedback = judged["feedback"]
    said: list[Any] = [WARNINGS.get(feedback["warning"], "")]
    given = [match["matched_word"] for match in judged["sequence"] if match.get("dictionary_name") == "user_inputs"]
    ours = {word.lower() for word in own}
    if any(word in ours for word in given):
        said.append(OWN_WORD)
    said += [_("“%(word)s” is part of very many passwords.") % {"word": word} for word in given if word not in ours]
    said += [SUGGESTIONS.get(text, "") for text in feedback["suggestions"]]
    sentences = list(dict.fromkeys(str(text) for text in said if text))
    yield from sentences or [str(_("This password is too easy to guess."))]
    yield ADVICE
