"""The ledger, drawn so that one sees it add up: before, what came and went, now."""

from dataclasses import dataclass

from snapshot_core.growth.ledger import Ledger
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.view.overview import Overview
from snapshot_core.view.wording.growth import bounds
from snapshot_core.view.wording.numbers import compact, exact, exact_signed, signed
from ui.html import note, panel, tip
from ui.metrics import label_of

CUT_SHARE = 0.16
"""The part of a bar's width left of the smallest total, where the scale is cut."""
SHORTENED_FROM = 10**11
"""From this count on, a figure with every digit does not fit beside its bar."""


@dataclass(frozen=True, slots=True)
class LineBar:
    """One line and its bar, which starts and ends at these counts."""

    label: str
    hint: str
    figure: str
    """HTML."""
    start: int
    end: int
    css: str = ""


def total(count: int) -> str:
    """``22,204,508``; short, with every digit on hover, where that would be too long."""
    return exact(count) if abs(count) < SHORTENED_FROM else tip(compact(count), exact(count))


def change(count: int) -> str:
    """``+2,204,508``, or short as in `total`."""
    if abs(count) < SHORTENED_FROM:
        return exact_signed(count)
    return tip(signed(count), exact_signed(count))


def ledger(view: Overview, metric: str) -> str:
    """The lines of one metric as a table with a bar in each."""
    growth = view.cards[metric].growth
    # An account's own count is no sum over videos: it only has a change.
    by_video = metric in VIDEO_METRICS
    if growth.ledger is not None and by_video:
        lines, gained = _lines(growth.ledger), exact_signed(growth.ledger.growth)
        sums = f"Growth is what the videos you had and the new ones gained: {gained}."
        remark = " ".join(filter(None, (sums, bounds(growth), corrections(growth.ledger))))
    else:
        before, now = growth.previous or 0, growth.current or 0
        lines = [
            LineBar("Before", "", total(before), 0, before, "tg-end"),
            _step("Change", "gained less lost", before, now),
            LineBar("Now", "", total(now), 0, now, "tg-end"),
        ]
        remark = f"{label_of(metric)} come and go for many reasons: this is the change alone."
    rows = "".join(_row(line, *_scale(lines)) for line in lines)
    title = "Where it came from" if by_video else f"{label_of(metric)}, before and now"
    return panel(title, f'<table class="tg-ledger"><tbody>{rows}</tbody></table>{note(remark)}')


def _lines(ledger: Ledger) -> list[LineBar]:
    with_gains = ledger.previous + ledger.like_for_like
    with_new = with_gains + ledger.published
    with_all = with_new + ledger.newly_tracked
    return [
        LineBar("Before", "", total(ledger.previous), 0, ledger.previous, "tg-end"),
        _step("Videos you had", "net of corrections", ledger.previous, with_gains),
        _step("Published since", "new videos", with_gains, with_new, "tg-new"),
        _step("Newly tracked", "older ones; not growth", with_new, with_all, "tg-aside"),
        _step("Removed", "gone since; not a loss", with_all, ledger.current, "tg-aside"),
        LineBar("Now", "", total(ledger.current), 0, ledger.current, "tg-end"),
    ]


def _step(label: str, hint: str, start: int, end: int, css: str = "") -> LineBar:
    return LineBar(label, hint, change(end - start), start, end, css)


def corrections(ledger: Ledger) -> str:
    """What the platform took back, in a sentence; empty where it took back nothing."""
    amount = ledger.corrections
    return f"The platform took back {exact(amount)} in corrections." if amount else ""


def _scale(lines: list[LineBar]) -> tuple[int, int]:
    """The counts at the ends of the bars' scale: it cuts totals off, never changes."""
    ends = {line.end for line in lines} | {line.start for line in lines if line.css != "tg-end"}
    low, high = min(ends), max(ends)
    return low - max(1, round((high - low) * CUT_SHARE / (1 - CUT_SHARE))), high


def _row(line: LineBar, low: int, high: int) -> str:
    def position(count: int) -> float:
        return 100 * (max(count, low) - low) / max(1, high - low)

    left, right = sorted((position(line.start), position(line.end)))
    falls = " tg-back" if line.end < line.start else ""
    hint = f"<small>{line.hint}</small>" if line.hint else ""
    return (
        f'<tr class="{line.css}{falls}"><th scope="row">{line.label}{hint}</th>'
        f'<td class="tg-bar"><i style="--from:{left:.2f}%;--to:{right:.2f}%"></i></td>'
        f'<td class="tg-num">{line.figure}</td></tr>'
    )
