"""Where something is guarded, and what the code looks like without the guard."""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

ROOMS = ("portal", "tracks", "submissions", "judging")
# Querysets that hide something, and those that say what is hidden.
GUARDS = {"visible_to", "organized_by", "owed_by", "given_up_by", "without_conflict", "of_member"}
HIDERS = {"kept_from", "entered_by"}
# Says whether a form could be carried out.
NO_RULES = {"apply"}
# Rules that are there to refuse.
REFUSING = {"is_entrant", "_is_close"}
WHO = ("user", "actor", "may_", "runs", "hijack")
PERMISSIONS = {f"has_{what}_permission" for what in ("view", "add", "change", "delete")}
NARROWING = {"filter", "exclude"}
SIGNED_IN = {"login_required", "own"}
# Rights in the audit trail: what grants one, and what outweighs it.
RIGHTS = {"grants": "granting every line", "withholds": "withholding no line"}
ANYTHING = "__import__('django.db.models', fromlist=['Q']).Q()"


@dataclass(frozen=True)
class Mutant:
    path: str
    number: int
    line: int
    what: str
    # Stays the same when lines above it come or go: what is remembered of a guard is remembered under this.
    key: str
    # What the file said when it was read.
    source: str
    # The decorated view, where the decorator is what is taken away.
    view: str = ""

    @property
    def name(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


Site = tuple[ast.AST, ast.expr | ast.stmt, str, str]


def all_mutants(root: Path) -> list[Mutant]:
    return [
        mutant
        for room in ROOMS
        for path in sorted((root / room).rglob("*.py"))
        if "migrations" not in path.parts
        for mutant in _mutants_in(str(path.relative_to(root)), path.read_text())
    ]


def _mutants_in(name: str, source: str) -> Iterator[Mutant]:
    tree, digest = ast.parse(source), hashlib.sha256(source.encode()).hexdigest()[:16]
    seen: Counter[str] = Counter()
    places = _places(tree)
    for number, (node, _new, what, view) in enumerate(sites_of(tree)):
        key = f"{name} {places[node]}: {what}"
        seen[key] += 1
        if seen[key] > 1:
            key = f"{key} [{seen[key]}]"
        yield Mutant(name, number, node.lineno, what, key, digest, view)


def _places(tree: ast.Module) -> dict[ast.AST, str]:
    """For each node the function or class that it is in: ``Board.visible_to``."""
    found: dict[ast.AST, str] = {}
    waiting: list[tuple[ast.AST, str]] = [(tree, "")]
    while waiting:
        node, place = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            place = f"{place}.{node.name}" if place else node.name
        found[node] = place
        waiting += [(child, place) for child in ast.iter_child_nodes(node)]
    return found


def keys_of(mutants: list[Mutant]) -> dict[str, list[str]]:
    """For each file the keys of its guards, in the order of ``sites_of``."""
    found: dict[str, list[str]] = {}
    for mutant in mutants:
        found.setdefault(mutant.path, []).append(mutant.key)
    return found


def probed(source: str, keys: list[str]) -> ast.Module:
    """The file with all its guards, each of which says ``__reached__(key)`` when it is come by."""
    tree = ast.parse(source)
    asked: dict[ast.AST, list[str]] = {}
    for key, (node, _new, _what, view) in zip(keys, sites_of(tree), strict=True):
        if not view:
            asked.setdefault(node, []).append(key)
    return ast.fix_missing_locations(_Probe(asked).visit(tree))


class _Probe(ast.NodeTransformer):
    def __init__(self, asked: dict[ast.AST, list[str]]):
        self.asked = asked

    def visit(self, node: ast.AST) -> ast.AST:
        keys = self.asked.get(node)
        node = self.generic_visit(node)
        if keys and isinstance(node, ast.AugAssign):
            node.value = _saying(keys, node.value)
        elif keys and isinstance(node, ast.expr):
            return _saying(keys, node)
        return node


def _saying(keys: list[str], node: ast.expr) -> ast.expr:
    called = ast.Call(ast.Name("__reached__", ast.Load()), [ast.Constant(key) for key in keys], [])
    new = ast.Subscript(ast.Tuple([called, node], ast.Load()), ast.Constant(1), ast.Load())
    return ast.copy_location(new, node)


def mutated(source: str, number: int) -> ast.Module:
    """The file without the guard ``number``."""
    tree = ast.parse(source)
    old, new, _what, _view = sites_of(tree)[number]
    ast.copy_location(new, old)
    return ast.fix_missing_locations(_Replace(old, new).visit(tree))


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST):
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)


