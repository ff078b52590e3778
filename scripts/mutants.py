"""``make mutants``: take each guard away, one at a time, and see that a test notices. ``ARGS="--mutants-in judging"``.

It runs in a copy of the tree and changes the code in memory; docs/visibility.md says more.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from portal.core.catalogues import compile_catalogues  # noqa: E402

KEPT = ROOT / "var" / "mutants"
PLUGINS = ["tests.mutants.plugin", "no:randomly", "no:xdist", "no:cacheprovider"]
TESTS = ["accounts", "api", "core", "dashboards", "judging", "notifications", "submissions", "tracks", "visibility"]


def main(arguments: list[str]) -> int:
    os.nice(10)
    with tempfile.TemporaryDirectory(prefix="portal-mutants-") as folder:
        copy_tree(Path(folder))
        # Django reads the catalogues when it starts, which is before tests/conftest.py has compiled them.
        compile_catalogues(Path(folder) / "locale")
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.mutants.settings"}
        plugins = [word for name in PLUGINS for word in ("-p", name)]
        words = ["-q", *plugins, f"--kept-in={KEPT}", *arguments, *tests_for(arguments)]
        return subprocess.run(
            [sys.executable, "-m", "pytest", *words], cwd=folder, env=environment, check=False
        ).returncode


def tests_for(arguments: list[str]) -> list[str]:
    """Those that were named; else all that may notice anything."""
    named = [word for word in arguments if word.startswith("tests/")]
    return [] if named else [f"tests/{name}" for name in TESTS]


def copy_tree(folder: Path) -> None:
    """Somebody may go on writing meanwhile."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in listed.stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
