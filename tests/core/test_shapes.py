"""Pieces of a page that are put together once: what differs is put in escaped, and each language has its own."""

import pytest
from django.template import Context, Template
from django.utils import translation

from portal.core.shapes import SECRET, Shape, marks

BUTTON = '{% load shapes %}{% shaped "components/button.html" label=label told_value=value %}'
SLOT = '{% load shapes %}{% shaped "submissions/parts/slot.html" slot="proposal" told_entry=entry %}'


def shown(template, **words):
    return Template(template).render(Context(words))


def test_words_are_escaped():
    assert 'value="&lt;b&gt;&quot;"' in shown(BUTTON, label="保存", value='<b>"')


def test_labels_are_escaped():
    assert "&lt;b&gt;" in shown(BUTTON, label="<b>", value="")


def test_the_second_page_says_its_own_words():
    shown(SLOT, entry="one")

    assert 'data-entry="two"' in shown(SLOT, entry="two")


def test_it_is_what_the_template_says():
    plain = '{% include "components/button.html" with label=label value="x" icon="save" only %}'
    shaped = '{% load shapes %}{% shaped "components/button.html" label=label told_value="x" icon="save" %}'

    assert shown(shaped, label="保存") == shown(plain, label="保存")


# Each worker has a secret of its own, and all have to call their tests alike.
@pytest.mark.parametrize(
    "word", [f"{SECRET}-other-", "{value}", "%(value)s", "\\1"], ids=["mark", "braces", "percent", "group"]
)
def test_nothing_looks_into_what_was_put_in(word):
    told = marks(["value", "other"])
    shape = Shape(f"{told['value']} and {told['other']}")

    assert shape.filled({"value": word, "other": "!"}).endswith(" and !")
    assert shape.filled({"value": word, "other": "!"}).count("!") == 1


def test_each_language_has_its_own():
    with translation.override("zh-hans"):
        chinese = shown(SLOT, entry="one")
    with translation.override("en"):
        assert 'data-waiting="waiting"' in shown(SLOT, entry="one")
    assert 'data-waiting="waiting"' not in chinese


def test_what_is_not_there_is_left_out():
    pages = [shown(BUTTON, label="保存", value=value) for value in ("", None, 0)]

    assert ["value=" in page for page in pages] == [False, False, True]
