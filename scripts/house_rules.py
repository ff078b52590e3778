"""The rules of this house that no linter knows: how long things may be, and what a template may hold."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE, LONGEST_FUNCTION = 400, 50
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# The content security policy would refuse the first three in the browser; the fourth is how XSS gets in.
FORBIDDEN_IN_TEMPLATES = {
    "an inline style": re.compile(r"""\sstyle\s*="""),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")[^>]*>"),
    "an inline event handler": re.compile(r"""\son[a-z]+\s*=\s*["']"""),
    "unescaped output": re.compile(r"\|\s*safe\b|autoescape\s+off"),
}
# A PDF is rendered from one string: it has no policy and no other file to link.
PDF = re.compile(r"/pdf/")


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return sorted(path for path in map(Path, listed.stdout.splitlines()) if (ROOT / path).exists())


def length_problems(path: Path) -> Iterator[str]:
    source = (ROOT / path).read_text(encoding="utf-8")
    if (count := source.count("\n")) > LONGEST_FILE:
        yield f"{path}: {count} lines; {LONGEST_FILE} is the most"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, FUNCTIONS) and (count := node.end_lineno - node.lineno + 1) > LONGEST_FUNCTION:
            yield f"{path}:{node.lineno}: {node.name} has {count} lines; {LONGEST_FUNCTION} is the most"


def template_problems(path: Path) -> Iterator[str]:
    for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1):
        for what, pattern in FORBIDDEN_IN_TEMPLATES.items():
            if pattern.search(line) and not (PDF.search(str(path)) and what == "an inline style"):
                yield f"{path}:{number}: {what}"


def problems() -> Iterator[str]:
    for path in tracked("*.py"):
        if "migrations" not in path.parts:
            yield from length_problems(path)
    for path in tracked("*.html"):
        yield from template_problems(path)


if __name__ == "__main__":
    sys.exit("\n".join(problems()) or None)
