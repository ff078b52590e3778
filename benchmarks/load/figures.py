"""How long each step took, and what went wrong in it."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Target:
    step: str
    percent: int
    seconds: float


@dataclass
class Figures:
    took: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def note(self, step: str, seconds: float) -> None:
        self.took[step].append(seconds)

    def fault(self, step: str, kind: str) -> None:
        self.wrong[step][kind] += 1

    def count(self, step: str) -> int:
        return len(self.took[step])

    def percentile(self, step: str, percent: int) -> float:
        found = sorted(self.took[step])
        return found[min(len(found), math.ceil(len(found) * percent / 100)) - 1] if found else float("nan")

    def table(self, title: str) -> Iterator[str]:
        yield f"\n{title}\n"
        yield f"{'step':<16}{'count':>7}{'p50':>9}{'p95':>9}{'p99':>9}{'longest':>9}  what went otherwise"
        for step in sorted(self.took.keys() | self.wrong.keys()):
            figures = "".join(f"{self.percentile(step, percent):>7.2f} s" for percent in (50, 95, 99, 100))
            wrong = ", ".join(f"{count} × {kind}" for kind, count in sorted(self.wrong[step].items()))
            yield f"{step:<16}{len(self.took[step]):>7}{figures}  {wrong or '–'}"

    def judged(self, targets: list[Target]) -> Iterator[str]:
        for target in targets:
            found = self.percentile(target.step, target.percent)
            word = "holds" if found <= target.seconds else "MISSED"
            yield f"  {target.step} p{target.percent} {found:.2f} s, at most {target.seconds:g} s: {word}"
