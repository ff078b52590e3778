"""What a person reads when ``make run`` can't: one sentence, no traceback."""

import subprocess

import pytest
from django.conf import settings

from tests.servers import outside_environment


def make(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=settings.BASE_DIR,
        env={**outside_environment(), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_missing_python_is_named():
    done = make("run", "PYTHON=python3.99")

    assert done.stdout == "python3.99 is missing: the portal needs Python 3.11 or newer.\n"
    assert done.returncode != 0


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")

    done = make("run", PORTAL_VAR=str(tmp_path / "file" / "var"))

    assert done.stderr.splitlines()[0] == f"Can't write to {tmp_path}/file/var: Not a directory."
    assert done.returncode != 0


@pytest.mark.parametrize("target", ["run", "test", "check", "bench", "lock", "messages"])
def test_every_target_is_explained(target):
    assert f"make {target}" in make().stdout
