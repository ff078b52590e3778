import gettext
import os
from pathlib import Path

import pytest

from portal.core.catalogues import compile_catalogues

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8"

msgid "Team"
msgstr "团队"

#, fuzzy
msgid "Judge"
msgstr "法官"
"""


@pytest.fixture
def po(tmp_path: Path) -> Path:
    path = tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(CATALOGUE, encoding="utf-8")
    return path


def read(po: Path) -> gettext.GNUTranslations:
    with po.with_suffix(".mo").open("rb") as compiled:
        return gettext.GNUTranslations(compiled)


def test_a_message_is_compiled(tmp_path, po):
    compile_catalogues(tmp_path)

    assert read(po).gettext("Team") == "团队"


def test_a_guess_is_not_shown(tmp_path, po):
    compile_catalogues(tmp_path)

    assert read(po).gettext("Judge") == "Judge"


def test_an_unchanged_catalogue_is_left_alone(tmp_path, po):
    compile_catalogues(tmp_path)

    assert compile_catalogues(tmp_path) == []


def test_a_changed_catalogue_is_compiled_again(tmp_path, po):
    compile_catalogues(tmp_path)
    later = po.with_suffix(".mo").stat().st_mtime_ns + 1_000_000
    os.utime(po, ns=(later, later))

    assert compile_catalogues(tmp_path) == [po]