def sites_of(tree: ast.Module) -> list[Site]:
    return [site for function in _functions(tree) for site in _sites_in(function)]


def _functions(tree: ast.Module) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def _sites_in(function: ast.FunctionDef) -> Iterator[Site]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Name) and decorator.id in SIGNED_IN:
            yield decorator, ast.Name("staticmethod"), f"{function.name} without {decorator.id}", function.name
        if isinstance(decorator, ast.Name) and decorator.id in RIGHTS:
            yield from _rights(function, RIGHTS[decorator.id])
    body = list(_own(function))
    yield from _calls(body)
    yield from _withheld(body)
    yield from _refusals(body)
    if function.name in GUARDS | HIDERS | {"competition_visible_to", "organizer_roles", "get_queryset"}:
        yield from _filters(body)
    if function.name in PERMISSIONS or _is_rule(function):
        yield from _answers(function.name, body)


def _own(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """What is in it, without functions of its own."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop(0)
        if not isinstance(node, ast.FunctionDef):
            yield node
            waiting = [*ast.iter_child_nodes(node), *waiting]


def _is_rule(function: ast.FunctionDef) -> bool:
    if function.name in NO_RULES:
        return False
    returns = function.returns
    names = {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}
    return isinstance(returns, ast.Name) and returns.id == "bool" and bool(names & {"user", "actor", "hijacker"})


def _rights(function: ast.FunctionDef, what: str) -> Iterator[Site]:
    words = "Q()" if what.startswith("granting") else "Q(pk__in=[])"
    new = ast.parse(f"__import__('django.db.models', fromlist=['Q']).{words}", mode="eval").body
    for node in _own(function):
        if isinstance(node, ast.Return) and node.value is not None:
            kept = ast.Subscript(ast.Tuple([deepcopy(node.value), new], ast.Load()), ast.Constant(1), ast.Load())
            yield node.value, kept, f"{function.name} {what}", ""


def _withheld(body: list[ast.AST]) -> Iterator[Site]:
    """``granted &= …`` takes nothing away."""
    for node in body:
        if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.BitAnd):
            yield node, ast.Expr(deepcopy(node.value)), f"drop {ast.unparse(node)}", ""


def _calls(body: list[ast.AST]) -> Iterator[Site]:
    for node in body:
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Attribute(attr=name) if name in GUARDS:
                yield node, _all(node), f"drop {name}", ""
            case ast.Attribute(attr=name) if name in HIDERS:
                yield node, _all(node, "none"), f"drop {name}", ""
            case ast.Name(id="competition_visible_to"):
                yield node, _instead(node, ANYTHING), "drop competition_visible_to", ""
            case ast.Name(id="require" | "require_in_person"):
                yield node, _instead(node, "None"), f"drop {ast.unparse(node)}", ""


def _all(call: ast.Call, method: str = "all") -> ast.expr:
    assert isinstance(call.func, ast.Attribute)
    everything = ast.Call(ast.Attribute(deepcopy(call.func.value), method, ast.Load()), [], [])
    return _second(call, everything)


def _instead(call: ast.Call, text: str) -> ast.expr:
    return _second(call, ast.parse(text, mode="eval").body)


def _second(call: ast.Call, new: ast.expr) -> ast.expr:
    """The arguments are still worked out, so that a function keeps the names it takes from around it."""
    given = ast.Tuple([deepcopy(each) for each in _arguments(call)], ast.Load())
    return ast.Subscript(ast.Tuple([given, new], ast.Load()), ast.Constant(1), ast.Load())


def _arguments(call: ast.Call) -> Iterator[ast.expr]:
    for argument in call.args:
        yield argument.value if isinstance(argument, ast.Starred) else argument
    yield from (keyword.value for keyword in call.keywords)


def _refusals(body: list[ast.AST]) -> Iterator[Site]:
    """``if …: raise PermissionDenied`` never does."""
    for node in body:
        if isinstance(node, ast.If) and isinstance(node.body[0], ast.Raise) and _refuses(node, node.body[0]):
            yield node.test, _never(node.test), f"never refuse if {ast.unparse(node.test)}", ""


def _refuses(branch: ast.If, statement: ast.Raise) -> bool:
    """403; or 404 where the question is who asks."""
    raised = ast.unparse(statement.exc) if statement.exc is not None else ""
    asks_who = any(word in ast.unparse(branch.test) for word in WHO)
    return "PermissionDenied" in raised or (("Http404" in raised or "Missing" in raised) and asks_who)


def _never(test: ast.expr) -> ast.expr:
    return ast.BoolOp(ast.And(), [deepcopy(test), ast.Constant(value=False)])


def _filters(body: list[ast.AST]) -> Iterator[Site]:
    """Each filter of a guard, each of several conditions in it, each condition of a combined one."""
    for node in body:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in NARROWING:
            yield node, _all(node), f"drop {_short(node)}", ""
            if len(node.keywords) > 1:
                yield from _fewer(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd):
            yield node, deepcopy(node.left), f"drop & {ast.unparse(node.right)}", ""
            yield node, deepcopy(node.right), f"drop {ast.unparse(node.left)} &", ""
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            yield node, deepcopy(node.left), f"drop | {ast.unparse(node.right)}", ""
            yield node, deepcopy(node.right), f"drop {ast.unparse(node.left)} |", ""


def _short(call: ast.Call) -> str:
    assert isinstance(call.func, ast.Attribute)
    arguments = ", ".join(ast.unparse(each) for each in (*call.args, *call.keywords))
    return f".{call.func.attr}({arguments})"


def _fewer(call: ast.Call) -> Iterator[Site]:
    for number, keyword in enumerate(call.keywords):
        rest = deepcopy(call)
        dropped = rest.keywords.pop(number)
        yield call, _second(ast.Call(ast.Name("x"), [], [dropped]), rest), f"drop {keyword.arg} from the filter", ""


def _answers(name: str, body: list[ast.AST]) -> Iterator[Site]:
    """A rule that always holds, that lacks one of its conditions, or that doesn't refuse out of hand."""
    for node in body:
        if isinstance(node, ast.Return) and node.value is not None:
            if isinstance(node.value, ast.Constant) and node.value.value is True:
                continue
            is_false = isinstance(node.value, ast.Constant) and node.value.value is False
            for value in (True, False) if name in REFUSING else (True,):
                new = ast.BoolOp(ast.And(), [ast.Constant(value=1), ast.Constant(value)])
                what = f"{name} is always {value}" if not is_false else f"{name}: True for False"
                yield node.value, new, what, ""
            for part in ast.walk(node.value):
                if isinstance(part, ast.BoolOp) and isinstance(part.op, ast.And):
                    yield from _without_each(name, part)


def _without_each(name: str, part: ast.BoolOp) -> Iterator[Site]:
    for number, condition in enumerate(part.values):
        rest = [deepcopy(each) for each in part.values]
        del rest[number]
        new = rest[0] if len(rest) == 1 else ast.BoolOp(ast.And(), rest)
        yield part, new, f"{name} without {ast.unparse(condition)}", ""
