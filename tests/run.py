"""What ``make test`` runs: the suite on PostgreSQL and Redis, its database part on SQLite, browsers, kills at named
places.

Arguments are handed to pytest: ``make test ARGS="-k receipt"``.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from xml.etree import ElementTree as ET

from portal.core.processes import die_with_parent
from tests.migrated import VARIABLE, made_once
from tests.servers import ServerFailedError, outside_environment, private_servers

NO_TESTS_COLLECTED = 5
# More would find neither connections nor Redis numbers enough on the private servers.
MOST_WORKERS = 8
TESTS = Path(__file__).parent


@dataclass(frozen=True)
class Part:
    title: str
    marker: str
    on_servers: bool
    workers: int
    # How tests are given to workers. Those of a file share the portal that they have started.
    distribution: str = "load"
    # Its tests are in the folder of this name, or in files that name the marker; reading all of them takes long.
    only: str = ""
    # Runs while the next part does, and is told about after it: that one waits more than it works.
    is_beside_next: bool = False


PARTS = [
    Part(
        "On PostgreSQL and Redis",
        "not browser and not faults and not failpoints",
        on_servers=True,
        # One more than there are cores: while PostgreSQL works, Python waits.
        workers=min((os.cpu_count() or 2) + 1, MOST_WORKERS),
    ),
    Part(
        "On SQLite and a broker without a server",
        "database and not browser and not faults and not failpoints",
        on_servers=False,
        workers=1,
        only="database",
        is_beside_next=True,
    ),
    # Half of the tests are in one file. They go one after the other, a file's together, until a worker has no more.
    Part(
        "In a browser, on PostgreSQL and Redis",
        "browser",
        on_servers=True,
        workers=2,
        distribution="worksteal",
        only="browser",
    ),
    # One after the other: it has servers of its own, and its processes are killed while they are busy.
    Part(
        "Killed at named places, with servers as in production",
        "failpoints",
        on_servers=False,
        workers=1,
        only="failpoints",
    ),
]


def main(arguments: list[str]) -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    started = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="portal-tests-") as name, private_servers() as servers:
            folder = Path(name)
            on_postgresql, on_sqlite = made_once(servers["DATABASE_URL"], folder)
            for_servers, for_none = {**servers, VARIABLE: on_postgresql}, {VARIABLE: on_sqlite}
            environments = [for_servers if part.on_servers else for_none for part in PARTS]
            results = run_all(PARTS, arguments, environments, folder)
    except ServerFailedError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Stopped.")
    return conclude(results, time.monotonic() - started)


Result = tuple[int, dict[str, int]]


def run_all(parts: list[Part], arguments: list[str], environments: list[dict[str, str]], folder: Path) -> list[Result]:
    results: list[Result] = []
    beside: list[tuple[Part, Running]] = []
    try:
        for part, environment in zip(parts, environments, strict=True):
            if part.is_beside_next and part is not parts[-1]:
                beside.append((part, start(part, arguments, environment, folder, aside=True)))
                continue
            print(f"\n{part.title}", flush=True)
            results.append(start(part, arguments, environment, folder).wait())
            while beside:
                other, running = beside[0]
                results.append(running.wait())
                print(f"\n{other.title}\n{running.said()}", flush=True)
                beside.pop(0)
    finally:
        for _part, running in beside:
            running.stop()
    return results


@dataclass(frozen=True)
class Running:
    process: subprocess.Popen[bytes]
    report: Path
    output: Path | None

    def wait(self) -> Result:
        try:
            code = self.process.wait()
        except KeyboardInterrupt:
            self.stop()
            raise
        return code, counts(self.report)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait()

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8", errors="replace") if self.output else ""


def start(
    part: Part, arguments: list[str], environment: dict[str, str], folder: Path, *, aside: bool = False
) -> Running:
    report = folder / f"report-{PARTS.index(part)}.xml"
    output = report.with_suffix(".txt") if aside else None
    # Whatever a test leaves behind goes with this folder; PostgreSQL's own account has to reach into it.
    folder.chmod(0o755)
    shared_out = ["-n", str(part.workers), "--dist", part.distribution]
    command = [sys.executable, "-m", "pytest", "-m", part.marker, *shared_out, f"--junit-xml={report}"]
    with output.open("wb") if output else nullcontext() as written:
        process = subprocess.Popen(
            [*command, *arguments, *files_of(part, arguments)],
            stdout=written,
            stderr=written,
            env={**outside_environment(), "TMPDIR": str(folder), **environment},
            # Ctrl-C comes to us, and from us to pytest once: a second one would cut its tear-down short.
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(signal.SIGINT),
        )
    return Running(process, report, output)


def files_of(part: Part, arguments: list[str]) -> list[str]:
    """Nothing when all files are wanted, or when the arguments name some themselves."""
    if not part.only or any(Path(each.partition("::")[0]).exists() for each in arguments):
        return []
    if (folder := TESTS / part.only).is_dir():
        return [str(folder)]
    files = sorted(TESTS.rglob("test_*.py"))
    return [str(file) for file in files if f"mark.{part.only}" in file.read_text(encoding="utf-8")]


def counts(report: Path) -> dict[str, int]:
    if not report.exists():
        return {}
    suite = ET.parse(report).getroot().find("testsuite")  # noqa: S314 - pytest has just written it
    total, failed, error, skipped = (int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped"))
    return {"failed": failed, "passed": total - failed - error - skipped, "skipped": skipped, "error": error}


def conclude(results: list[tuple[int, dict[str, int]]], seconds: float) -> int:
    """One line in pytest's own manner for all parts together."""
    total = {name: sum(found.get(name, 0) for _, found in results) for name in ("failed", "passed", "skipped", "error")}
    shown = ", ".join(f"{count} {name}" for name, count in total.items() if count) or "no tests ran"
    print(f"\nAll parts together\n{f' {shown} in {seconds:.2f}s ':=^80}")
    broken = [code for code, _ in results if code not in (0, NO_TESTS_COLLECTED)]
    if broken or not total["passed"]:
        return max(broken, default=NO_TESTS_COLLECTED)
    return 0


def stop(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
