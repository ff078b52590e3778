"""What a run of ``make mutants`` ends with."""

from __future__ import annotations

from collections import Counter

from tests.mutants.kept import Ledger, Result
from tests.mutants.sites import Mutant

KILLED, SURVIVED, NOT_APPLIED, UNREACHED, BROKEN = "killed", "SURVIVED", "not applied", "UNREACHED", "BROKEN OFF"
NOT_TRIED = "NOT TRIED"


def conclude(mutants: list[Mutant], ledger: Ledger, equivalent: dict[str, str], every: set[str]) -> None:
    results = {mutant: (ledger.of(mutant) or Result(NOT_TRIED)).result for mutant in mutants}
    print("\nNot noticed:")
    for mutant, result in results.items():
        if result not in {KILLED, NOT_APPLIED}:
            print(f"  {result:10} {mutant.name}\n             {mutant.key}")
    for key in sorted(equivalent.keys() - every):
        print(f"  equivalent.toml speaks of a guard that is not there: {key}")
    by_room: dict[str, Counter[str]] = {}
    for mutant, result in results.items():
        by_room.setdefault(_room(mutant.path), Counter())[result] += 1
    print()
    for room, counted in sorted(by_room.items()):
        print(f"{room:22} {_told(counted)}")
    counted = Counter(results.values())
    print(f"\n{_told(counted)}; {len(equivalent.keys() & every)} more are equivalent (tests/mutants/equivalent.toml)")
    asked = sum(counted.values()) - counted[NOT_APPLIED]
    print(f"score: {counted[KILLED]} of {asked} = {100 * counted[KILLED] / max(asked, 1):.1f} %")


def _room(path: str) -> str:
    parts = path.split("/")
    return "/".join(parts[:2] if parts[0] == "portal" else parts[:1])


def _told(counted: Counter[str]) -> str:
    return ", ".join(f"{count} {result}" for result, count in counted.most_common())
