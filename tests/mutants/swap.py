"""Put a mutant's code into functions that are already there: no import, no start, in a process of its own."""

from __future__ import annotations

import ast
import gc
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from tests.mutants.sites import Mutant, mutated, probed

# A function's code; a module's or a class body's runs once, when it is imported.
IS_FUNCTION = inspect.CO_OPTIMIZED | inspect.CO_NEWLOCALS
Key = tuple[str, str, int]


class NotAppliedError(Exception):
    """The mutant changes nothing that is called after the import."""


def module_of(path: str) -> Any:
    return importlib.import_module(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))


def key_of(code: CodeType) -> Key:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def living() -> dict[Key, list[FunctionType]]:
    """All functions that there are, by their code."""
    found: dict[Key, list[FunctionType]] = {}
    for each in gc.get_objects():
        if type(each) is FunctionType:
            found.setdefault(key_of(each.__code__), []).append(each)
    return found


def changed(root: Path, mutant: Mutant) -> list[CodeType]:
    """The code of each function that the mutant differs in."""
    path = root / mutant.path
    return _changed(path, mutated(path.read_text(), mutant.number))


def _changed(path: Path, tree: ast.Module) -> list[CodeType]:
    before = {key_of(code): code for code in _inside(compile(path.read_text(), str(path), "exec", dont_inherit=True))}
    after = compile(tree, str(path), "exec", dont_inherit=True)
    return [code for code in _inside(after) if code.co_flags & IS_FUNCTION == IS_FUNCTION and _differs(code, before)]


def _differs(code: CodeType, before: dict[Key, CodeType]) -> bool:
    old = before.get(key_of(code))
    return (
        old is None or code.co_code != old.co_code or code.co_consts != old.co_consts or code.co_names != old.co_names
    )


def _inside(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _inside(constant)


def apply(root: Path, mutant: Mutant, functions: dict[Key, list[FunctionType]]) -> None:
    if mutant.view:
        let_everybody_in(mutant)
        return
    if not _put_in(changed(root, mutant), functions):
        raise NotAppliedError


def put_probes(root: Path, keys: dict[str, list[str]], functions: dict[Key, list[FunctionType]]) -> None:
    """Let each guard say when it is come by; ``keys``: what it is called, by file."""
    for name, of_file in keys.items():
        path = root / name
        _put_in(_changed(path, probed(path.read_text(), of_file)), functions)


def _put_in(codes: list[CodeType], functions: dict[Key, list[FunctionType]]) -> int:
    swapped = 0
    for code in codes:
        for function in functions.get(key_of(code), ()):
            function.__code__ = code
            swapped += 1
    return swapped


def let_everybody_in(mutant: Mutant) -> None:
    """The view's ``login_required`` asks nobody any more."""
    view = getattr(module_of(mutant.path), mutant.view)
    while view is not None:
        names = getattr(view.__code__, "co_freevars", ())
        if "test_func" in names:
            view.__closure__[names.index("test_func")].cell_contents = lambda user: True
            return
        view = getattr(view, "__wrapped__", None)
    raise NotAppliedError
