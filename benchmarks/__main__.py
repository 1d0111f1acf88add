"""Run every benchmark, or those named: ``python -m benchmarks [--write] [name ...]``."""

import argparse
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable
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


def measure(name: str, before: Path | None = None) -> list[Table]:
    """The tables of one benchmark, beside an earlier commit's where it can be."""
    run: Callable[..., Table | list[Table]] = _module(name).run  # type: ignore[attr-defined]
    comparable = before is not None and "before" in inspect.signature(run).parameters
    result = run(before=before) if comparable else run()
    return [result] if isinstance(result, Table) else result


def main(arguments: list[str] | None = None) -> int:
    """Print the tables; with ``--write``, keep them as the documentation's page too."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(names()))
    parser.add_argument("--write", action="store_true", help=f"write docs/{PAGE.name}")
    parser.add_argument(
        "--before", metavar="DIR", type=Path, help="measure an earlier commit's checkout as well"
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
            measured = measure(name, given.before)
        except Unmeasured as reason:
            print(f"{name}: not measured: {reason}\n", file=sys.stderr)
            skipped.append(name)
            continue
        for table in measured:
            print(table.as_text(), end="\n\n", flush=True)
        tables += measured
    if given.write:
        if skipped:
            parser.error(f"nothing written, for {', '.join(skipped)} could not be measured")
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(markdown(tables), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
