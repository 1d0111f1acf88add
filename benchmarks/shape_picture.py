"""The picture of shape and range in docs/growth.md: ``python -m benchmarks.shape_picture``."""

from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from snapshot_core.growth.rhythms.rhythm import normal
from snapshot_core.growth.shape import Instants, Rhythm, Shares, share
from snapshot_core.growth.uncertainty import spread
from snapshot_core.growth.value import NEVER
from snapshot_core.windows import DAY, HOUR

PICTURE: Final = Path(__file__).resolve().parent.parent / "docs" / "shape-and-range.svg"
LEFT, TOP, WIDTH, HEIGHT = 64, 40, 600, 240
FACTOR: Final = 0.08
"""A usual one, after a week of learning."""
GAIN: Final = 1_200
HOURS: Final = np.array([8, 6, 4, 3, 2, 2, 4, 8, 12, 14, 15, 16, 18, 18, 17, 17, 19, 24, 30, 34])
EVENING: Final = np.array([36, 32, 22, 13])
RHYTHM: Final = Rhythm(ZoneInfo("UTC"), normal(np.concatenate((HOURS, EVENING)).astype(np.float64)))


def main() -> None:
    """Write the picture."""
    PICTURE.write_text(svg(), encoding="utf-8")


def svg() -> str:
    """A day between two nightly snapshots: the straight line, the shape and its range."""
    at = np.arange(0, DAY + 1, HOUR // 2)
    begin, end, never = np.zeros_like(at), np.full_like(at, DAY), np.full_like(at, NEVER)
    shares = share(begin, at, end, never, RHYTHM)
    width = FACTOR * spread(np.full_like(at, GAIN), shares, end) / GAIN
    low, high = np.maximum(shares - width, 0.0), np.minimum(shares + width, 1.0)
    now = 15 * HOUR
    place = int(np.searchsorted(at, now))
    x, y = _x(now), _y(float(shares[place]))
    line_y = _y(now / DAY)
    area = _points(at, high) + " " + " ".join(reversed(_points(at, low).split()))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 350" role="img"
     font-family="system-ui, sans-serif" font-size="14" fill="#334155">
  <title>One day of a video between two nightly snapshots</title>
  <desc>The straight line gains evenly. The shape follows the account's hours, flat at night and
  steep in the evening, inside a band that is narrow near the snapshots.</desc>
  <rect width="720" height="350" fill="#ffffff"/>
  <path d="M{LEFT} {TOP}V{TOP + HEIGHT}H{LEFT + WIDTH}" fill="none" stroke="#94a3b8"/>
  {_hours()}
  <polygon points="{area}" fill="#2563eb" fill-opacity="0.16"/>
  <polyline points="{_x(0)},{_y(0)} {_x(DAY)},{_y(1)}" fill="none" stroke="#94a3b8"
            stroke-width="2" stroke-dasharray="6 5"/>
  <polyline points="{_points(at, shares)}" fill="none" stroke="#2563eb" stroke-width="3"/>
  <path d="M{x} {y}V{line_y}" stroke="#b91c1c" stroke-width="2"/>
  <circle cx="{x}" cy="{line_y}" r="4" fill="#94a3b8"/>
  <circle cx="{x}" cy="{y}" r="5" fill="#2563eb"/>
  <circle cx="{_x(0)}" cy="{_y(0)}" r="6" fill="#0f172a"/>
  <circle cx="{_x(DAY)}" cy="{_y(1)}" r="6" fill="#0f172a"/>
  <text x="{_x(0) + 10}" y="{_y(0) - 34}">snapshot</text>
  <text x="{_x(DAY) - 12}" y="{_y(1) + 4}" text-anchor="end">snapshot</text>
  <text x="{_x(9 * HOUR)}" y="{_y(9 / 24) - 24}" text-anchor="end"
        fill="#64748b">straight line</text>
  <text x="{_x(19 * HOUR) + 12}" y="{_y(0.6) + 34}" fill="#1d4ed8">shape, with its range</text>
  <text x="{x + 10}" y="{y + 46}" fill="#b91c1c">the line's error</text>
</svg>
"""


def _hours() -> str:
    marks = [
        f'<text x="{_x(hour * HOUR)}" y="{TOP + HEIGHT + 24}" text-anchor="middle">'
        f"{hour % 24:02}:00</text>"
        for hour in range(0, 25, 6)
    ]
    return "\n  ".join(marks)


def _points(at: Instants, shares: Shares) -> str:
    pairs = zip(at.tolist(), shares.tolist(), strict=True)
    return " ".join(f"{_x(when)},{_y(part)}" for when, part in pairs)


def _x(at: int) -> float:
    return round(LEFT + WIDTH * at / DAY, 1)


def _y(part: float) -> float:
    return round(TOP + HEIGHT * (1 - part), 1)


if __name__ == "__main__":
    main()
