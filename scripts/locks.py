"""Are the lock files what pyproject.toml asks for? A cheap look; ``make lock`` writes them anew."""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# "celery[redis]==5.7.0" -> celery, 5.7.0
PIN = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==([\w.]+)")


def pins(lines: Iterable[str]) -> set[tuple[str, str]]:
    found = (PIN.match(line) for line in lines)
    return {(normal(match[1]), match[2]) for match in found if match}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(name: str) -> set[tuple[str, str]]:
    return pins((ROOT / name).read_text(encoding="utf-8").splitlines())


def problems() -> Iterator[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    runtime = locked("requirements.lock")
    wanted = {
        "requirements.lock": pins(project["dependencies"]),
        "requirements-production.lock": runtime | pins(extras["s3"]),
        "requirements-dev.lock": runtime | pins(extras["s3"]) | pins(extras["dev"]),
    }
    for lock, expected in wanted.items():
        for name, version in sorted(expected - locked(lock)):
            yield f"{lock} lacks {name}=={version}; type: make lock"


if __name__ == "__main__":
    sys.exit("\n".join(problems()) or None)
