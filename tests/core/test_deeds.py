"""Every action that the code records has words, and all words are about something that is there."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

from portal.core import deeds
from portal.core.audit_lines import changes_of
from portal.core.models import AuditEntry

# Functions that write a line, and where the action stands in their call.
RECORDERS = {"record": 0, "record_sparingly": 1, "move": 0, "note": 0, "failed_at": 0, "note_outsider": 3}
APPS = {
    "tracks": "tracks",
    "submissions": "submissions",
    "judging": "judging",
    "portal/accounts": "accounts",
    "portal/notifications": "notifications",
    "portal/dashboards": "",
    "portal/core": "",
}


def recorded():
    """(app, action) for each call with an action written out."""
    for folder, app in APPS.items():
        for path in sorted((Path(settings.BASE_DIR) / folder).rglob("*.py")):
            # Collecting messages puts a “x.html.py” beside a template for a moment.
            if "migrations" not in path.parts and path.suffixes == [".py"]:
                for action in _actions(ast.parse(path.read_text(encoding="utf-8"))):
                    yield app, action


def _actions(tree):
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in RECORDERS:
            arguments = [*node.args[RECORDERS[name] : RECORDERS[name] + 1]]
            arguments += [each.value for each in node.keywords if each.arg == "action"]
            yield from (each.value for each in arguments if isinstance(each, ast.Constant))


def test_the_calls_are_found():
    """Else the next test would say nothing."""
    some = {("tracks", "revise"), ("submissions", "submit"), ("submissions", "download"), ("accounts", "sign_in")}

    assert some - set(recorded()) == set()


@pytest.mark.parametrize(("app", "action"), sorted(set(recorded())))
def test_every_action_has_words(app, action):
    known = [key for key in deeds.WORDS if key.endswith(f".{action}") and key.startswith(f"{app}." if app else "")]

    assert known, f"say in {app or 'an app'}/deeds.py what “{action}” is called"


@pytest.mark.parametrize("key", sorted(deeds.WORDS))
def test_words_are_about_a_kind_of_thing_that_is_there(key):
    assert deeds.model_of(key.rpartition(".")[0]) is not None or key.startswith("accounts.address.")


@pytest.mark.parametrize("object_type", sorted(deeds.NAMED))
def test_what_is_named_has_rows_that_not_everybody_sees(object_type):
    model = deeds.model_of(object_type)

    assert hasattr(model.objects, "visible_to") or object_type == "accounts.user"


def test_an_action_without_words_is_shown_as_it_is():
    assert deeds.words_for("core.gone", "went") == "went"


def test_a_kind_of_thing_that_is_gone_keeps_its_name():
    assert deeds.type_words("core.gone") == "core.gone"


@pytest.mark.parametrize(
    ("object_type", "label"), [("submissions.organization", "规模"), ("submissions.submission", "大小（字节）")]
)
def test_a_value_is_called_what_it_is_there(object_type, label):
    entry = AuditEntry(object_type=object_type, before={}, after={"size": "large"})

    assert [change.label for change in changes_of(entry)] == [label]
