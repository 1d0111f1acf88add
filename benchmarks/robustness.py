"""How far 24-hour growth is from the truth on simulated accounts, which nothing was chosen on.

Nine accounts of 42 days, each with another launch, rhythm, zone and scale. Read at night (by UTC)
and every three hours on learning days, the first seven and four of each 28 after; asked with a
fresh reading every five hours after the first week. Errors are relative to the truth, medians and
90th percentiles; "inside" counts the truths in the range.
"""

from collections.abc import Iterator

import numpy as np

from benchmarks import Figure, Table
from benchmarks.accuracy_answers import History, taught
from benchmarks.accuracy_lines import Line
from benchmarks.real_series import Truth, first_of_each, learning_days, read_closely, together
from benchmarks.simulated_accounts import BEGIN, Simulated, simulated
from snapshot_core.growth.rhythms.rhythm import LEARNING_BRACKET_SECONDS
from snapshot_core.windows import DAY, HOUR

COLUMNS = (
    *("account", "n", "line median", "p90", "nightly median", "p90", "inside", "width"),
    *("four a day median", "p90", "inside", "width"),
)
FIRST_WEEK = 8 * DAY
ASKED_EVERY = 5


def run() -> Table:
    """Measure every kind of account."""
    rows, figures = [], list[Figure]()
    for kind in simulated():
        nightly, four = (asked(kind, seconds) for seconds in (DAY, DAY // 4))
        rows.append((kind.name, str(len(nightly.ours)), *_cells(nightly, four)))
        figures += [*_figures(kind.name, "nightly", nightly), *_figures(kind.name, "four", four)]
    notes = (__doc__ or "").split("\n\n", 1)[1].strip()
    title = "Accuracy of 24-hour growth on simulated accounts (views)"
    return Table(title, COLUMNS, rows, notes, tuple(figures))


def asked(kind: Simulated, seconds: int) -> Line:
    """The growths of an account that is read so often."""
    account, line = kind.account(), Line(kind.name)
    truth = Truth(account, 2 * HOUR)
    plain = first_of_each(account.at, 0, seconds)
    days = learning_days(account.at, 0, 7, 4)
    rows = together([plain, read_closely(account.at, days, LEARNING_BRACKET_SECONDS)])
    full = History(account, rows, taught(account, rows).lessons(kind.zone))
    bare, nights = History(account, plain), first_of_each(account.at, 0)
    first = int(np.searchsorted(account.at, BEGIN + FIRST_WEEK))
    for row in range(first, len(account.at), ASKED_EVERY):
        night = int(nights[np.searchsorted(nights, row) - 1])
        line.add(full.with_fresh(row), truth, night, plain=bare.with_fresh(row))
    return line


def _cells(nightly: Line, four: Line) -> Iterator[str]:
    parts = (nightly.straight, None), (nightly.ours, nightly), (four.ours, four)
    for errors, line in parts:
        yield f"{np.median(np.abs(errors)):.2%}"
        yield f"{np.quantile(np.abs(errors), 0.9):.1%}"
        if line is not None:
            yield f"{np.mean(line.inside):.0%}"
            yield f"{np.median(line.widths):.0%}"


def _figures(name: str, plan: str, line: Line) -> Iterator[Figure]:
    errors = np.abs(line.ours)
    yield Figure(f"{name}, {plan}: Error median", round(float(np.median(errors)), 5))
    yield Figure(f"{name}, {plan}: Error p90", round(float(np.quantile(errors, 0.9)), 5))
    yield Figure(f"{name}, {plan}: Range inside", round(float(np.mean(line.inside)), 4))
