import re
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings

from tests.servers import outside_environment

SOURCES = ("portal", "tracks", "submissions", "judging", "templates")
CATALOGUE = Path(settings.BASE_DIR) / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


@pytest.fixture(scope="module")
def used(tmp_path_factory) -> polib.POFile:
    """Every message of code and templates, extracted beside the project and not into it."""
    folder = tmp_path_factory.mktemp("messages")
    (folder / "locale").mkdir()
    for name in SOURCES:
        (folder / name).symlink_to(Path(settings.BASE_DIR) / name)
    command = [sys.executable, "-m", "django", "makemessages", "--locale", "zh_Hans", "--symlinks"]
    subprocess.run(command, cwd=folder, env=outside_environment(), check=True, capture_output=True)
    return polib.pofile(str(folder / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"))


@pytest.fixture(scope="module")
def catalogue() -> dict:
    return {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(CATALOGUE))}


def is_translated(entry: polib.POEntry | None) -> bool:
    return entry is not None and entry.translated()


def test_every_message_has_its_chinese(used, catalogue):
    missing = [entry.msgid for entry in used if not is_translated(catalogue.get((entry.msgctxt, entry.msgid)))]

    assert missing == []


def test_every_translation_fills_in_what_the_message_fills_in(catalogue):
    translated = [entry for entry in catalogue.values() if is_translated(entry) and not entry.msgid_plural]
    differing = [
        entry.msgid
        for entry in translated
        if sorted(set(PLACEHOLDER.findall(entry.msgid))) != sorted(set(PLACEHOLDER.findall(entry.msgstr)))
    ]

    assert differing == []


def test_gettext_accepts_the_catalogue(tmp_path):
    checked = subprocess.run(
        ["msgfmt", "--check-format", "--output-file", tmp_path / "out.mo", CATALOGUE],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.stderr == ""
