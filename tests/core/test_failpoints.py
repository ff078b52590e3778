"""Places where fault tests kill; everywhere else they do nothing."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from portal.core.failpoints import PLACES, failpoint

PASSING = re.compile(r"failpoint\(\"(\w+)\"\)")
SOURCES = ("portal", "submissions", "judging")


def passes(folder):
    """How a process ends that passes a place while ``folder`` says who is to die."""
    code = (
        "from django.conf import settings; from pathlib import Path; import sys\n"
        "settings.configure(FAILPOINTS_DIR=Path(sys.argv[1]))\n"
        "from portal.core.failpoints import failpoint\n"
        "failpoint('before_commit')"
    )
    command = [sys.executable, "-c", code, str(folder)]
    return subprocess.run(command, cwd=settings.BASE_DIR, check=False, timeout=60).returncode


def test_none_is_armed_unless_the_environment_says_where():
    assert settings.FAILPOINTS_DIR is None


def test_whoever_passes_an_armed_place_is_killed(tmp_path):
    (tmp_path / "before_commit").touch()

    assert passes(tmp_path) == -signal.SIGKILL


def test_one_alone_is_killed(tmp_path):
    (tmp_path / "before_commit").touch()
    passes(tmp_path)

    assert passes(tmp_path) == 0


def test_a_place_that_is_not_armed_lets_pass(tmp_path):
    (tmp_path / "after_commit").touch()

    assert passes(tmp_path) == 0


def test_without_a_folder_no_file_is_looked_for(monkeypatch):
    monkeypatch.setattr("portal.core.failpoints._takes", lambda armed: pytest.fail("looked for a file"))

    failpoint("before_commit")


def test_the_list_of_places_is_the_one_in_the_code():
    texts = [path.read_text() for name in SOURCES for path in Path(settings.BASE_DIR, name).rglob("*.py")]

    assert {found for text in texts for found in PASSING.findall(text)} == PLACES


def test_production_arms_none():
    compose = (Path(settings.BASE_DIR) / "docker-compose.yml").read_text(encoding="utf-8")

    assert "PORTAL_FAILPOINTS" not in compose
