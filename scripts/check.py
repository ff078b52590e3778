"""What ``make check`` runs: every check, two at a time, each with its time; the words of those that fail."""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
MANAGE = [sys.executable, "manage.py"]

# What a production machine would say, so that Django's own deployment check has something to look at.
PRODUCTION = {
    "PORTAL_MODE": "production",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "RECEIPT_KEYS": "zyxwvutsrqponmlkjihgfedcba0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "PERSONAL_DATA_KEYS": "ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba",
    "CANONICAL_URL": "https://contest.example.cn",
    "ALLOWED_HOSTS": "contest.example.cn",
    "TRUSTED_PROXY_COUNT": "1",
    "CELERY_BROKER_URL": "redis://redis/0",
    "CACHE_URL": "redis://redis/1",
    "EMAIL_URL": "smtp://mail.example.cn:587",
    "DEFAULT_FROM_EMAIL": "contest@example.cn",
}

# The slow ones first: the rest then fits beside them.
CHECKS = {
    "types": [BIN / "mypy"],
    "deployment": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
    "templates": [BIN / "djlint", "templates", "--lint", "--quiet"],
    "known holes": [sys.executable, "scripts/known_holes.py"],
    "bandit": [
        *(BIN / "bandit", "--quiet", "--configfile", "pyproject.toml", "--recursive"),
        *("portal", "tracks", "submissions", "judging", "scripts", "manage.py", "gunicorn.conf.py"),
    ],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "layers": [BIN / "lint-imports"],
    "house rules": [sys.executable, "scripts/house_rules.py"],
    "lock files": [sys.executable, "scripts/locks.py"],
    "style": [BIN / "ruff", "check", "."],
    "format": [BIN / "ruff", "format", "--check", "."],
}
TELLING = {"known holes"}


def run(name: str, folder: str) -> bool:
    production = {
        **PRODUCTION,
        "PORTAL_VAR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/check.sqlite3",
        "STORAGE_URL": f"file://{folder}/files",
    }
    started = time.monotonic()
    done = subprocess.run(
        CHECKS[name], cwd=ROOT, env={**os.environ, **production}, capture_output=True, text=True, check=False
    )
    passed = done.returncode == 0
    report = f"{'ok    ' if passed else 'FAILED'} {name:<12} {time.monotonic() - started:5.1f} s"
    # One that passes may still have something to say, such as what it could not look at.
    said = done.stdout.strip() if name in TELLING else ""
    print(f"{report}  {said}".rstrip() if passed else f"{report}\n{done.stdout}{done.stderr}", flush=True)
    return passed


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="portal-check-") as folder, ThreadPoolExecutor(2) as pool:
        passed = list(pool.map(lambda name: run(name, folder), CHECKS))
    if not all(passed):
        sys.exit(f"{passed.count(False)} of {len(passed)} checks failed.")


if __name__ == "__main__":
    main()
