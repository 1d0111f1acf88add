"""Run every benchmark, or those named: ``python -m benchmarks [--write | --json] [name ...]``."""

import argparse
import importlib
import inspect
import json
import pkgutil
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import benchmarks
from benchmarks import Table, Unmeasured, markdown

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def names() -> list[str]:
    """The modules of this package that offer a `run`."""
    modules = [module.name for module in pkgutil.iter_modules(benchmarks.__path__)]
    return sorted(name for name in modules if name != "__main__" and hasattr(_module(name), "run"))


def _module(name: str) -> object:
    return importlib.import_module(f"benchmarks.{name}")


def measure(name: str, before: Path | None = None, data: Path | None = None) -> list[Table]:
    """The tables of one benchmark.

    ``before``: an earlier commit's checkout, ``data``: another folder of real series; both for
    those that take one.
    """
    run: Callable[..., Table | list[Table]] = _module(name).run  # type: ignore[attr-defined]
    taken = inspect.signature(run).parameters
    options = {"before": before, "data": data}
    result = run(**{key: path for key, path in options.items() if path and key in taken})
    return [result] if isinstance(result, Table) else result


def main(arguments: list[str] | None = None) -> int:
    """Print the tables; with ``--write``, keep them as the documentation's page too."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(names()))
    parser.add_argument("--write", action="store_true", help=f"write docs/{PAGE.name}")
    parser.add_argument(
        "--before", metavar="DIR", type=Path, help="measure an earlier commit's checkout as well"
    )
    parser.add_argument("--data", metavar="DIR", type=Path, help="another folder of real series")
    parser.add_argument(
        "--json", action="store_true", help="print a list of name, value, target and met"
    )
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - set(names()):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    if given.write and given.names:
        parser.error("--write keeps all tables: name no benchmark beside it")
    tables: list[Table] = []
    skipped: list[str] = []
    for name in given.names or names():
        try:
            measured = measure(name, given.before, given.data)
        except Unmeasured as reason:
            print(f"{name}: not measured: {reason}\n", file=sys.stderr)
            skipped.append(name)
            continue
        for table in [] if given.json else measured:
            print(table.as_text(), end="\n\n", flush=True)
        tables += measured
    if given.json:
        print(json.dumps([asdict(figure) for table in tables for figure in table.figures()]))
    if given.write:
        if skipped:
            parser.error(f"nothing written, for {', '.join(skipped)} could not be measured")
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(markdown(tables), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
