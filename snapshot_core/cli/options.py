"""Options that several commands take, and how what is typed is read."""

import argparse
from collections.abc import Callable
from datetime import date, datetime

from snapshot_core.cli.context import Command
from snapshot_core.periods import COMPARISONS, PERIOD_NAMES, Period, day, period
from snapshot_core.store.users import LOCAL_EMAIL
from snapshot_core.windows import instant


def adder(
    parser: argparse.ArgumentParser, metavar: str, *, required: bool = True
) -> Callable[[str, Command, str], argparse.ArgumentParser]:
    """What adds a command, with what runs it and what it does, to those of ``parser``."""
    subparsers = parser.add_subparsers(metavar=metavar, required=required)

    def add(name: str, run: Command, does: str) -> argparse.ArgumentParser:
        added = subparsers.add_parser(name, help=does, description=f"{does[0].upper()}{does[1:]}.")
        added.set_defaults(run=run)
        return added

    return add


def account_option(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    which = "the account's name" if required else "the account's name (default: all)"
    parser.add_argument("--account", required=required, metavar="A", help=which)


def user_option(parser: argparse.ArgumentParser, whose: str) -> None:
    parser.add_argument("--user", default=LOCAL_EMAIL, metavar="EMAIL", help=whose)


def yes_option(parser: argparse.ArgumentParser, do: str) -> None:
    sure = f"really {do}; without it is only shown what would go"
    parser.add_argument("--yes", action="store_true", help=sure)


def json_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document, no more")


def day_of(text: str) -> date:
    try:
        return day(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def instant_of(text: str) -> int:
    try:
        return instant(datetime.fromisoformat(text))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not an instant such as 2027-01-31T22:00:00Z"
        ) from None


def week_option(command: argparse.ArgumentParser) -> None:
    """A period, the last week where none is named."""
    does = "up to the last complete snapshot (default: 7d)"
    names = "|".join(PERIOD_NAMES)
    command.add_argument("--period", type=_period, default="7d", metavar=names, help=does)


def period_options(command: argparse.ArgumentParser) -> None:
    asked = command.add_mutually_exclusive_group(required=True)
    names = "|".join(PERIOD_NAMES)
    does = "up to the last complete snapshot; in days, too: 1, 7, 30, 90, 365"
    asked.add_argument("--period", type=_period, metavar=names, help=does)
    asked.add_argument(
        "--start", type=day_of, metavar="YYYY-MM-DD", help="the first of days of your own"
    )
    ends = "the last of them (default: up to the last complete snapshot)"
    command.add_argument("--end", type=day_of, metavar="YYYY-MM-DD", help=ends)
    does = "with what: the time before, the same dates a year ago, or nothing"
    command.add_argument("--compare", choices=COMPARISONS, default="before", help=does)


def _period(text: str) -> Period:
    try:
        return period(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
