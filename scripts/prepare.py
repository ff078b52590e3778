"""Makes ready what ``make run``, ``make test`` and ``make check`` need: packages, .venv, dependencies.

Runs before anything is installed, so it knows the standard library alone. A second call that finds
everything in place takes a fraction of a second.
"""

from __future__ import annotations

import ctypes
import glob
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
RUNTIME, DEVELOPMENT = "requirements.lock", "requirements-dev.lock"


class CannotPrepareError(Exception):
    """One sentence for the person at the keyboard."""


def has_libraries(*names: str) -> bool:
    try:
        return all(ctypes.CDLL(name) for name in names)
    except OSError:
        return False


def has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    fonts = subprocess.run(["fc-list", ":lang=zh-cn", "file"], capture_output=True, text=True, check=False)
    return bool(fonts.stdout.strip())


def has_postgresql() -> bool:
    return bool(shutil.which("initdb") or glob.glob("/usr/lib/postgresql/*/bin/initdb"))  # noqa: PTH207


# what it is for -> (is it there, Debian's packages)
Tools = dict[str, tuple[Callable[[], object], list[str]]]
PDF: Tools = {
    "Pango": (
        lambda: has_libraries("libpango-1.0.so.0", "libpangoft2-1.0.so.0"),
        ["libpango-1.0-0", "libpangoft2-1.0-0"],
    ),
    "a Chinese font": (has_chinese_font, ["fontconfig", "fonts-noto-cjk"]),
}
TESTS: Tools = {
    "PostgreSQL": (has_postgresql, ["postgresql"]),
    "Redis": (lambda: shutil.which("redis-server"), ["redis-server"]),
    "Chromium": (lambda: shutil.which("chromium"), ["chromium"]),
    "nginx": (lambda: shutil.which("nginx") or os.path.exists("/usr/sbin/nginx"), ["nginx-light"]),  # noqa: PTH110
    "gettext": (lambda: shutil.which("xgettext") and shutil.which("msgfmt"), ["gettext"]),
    **PDF,
}


def packages_for(missing: list[str]) -> list[str]:
    return [package for name, (_, packages) in TESTS.items() if name in missing for package in packages]


def apt_command() -> list[str] | None:
    """How this person may install packages, or None."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    may = shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n", "apt-get"] if may and may.returncode == 0 else None


def install_packages(packages: list[str]) -> bool:
    """True when apt could install them."""
    apt = apt_command()
    if apt is None:
        return False
    print(f"Installing {' '.join(packages)} (once) …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    options = ["-q", "-y", "-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::Retries=2"]
    quiet = {"env": environment, "stdin": subprocess.DEVNULL, "capture_output": True, "text": True}
    subprocess.run([*apt, "update", *options], check=False, **quiet)
    install = [*apt, "install", "--no-install-recommends", *options, *packages]
    done = subprocess.run(install, check=False, **quiet)
    if done.returncode != 0:
        print("\n".join(done.stderr.strip().splitlines()[-3:]), file=sys.stderr)
    return done.returncode == 0


def ensure(wanted: Tools) -> list[str]:
    """The names of ``wanted`` that are missing and could not be installed."""
    missing = [name for name, (is_there, _) in wanted.items() if not is_there()]
    if missing:
        install_packages(packages_for(missing))
    return [name for name in missing if not wanted[name][0]()]


def ensure_pdf_tools() -> None:
    if missing := ensure(PDF):
        packages = " ".join(packages_for(missing))
        print(f"{' and '.join(missing)} missing: PDFs can't be made. Everything else runs. To have them, type")
        print(f"    sudo apt-get install -y {packages}", flush=True)


def ensure_test_tools() -> None:
    if missing := ensure(TESTS):
        packages = " ".join(packages_for(missing))
        raise CannotPrepareError(
            f"The tests need {', '.join(missing)}, which can't be installed from here; "
            f"type: sudo apt-get install -y {packages}"
        )


def ensure_writable(folder: Path) -> None:
    probe = folder / ".writable"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CannotPrepareError(f"Can't write to {folder}: {error.strerror}.") from None


def has_ensurepip() -> bool:
    found = subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True, check=False)
    return found.returncode == 0


def ensure_venv() -> None:
    works = PYTHON.exists() and subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False)
    if works and works.returncode == 0:
        return
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if not has_ensurepip() and not (install_packages([package]) and has_ensurepip()):
        raise CannotPrepareError(f"Python's venv module is missing; type: sudo apt-get install -y {package}")
    print("Making .venv …", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        raise CannotPrepareError(f"Can't make .venv: {(made.stderr or made.stdout).strip().splitlines()[-1]}")


def digest(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def installed() -> dict[str, str]:
    try:
        return json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}


def ensure_dependencies(lock: str) -> None:
    """Install ``lock`` unless the very same file was installed before."""
    if PYTHON.exists() and installed().get(lock) == digest(lock):
        return
    ensure_venv()
    STAMP.unlink(missing_ok=True)
    print(f"Installing what {lock} names, about a minute (once) …", flush=True)
    pip = [PYTHON, "-m", "pip", "install", "-q", "--no-input", "--disable-pip-version-check"]
    done = subprocess.run([*pip, "--require-hashes", "-r", ROOT / lock], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(done.stderr.strip(), file=sys.stderr)
        raise CannotPrepareError(f"pip could not install what {lock} names; its own words stand above.")
    # The development lock holds every runtime pin too, so it answers for both.
    locks = [RUNTIME, DEVELOPMENT] if lock == DEVELOPMENT else [RUNTIME]
    STAMP.write_text(json.dumps({name: digest(name) for name in locks}))


def prepare(purpose: str) -> None:
    ensure_writable(ROOT)
    ensure_writable(Path(os.environ.get("PORTAL_VAR") or ROOT / "var"))
    ensure_dependencies(RUNTIME if purpose == "run" else DEVELOPMENT)
    if purpose == "run":
        ensure_pdf_tools()
    if purpose == "test":
        ensure_test_tools()


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what says so
        found = ".".join(map(str, sys.version_info[:2]))
        sys.exit(f"The portal needs Python 3.11 or newer, found {found}; name another one with PYTHON=…")
    try:
        prepare(sys.argv[1])
    except CannotPrepareError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Stopped.")


if __name__ == "__main__":
    main()
