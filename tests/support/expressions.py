"""The regular expressions of a program, found in its source, and texts made to be slow for them."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from re import _constants as kinds
from re import _parser as parser
from typing import Any

from tests.support.programs import ROOT

METHODS = ("match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer")
TRIED = " \t\na0Z_-/:.,;'\"[](){}<>@&=?!#%é年"
PUMPS = (*" 0a,[(</\"'-.:@=\n", "0,", "a ")
ENDS = ("", "\0", "!", " x")


@dataclass(frozen=True)
class Expression:
    """An expression where it stands."""

    module: str
    line: int
    pattern: re.Pattern[Any] | None
    """None where it is made as the program runs."""
    method: str
    """What is asked of it at once; or ``compile``."""
    name: str | None
    """What it is called then, where it has a name."""

    def __str__(self) -> str:
        return f"{self.module}:{self.line}"


def expressions_in(path: Path) -> Iterator[Expression]:
    """The expressions of a Python file, those of its functions too."""
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {
        id(node.value): ast.unparse(node.target)
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign)
    }
    names |= {
        id(node.value): ast.unparse(node.targets[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
    }
    for node in ast.walk(tree):
        if (method := method_of(node)) is not None:
            assert isinstance(node, ast.Call)
            pattern = compiled(node, vars(import_module(name)))
            yield Expression(name, node.lineno, pattern, method, names.get(id(node)))


def method_of(node: ast.AST) -> str | None:
    """``compile`` or ``sub``, where that is what a call asks of `re`."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    asked = ast.unparse(node.func.value) == "re" and node.func.attr in (*METHODS, "compile")
    return node.func.attr if asked else None


def compiled(call: ast.Call, names: dict[str, Any]) -> re.Pattern[Any] | None:
    """The pattern with its flags, which are the last argument of `re.compile` or go by name."""
    flags = [keyword.value for keyword in call.keywords if keyword.arg == "flags"]
    flags += [given for given in call.args[1:] if "re." in ast.unparse(given)]
    try:
        pattern, *given = (evaluated(node, names) for node in (call.args[0], *flags))
    except NameError:
        return None
    return re.compile(pattern, *given)


def evaluated(node: ast.expr, names: dict[str, Any]) -> Any:
    return eval(compile(ast.Expression(node), "expression", "eval"), dict(names))


def hostile_texts(pattern: re.Pattern[Any], size: int) -> Iterator[Any]:
    """Texts of about ``size`` characters: what may stand in front, much of something, an end."""
    binary = isinstance(pattern.pattern, bytes)
    tree = parser.parse(pattern.pattern, pattern.flags)
    repeated = {("", pump) for pump in PUMPS} | set(repeats(tree, ""))
    for before, pump in sorted(repeated):
        if pump:
            for end in ENDS:
                text = before + pump * (size // len(pump)) + end
                yield text.encode() if binary else text


def repeats(tree: Any, before: str) -> Iterator[tuple[str, str]]:
    """What stands before each repetition, with what it repeats, alone and with what follows it."""
    items = list(tree)
    for at, (kind, argument) in enumerate(items):
        here = before + example(items[:at])
        for inner in inside(kind, argument):
            yield from repeats(inner, here)
        if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
            body = example(argument[2])
            yield here, body
            yield here, body + example(items[at + 1 :])
            yield here, example(items[at + 1 :])


def inside(kind: Any, argument: Any) -> list[Any]:
    """The parts of a part."""
    if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
        return [argument[2]]
    if kind is kinds.SUBPATTERN:
        return [argument[3]]
    if kind is kinds.ATOMIC_GROUP:
        return [argument]
    if kind is kinds.BRANCH:
        return list(argument[1])
    return []


def example(items: Any) -> str:
    """A short text that fits, but for what looks around and back."""
    text = ""
    for kind, argument in items:
        if kind is kinds.LITERAL:
            text += chr(argument)
        elif kind in (kinds.NOT_LITERAL, kinds.ANY, kinds.IN):
            text += one_of(kind, argument)
        elif kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
            text += example(argument[2]) * max(argument[0], 1)
        elif parts := inside(kind, argument):
            text += example(parts[0])
    return text


def one_of(kind: Any, argument: Any) -> str:
    if kind is not kinds.IN:
        return next(sign for sign in TRIED if kind is kinds.ANY or sign != chr(argument))
    signs = [chr(code) for what, code in argument if what is kinds.LITERAL]
    signs += [chr(code[0]) for what, code in argument if what is kinds.RANGE]
    negated = argument[0][0] is kinds.NEGATE
    categories = [code for what, code in argument if what is kinds.CATEGORY]
    for sign in (TRIED if negated or categories else signs) or TRIED:
        within = sign in signs or any(belongs(sign, category) for category in categories)
        if within is not negated:
            return sign
    return ""


def belongs(sign: str, category: Any) -> bool:
    name = str(category).lower()
    fits = {
        "digit": sign.isdigit(),
        "space": sign.isspace(),
        "word": sign.isalnum() or sign == "_",
    }[name.rpartition("_")[2]]
    return fits is not ("_not_" in name)
