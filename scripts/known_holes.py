"""Has one of the locked packages a known hole? Asks OSV through pip-audit; without an answer it says so and passes."""

import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements-production.lock"
ASK = [
    *(str(Path(sys.executable).parent / "pip-audit"), "--requirement", str(LOCK), "--no-deps", "--disable-pip"),
    *("--vulnerability-service", "osv", "--timeout", "3", "--format", "json", "--progress-spinner", "off"),
]
SECONDS = 45
# Once a day and lock file is enough: what is remembered is that nothing was found.
REMEMBERED = ROOT / "var" / "known-holes.txt"


def main() -> str | None:
    today = f"{time.strftime('%Y-%m-%d')} {hashlib.sha256(LOCK.read_bytes()).hexdigest()}"
    if REMEMBERED.exists() and REMEMBERED.read_text(encoding="utf-8") == today:
        return None
    answer = asked()
    if answer is None:
        print("Known holes were not looked for: api.osv.dev can't be reached, or took too long.")
        return None
    if found := list(holes(answer)):
        return "\n".join(found)
    REMEMBERED.parent.mkdir(exist_ok=True)
    REMEMBERED.write_text(today, encoding="utf-8")
    return None


def asked() -> dict[str, list[dict[str, object]]] | None:
    try:
        done = subprocess.run(ASK, cwd=ROOT, capture_output=True, text=True, check=False, timeout=SECONDS)
        answer: dict[str, list[dict[str, object]]] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, OSError, ValueError):
        return None
    return answer


def holes(answer: dict[str, list[dict[str, object]]]) -> list[str]:
    return [
        f"{package['name']} {package.get('version', '')}: {hole['id']}"
        for package in answer["dependencies"]
        for hole in package.get("vulns", [])  # type: ignore[attr-defined]
    ]


if __name__ == "__main__":
    sys.exit(main())
