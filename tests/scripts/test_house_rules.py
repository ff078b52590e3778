from pathlib import Path

import pytest

from scripts import house_rules


@pytest.fixture
def root(monkeypatch, tmp_path):
    monkeypatch.setattr(house_rules, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('<p style="color: red">', "an inline style"),
        ("<script>alert(1)</script>", "an inline script"),
        ('<a onclick="go()">', "an inline event handler"),
        ("{{ title|safe }}", "unescaped output"),
        ("{% autoescape off %}", "unescaped output"),
    ],
)
def test_a_template_holds_nothing_the_policy_refuses(root, line, what):
    (root / "page.html").write_text(line)

    assert list(house_rules.template_problems(Path("page.html"))) == [f"page.html:1: {what}"]


@pytest.mark.parametrize(
    "line",
    ['<script type="module" src="/static/js/form.js"></script>', '<script type="application/json" id="data">', "safe"],
)
def test_a_template_may_name_a_script(root, line):
    (root / "page.html").write_text(line)

    assert list(house_rules.template_problems(Path("page.html"))) == []


def test_a_file_stays_readable(root):
    (root / "long.py").write_text("\n" * 401)

    assert list(house_rules.length_problems(Path("long.py"))) == ["long.py: 401 lines; 400 is the most"]


def test_a_function_stays_readable(root):
    (root / "long.py").write_text("def long():\n" + "    pass\n" * 50)

    assert list(house_rules.length_problems(Path("long.py"))) == ["long.py:1: long has 51 lines; 50 is the most"]
