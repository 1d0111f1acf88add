"""The lines of the accuracy tables: what each formula erred by, and how sure ours was."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks import Figure
from benchmarks.accuracy_answers import Answer, History, answer
from benchmarks.real_series import Truth
from snapshot_core.windows import DAY, Window

ERROR_COLUMNS = (
    *("history", "n", "null", "original median", "p90", "negative"),
    *("line median", "p90", "ours median", "p90", "negative", "target"),
)
RANGE_COLUMNS = (
    *("history", "n", "truths inside", "median width", "estimated", "error if so", "else"),
    "target",
)


@dataclass(frozen=True, slots=True)
class Target:
    """What figures of one line should reach at the most; None where nothing was promised."""

    median: float | None = None
    p90: float | None = None
    nulls: int | None = None
    inside: tuple[float, float] | None = None
    width: float | None = None
    estimated: float | None = None


NO_TARGET = Target()


@dataclass
class Line:
    """Growths of one history: by the original formula, the straight line and ours."""

    name: str
    target: Target = NO_TARGET
    nulls: int = 0
    original: list[float] = field(default_factory=list)
    straight: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    """Relative errors, signed, in the same order; truths are positive."""
    negative: int = 0
    original_negative: int = 0
    inside: list[bool] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    estimated: list[bool] = field(default_factory=list)

    def add(
        self,
        history: History,
        truth: Truth,
        night: int | None,
        *,
        plain: History | None = None,
        shown: Truth | None = None,
    ) -> None:
        """Ask at the history's last capture.

        ``night``: the position of the original's snapshot of the day before. ``plain``: the
        history of who reads by night only, for the straight line; else the same. ``shown``:
        what the source showed, where it rounds.
        """
        row = int(history.rows[-1])
        at = int(truth.account.at[row])
        given = answer(history)
        if given.growth is None:
            self.nulls += 1
            return
        now, then = truth.growth(Window(at - DAY, at)), truth.growth(given.window)
        if now <= 0 or then <= 0:
            return
        line = answer(plain or history, straight=True)
        self.ours.append((given.growth - then) / then)
        if line.growth is not None:
            self.straight.append((line.growth - then) / then)
        counts = np.maximum((shown or truth).account.counts, 0)
        theirs = counts[row].sum() - (counts[night].sum() if night is not None else 0)
        self.original.append((float(theirs) - now) / now)
        self.negative += given.growth < 0
        self.original_negative += theirs < 0
        self._be_sure(given, then)

    def _be_sure(self, given: Answer, truth: float) -> None:
        # A truth between two readings has a fraction that no count has.
        self.inside.append(given.low - 1 <= truth <= given.high + 1)
        self.widths.append((given.high - given.low) / truth)
        self.estimated.append(given.estimated)

    def errors_row(self) -> tuple[str, ...]:
        """As the table of errors shows it."""
        return (
            *(self.name, str(len(self.ours)), str(self.nulls), *_cells(self.original)),
            *(_share(self.original_negative, self.original), *_cells(self.straight)),
            *(*_cells(self.ours), _share(self.negative, self.ours), self._promise("error")),
        )

    def range_row(self) -> tuple[str, ...]:
        """As the table of ranges shows it."""
        doubted, sure = self._split()
        return (
            *(self.name, str(len(self.inside)), f"{np.mean(self.inside):.1%}"),
            *(f"{np.median(self.widths):.1%}", f"{np.mean(self.estimated):.1%}"),
            *(_median(doubted), _median(sure), self._promise("range")),
        )

    def _split(self) -> tuple[list[float], list[float]]:
        pairs = list(zip(self.ours, self.estimated, strict=True))
        return [e for e, doubted in pairs if doubted], [e for e, doubted in pairs if not doubted]

    def _promise(self, kind: str) -> str:
        return ", ".join(
            f"{figure.name.rpartition(': ')[2]} {figure.target}"
            for figure in self.figures()
            if figure.target and figure.name.rpartition(": ")[2].startswith(kind[:1].upper())
        )

    def figures(self) -> list[Figure]:
        """For programs, with what was promised."""
        target, error = self.target, np.abs(self.ours)
        figures = [
            _at_most(f"{self.name}: Error median", float(np.median(error)), target.median),
            _at_most(f"{self.name}: Error p90", float(np.quantile(error, 0.9)), target.p90),
            _at_most(f"{self.name}: Errors negative", self.negative, 0),
            _at_most(f"{self.name}: Errors null", self.nulls, target.nulls),
            Figure(f"{self.name}: Original median", _middle(self.original)),
            Figure(f"{self.name}: Line median", _middle(self.straight)),
            Figure(f"{self.name}: Line p90", float(np.quantile(np.abs(self.straight), 0.9))),
            Figure(f"{self.name}: n", len(self.ours)),
        ]
        inside, bounds = round(float(np.mean(self.inside)), 4), target.inside
        figures.append(
            Figure(
                f"{self.name}: Range inside",
                inside,
                f"{bounds[0]:.0%} to {bounds[1]:.0%}" if bounds else None,
                bounds[0] <= inside <= bounds[1] if bounds else None,
            )
        )
        width, estimated = float(np.median(self.widths)), float(np.mean(self.estimated))
        doubted, sure = self._split()
        figures.append(_at_most(f"{self.name}: Range width", width, target.width))
        figures.append(_at_most(f"{self.name}: Range estimated", estimated, target.estimated))
        if target.estimated is not None:
            ratio = _middle(doubted) / max(_middle(sure), 1e-9)
            name = f"{self.name}: Range error if estimated by that if not"
            figures.append(Figure(name, round(ratio, 2), ">= 3", ratio >= 3))
        return figures


def _at_most(name: str, value: float, limit: float | None) -> Figure:
    value = round(value, 5)
    if limit is None:
        return Figure(name, value)
    text = f"<= {limit}" if isinstance(limit, int) else f"<= {limit:.2%}"
    return Figure(name, value, text, value <= limit)


def _middle(errors: Sequence[float]) -> float:
    return round(float(np.median(np.abs(errors))), 5) if len(errors) else 0.0


def _cells(errors: Sequence[float]) -> tuple[str, str]:
    ranked = np.abs(errors)
    return f"{np.median(ranked):.2%}", f"{np.quantile(ranked, 0.9):.2%}"


def _median(errors: Sequence[float]) -> str:
    return f"{np.median(np.abs(errors)):.2%}" if errors else "-"


def _share(count: int, of: Sequence[float]) -> str:
    return f"{count / max(len(of), 1):.1%}"
