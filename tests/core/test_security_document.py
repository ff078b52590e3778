"""docs/security.md names tests; each of them is there."""

import ast
import re

import pytest
from django.conf import settings

DOCUMENT = (settings.BASE_DIR / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[^`]+::[^`]+)`", DOCUMENT)))
ROWS = re.findall(r"^\| ([\d., ]+) \|.*\| (.*) \|$", DOCUMENT, re.MULTILINE)


def names_in(nodes, before=""):
    for node in nodes:
        if isinstance(node, ast.FunctionDef):
            yield before + node.name
        elif isinstance(node, ast.ClassDef):
            yield from names_in(node.body, f"{before}{node.name}::")


@pytest.mark.parametrize("test", NAMED)
def test_every_test_it_names_is_there(test):
    file, _, name = test.partition("::")
    tree = ast.parse((settings.BASE_DIR / file).read_text(encoding="utf-8"))

    assert name in set(names_in(tree.body))


def test_every_item_names_one():
    assert (len(ROWS) > 30, [item for item, tests in ROWS if "tests/" not in tests]) == (True, [])


def test_no_item_stands_twice():
    items = [item.strip() for row, _tests in ROWS for item in row.split(",")]

    assert len(items) == len(set(items))
