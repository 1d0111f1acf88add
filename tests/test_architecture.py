"""Who may import whom, and how long a file may grow: read from the source, not by importing it.

    pages -> ui -> snapshot_core
    api, jobs ---> snapshot_core
    web (how pages are served, and who may ask) imports none of them; api has its guards from there
    app.py sees all sides

Inside the core a package imports only from those below it (`LAYERS`). A rule about a part that
is not written yet holds of itself.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT = Path(__file__).resolve().parent.parent
CORE = ROOT / "snapshot_core"
OURS = {"api", "app", "benchmarks", "jobs", "pages", "run", "snapshot_core", "tests", "ui", "web"}

LAYERS: Final = (
    # The ground floor.
    (
        *("errors", "clock", "zones", "windows", "periods", "local_hours", "cadences", "metrics"),
        *("names", "plural", "private_files", "readings", "tags"),
    ),
    ("growth",),
    ("insights",),
    ("settings",),
    ("sources", "formats"),
    ("store",),
    ("connections", "identity"),
    ("session",),
    ("capture", "transfer"),
    ("view",),
    ("notify", "maintenance"),
    ("cli",),
)
"""The core from the ground up. A package imports only from the rows before its own; in one row,
modules of the ground floor may know each other, and packages may not."""
HEIGHTS: Final = {part: height for height, layer in enumerate(LAYERS) for part in layer}
ABOVE_ALL_LAYERS: Final = {"__init__", "__main__", "migrations"}

# The parts of ours that each part may import, beside itself.
MAY_IMPORT = {
    "snapshot_core": set(),
    "web": set(),
    "ui": {"snapshot_core"},
    "pages": {"snapshot_core", "ui"},
    "api": {"snapshot_core", "web"},
    "jobs": {"snapshot_core"},
}
# What the core must not know: how it is shown, served or scheduled.
NOT_IN_THE_CORE = {"streamlit", "plotly", "fastapi", "starlette", "uvicorn", "schedule"}
# The settings read the address of a database with SQLAlchemy's parser, and no more of it.
ADDRESSES = {"sqlalchemy.URL", "sqlalchemy.make_url", "sqlalchemy.exc.ArgumentError"}

STATEMENT = re.compile(r"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM) ")

NAMELESS: Final = {"one", "found", "said", "told"}
"""What could be the name of anything: of an account, of rows, of a message."""

MAX_FILE_LINES = 299
MAX_PAGE_LINES = 80
MAX_FOLDER_MODULES = 24


def imports_of(path: Path, root: Path = ROOT) -> set[str]:
    """The full dotted names of the modules a file imports, relative imports resolved."""
    package = path.relative_to(root).with_suffix("").parts[:-1]
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join((*above, *([node.module] if node.module else [])))
            # `from snapshot_core import windows` imports a module as well as naming a package.
            names.add(base)
            names.update(f"{base}.{alias.name}" for alias in node.names)
    return names


def top(name: str) -> str:
    return name.partition(".")[0]


def python_files(*parts: str) -> list[Path]:
    """The Python files of these parts of the repository, of those that exist."""
    found: list[Path] = []
    for part in parts:
        path = ROOT / part
        found += [path] if path.is_file() else sorted(path.rglob("*.py"))
    return found


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def each(*parts: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", python_files(*parts), ids=named)


@each(*MAY_IMPORT)
def test_a_part_imports_only_the_parts_below_it(path: Path) -> None:
    part = path.relative_to(ROOT).parts[0]
    ours = {top(name) for name in imports_of(path)} & OURS
    assert ours <= MAY_IMPORT[part] | {part}


@each("api")
def test_the_api_takes_only_its_guards_from_web(path: Path) -> None:
    """It runs alone too, and what protects an answer should be written once; pages it has none."""
    modules = {".".join(name.split(".")[:2]) for name in imports_of(path) if top(name) == "web"}
    assert modules <= {"web", "web.guard", "web.policy", "web.problems", "web.slow_bodies"}


@each("snapshot_core")
def test_a_layer_imports_only_from_those_below_it(path: Path) -> None:
    own = part_of_core(path)
    if own in ABOVE_ALL_LAYERS:
        return
    for name in imports_of(path):
        package, *rest = name.split(".")
        if package == "snapshot_core" and rest and rest[0] in HEIGHTS and rest[0] != own:
            below, here = HEIGHTS[rest[0]], HEIGHTS[own]
            assert below < here or below == here == 0, name


def test_every_part_of_the_core_has_its_layer() -> None:
    parts = {part_of_core(path) for path in python_files("snapshot_core")}
    assert parts - ABOVE_ALL_LAYERS <= set(HEIGHTS)


def part_of_core(path: Path) -> str:
    """``growth`` of ``snapshot_core/growth/value.py``, ``clock`` of ``snapshot_core/clock.py``."""
    return path.relative_to(CORE).parts[0].removesuffix(".py")


@each("snapshot_core", "ui", "pages", "api", "jobs", "web", "app.py", "run.py")
def test_only_the_store_and_migrations_speak_sql(path: Path) -> None:
    if path.is_relative_to(CORE / "store") or path.is_relative_to(CORE / "migrations"):
        return
    names = {name for name in imports_of(path) if top(name) in ("sqlalchemy", "alembic")}
    if path.is_relative_to(CORE / "settings"):
        names -= ADDRESSES | {"sqlalchemy", "sqlalchemy.exc"}
    assert not names
    for text in texts_of(path):
        assert not STATEMENT.match(text), text


def texts_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@each("ui", "pages", "api", "jobs", "web")
def test_no_face_imports_another(path: Path) -> None:
    """The shell is one too, though it lives in the core."""
    shell = {name for name in imports_of(path) if f"{name}.".startswith("snapshot_core.cli.")}
    assert not shell


@each("snapshot_core")
def test_the_core_knows_no_dashboard_server_or_schedule(path: Path) -> None:
    assert not {top(name) for name in imports_of(path)} & NOT_IN_THE_CORE


def test_only_the_entry_sees_both_the_dashboard_and_the_api() -> None:
    for path in ROOT.glob("*.py"):
        seen = {top(name) for name in imports_of(path)}
        if seen & {"ui", "pages"} and "api" in seen:
            assert path.name == "app.py"


@each("snapshot_core/growth", "snapshot_core/windows.py", "snapshot_core/local_hours.py")
def test_the_arithmetic_stands_on_nothing_but_itself(path: Path) -> None:
    for name in imports_of(path):
        pure = top(name) in sys.stdlib_module_names or top(name) == "numpy"
        assert pure or name == "snapshot_core" or is_arithmetic(name), name


def is_arithmetic(name: str) -> bool:
    pure = ("growth", "metrics", "windows", "periods", "local_hours")
    return f"{name}.".startswith(tuple(f"snapshot_core.{part}." for part in pure))


@each("pages")
def test_a_page_is_short(path: Path) -> None:
    assert len(lines_of(path)) <= MAX_PAGE_LINES


def test_no_folder_holds_more_than_one_can_overlook() -> None:
    counts: dict[str, int] = {}
    for path in sources():
        if path.name != "__init__.py":
            folder = str(path.parent.relative_to(ROOT))
            counts[folder] = counts.get(folder, 0) + 1
    full = {folder for folder, count in counts.items() if count > MAX_FOLDER_MODULES}
    assert full == set()


def sources() -> Iterator[Path]:
    yield from sorted(ROOT.glob("*.py"))
    for path in python_files("snapshot_core", "ui", "web", "pages", "api", "jobs", "benchmarks"):
        if "migrations/versions" not in path.as_posix():
            yield path


@each("snapshot_core", "ui", "web", "pages", "api", "jobs", "benchmarks")
def test_what_has_a_name_is_called_by_it(path: Path) -> None:
    assert not {name for name in names_given(path) if name in NAMELESS}


def names_given(path: Path) -> Iterator[str]:
    """What a file calls its variables, parameters, attributes, functions and classes."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case ast.arg(arg=name) | ast.alias(asname=str(name)):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name):
                yield name
            case _:
                pass


def test_no_file_grows_beyond_what_one_reads_at_a_sitting() -> None:
    long = {named(path): len(lines_of(path)) for path in sources()}
    assert {name: count for name, count in long.items() if count > MAX_FILE_LINES} == {}


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_imports_are_read_in_all_their_forms(tmp_path: Path) -> None:
    package = tmp_path / "snapshot_core" / "growth"
    package.mkdir(parents=True)
    module = package / "value.py"
    module.write_text(
        "import a.b as c\nfrom d import e\nfrom . import ledger\nfrom ..windows import day\n"
        "def f():\n    import streamlit\n"
    )
    assert imports_of(module, tmp_path) >= {
        "a.b",
        "d.e",
        "snapshot_core.growth.ledger",
        "snapshot_core.windows.day",
        "streamlit",
    }
