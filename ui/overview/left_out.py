"""The accounts that are not in the numbers of all together: one line, which opens."""

from html import escape

from snapshot_core.view.overview import Overview
from snapshot_core.view.wording.accounts import left_out_sentence, summary


def left_out(view: Overview) -> str:
    """How many and who, and on a click why, and what is known of them; empty where all are in."""
    if not view.left_out:
        return ""
    rows = "".join(
        f"<li><b>{escape(each.account)}</b>: "
        f"{escape(left_out_sentence(each, view.period, view.zone, view.now))}</li>"
        for each in view.left_out
    )
    line = escape(summary(view.left_out, view.summed_accounts))
    return f'<details class="tg-left-out"><summary>{line}</summary><ul>{rows}</ul></details>'
