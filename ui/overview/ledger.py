"""The ledger, drawn so that one sees it add up: before, what came and went, now."""

from dataclasses import dataclass

from snapshot_core.growth.ledger import Ledger
from snapshot_core.view.overview import Overview
from snapshot_core.view.wording.numbers import compact, exact, signed
from ui.growth_text import counted, exact_signed, has_ledger
from ui.html import heading, note, panel, tip

CUT = 0.16
"""The part of a bar's width that is left of the smallest total, where the scale is cut."""
LONG = 10**11
"""From here on a figure with every digit does not fit beside its bar."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line: where its bar begins and ends, in counts."""

    label: str
    hint: str
    figure: str
    """HTML."""
    start: int
    end: int
    css: str = ""


def total(count: int) -> str:
    """``22,204,508``; short, with every digit on hover, where that would be too long."""
    return exact(count) if abs(count) < LONG else tip(compact(count), exact(count))


def change(count: int) -> str:
    """``+2,204,508``, or short as in `total`."""
    return exact_signed(count) if abs(count) < LONG else tip(signed(count), exact_signed(count))


def ledger(view: Overview, counter: str) -> str:
    """The lines of one counter as a table with a bar in each."""
    growth = view.cards[counter].growth
    lines = "line by line" if has_ledger(counter) else "before and now"
    title = heading(f"{counted(counter)}, {lines}")
    if growth.ledger is not None and has_ledger(counter):
        steps, remarks = _steps(growth.ledger), _remarks(growth.ledger)
    else:
        before, now = growth.previous or 0, growth.current or 0
        steps = [
            Step("Before", "", total(before), 0, before, "tg-end"),
            Step("Change", "gained less lost", change(now - before), before, now),
            Step("Now", "", total(now), 0, now, "tg-end"),
        ]
        remarks = ["Followers come and go for many reasons: this is the change alone."]
    rows = "".join(_row(step, *_scale(steps)) for step in steps)
    return panel(
        f'{title}<table class="tg-ledger"><tbody>{rows}</tbody></table>'
        + "".join(note(remark) for remark in remarks)
    )


def _steps(book: Ledger) -> list[Step]:
    one = book.previous + book.like_for_like
    two = one + book.published
    three = two + book.newly_tracked
    return [
        Step("Before", "", total(book.previous), 0, book.previous, "tg-end"),
        Step(
            "Videos you had",
            "net of corrections",
            change(book.like_for_like),
            book.previous,
            one,
        ),
        Step("Published since", "new videos", change(book.published), one, two),
        Step(
            "Newly tracked",
            "older ones; not growth",
            change(book.newly_tracked),
            two,
            three,
            "tg-aside",
        ),
        Step(
            "Removed",
            "gone since; not a loss",
            change(-book.removed),
            three,
            book.current,
            "tg-aside",
        ),
        Step("Now", "", total(book.current), 0, book.current, "tg-end"),
    ]


def _remarks(book: Ledger) -> list[str]:
    sums = f"Growth is the second line and the third: {exact_signed(book.growth)}."
    if book.low < book.high:
        sums += f" It lies between {exact_signed(book.low)} and {exact_signed(book.high)}."
    if book.corrections:
        sums += f" The platform took back {exact(book.corrections)} in corrections."
    return [sums]


def _scale(steps: list[Step]) -> tuple[int, int]:
    """The counts at which the bars' field begins and ends: totals are cut, changes are not."""
    ends = {step.end for step in steps} | {s.start for s in steps if s.css != "tg-end"}
    low, high = min(ends), max(ends)
    return low - max(1, round((high - low) * CUT / (1 - CUT))), high


def _row(step: Step, low: int, high: int) -> str:
    def place(count: int) -> float:
        return 100 * (max(count, low) - low) / max(1, high - low)

    left, right = sorted((place(step.start), place(step.end)))
    back = " tg-back" if step.end < step.start else ""
    hint = f"<small>{step.hint}</small>" if step.hint else ""
    return (
        f'<tr class="{step.css}{back}"><th scope="row">{step.label}{hint}</th>'
        f'<td class="tg-bar"><i style="--from:{left:.2f}%;--to:{right:.2f}%"></i></td>'
        f'<td class="tg-num">{step.figure}</td></tr>'
    )
