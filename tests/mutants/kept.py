"""What outlasts a run: which guards each test comes by, and what became of each guard. Lines are only ever added."""

from __future__ import annotations

import hashlib
import json
import tomllib
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.mutants.sites import Mutant

EQUIVALENT = Path(__file__).with_name("equivalent.toml")


@dataclass
class Result:
    """``by``: the test that noticed. ``tried``: those that did not, each with the state it was in."""

    result: str
    by: str = ""
    tried: dict[str, str] = field(default_factory=dict)


class Ledger:
    """What became of each guard, as long as its file stays as it was."""

    def __init__(self, path: Path):
        self.path, self.read_until = path, 0
        self.known: dict[tuple[str, str], Result] = {}
        self.refresh()

    def refresh(self) -> None:
        """Another run may write here, too."""
        rows, self.read_until = _lines(self.path, self.read_until)
        for row in rows:
            guard = row.pop("key"), row.pop("source")
            self.known[guard] = Result(**row)

    def of(self, mutant: Mutant) -> Result | None:
        return self.known.get((mutant.key, mutant.source))

    def note(self, mutant: Mutant, result: Result) -> None:
        self.known[mutant.key, mutant.source] = result
        _add(self.path, {"key": mutant.key, "source": mutant.source, **asdict(result)})


class Reach:
    """Which guards a test comes by. It tells what to run; whether a test holds without a mutant is known by state."""

    def __init__(self, path: Path):
        self.path = path
        self.guards: dict[str, frozenset[str]] = {}
        self.states: dict[str, tuple[str, str, bool]] = {}
        for row in _lines(path)[0]:
            self._take(**row)

    def _take(self, test: str, file: str, state: str, holds: bool, guards: list[str] | None = None) -> None:  # noqa: FBT001
        if guards is not None:
            self.guards[test] = frozenset(guards)
        self.states[test] = file, state, holds

    def note(self, **row: Any) -> None:
        self._take(**row)
        _add(self.path, row)


def equivalents() -> dict[str, str]:
    """Guards that nobody can miss, because another holds as well; each with the reason."""
    groups = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["equivalent"]
    return {guard: group["because"] for group in groups for guard in group["guards"]}


class States:
    """What a test and everything it is made of looks like, as a short word."""

    def __init__(self, root: Path):
        self.root, self.known = root, {}

    def file(self, test: str) -> str:
        return self._of([test.partition("::")[0]])

    def whole(self, test: str) -> str:
        name = test.partition("::")[0]
        room = Path(name).parts[1]
        return self._of([name, f"tests/{room}", "tests/factories", "tests/conftest.py"])

    def _of(self, names: list[str]) -> str:
        return hashlib.sha256("".join(self._one(name) for name in names).encode()).hexdigest()[:10]

    def _one(self, name: str) -> str:
        if name not in self.known:
            path = self.root / name
            files = [path] if path.is_file() else sorted(each for each in path.rglob("*.py") if _helps(each))
            self.known[name] = hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()
        return self.known[name]


def _helps(path: Path) -> bool:
    return not path.name.startswith("test_")


def _lines(path: Path, start: int = 0) -> tuple[list[dict[str, Any]], int]:
    """Whole lines from there on, and where they end. One that makes no sense is from a run that was broken off."""
    if not path.exists():
        return [], start
    with path.open("rb") as file:
        file.seek(start)
        text = file.read()
    text = text[: text.rfind(b"\n") + 1]
    rows = []
    for line in text.splitlines():
        with suppress(ValueError):
            rows.append(json.loads(line))
    return rows, start + len(text)


def _add(path: Path, row: dict[str, Any]) -> None:
    """In one piece: two runs may write at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab", buffering=0) as file:
        file.write(f"{json.dumps(row)}\n".encode())
