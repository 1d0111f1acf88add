"""What was typed, the command it asks for, and the exit status that comes of it.

0 is done, 1 failed (one line on stderr says what to do), 2 usage.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from datetime import date, datetime
from pathlib import Path
from typing import Final

from snapshot_core.cadences import CADENCE_HOURS
from snapshot_core.cli import ahead, cadence, commands, imports, missing, tokens, videos
from snapshot_core.cli.context import Command, Context, Usage
from snapshot_core.cli.file_help import FILE_HELP
from snapshot_core.cli.printing import HarmlessOutput, harmless
from snapshot_core.clock import Clock, system_clock
from snapshot_core.errors import TruegrowthError
from snapshot_core.identity.api_tokens import READ, SCOPES
from snapshot_core.periods import COMPARISONS, PERIOD_NAMES, Period, day, period
from snapshot_core.settings.declaration import settings_help
from snapshot_core.settings.table import Settings
from snapshot_core.sources.registry import declared_settings, load_settings
from snapshot_core.store.database import Store
from snapshot_core.store.users import LOCAL_EMAIL
from snapshot_core.windows import instant

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
TOKEN_LIFE_DAYS: Final = 365
"""Days after which a token ends by itself, where nobody says otherwise."""


def main(
    argv: Sequence[str] | None = None,
    load: Callable[[], Settings] = load_settings,
    clock: Clock = system_clock,
) -> int:
    """Run the command that ``argv`` (without the program's name) asks for; the exit status.

    What was asked for goes to stdout; errors and progress to stderr.
    """
    try:
        arguments = _parser().parse_args(argv)
    except SystemExit as stop:  # --help, or a mistake that argparse has explained
        return stop.code if isinstance(stop.code, int) else USAGE
    try:
        settings = load()
        store = Store(settings.database_url)
        try:
            run: Command = arguments.run
            with redirect_stdout(HarmlessOutput(sys.stdout)):
                done = run(Context(store, settings, clock), arguments)
            sys.stdout.flush()
        finally:
            store.close()
    except Usage as error:
        _fail(str(error))
        return USAGE
    except TruegrowthError as error:
        return _fail(str(error))
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _fail(f"{where}{error.strerror or error}. Check the path, its rights and the disk.")
    except KeyboardInterrupt:
        _fail("Stopped. Nothing is half-written; run it again when you like.")
        return INTERRUPTED
    return DONE if done else FAILED


def _fail(message: str) -> int:
    print(harmless(" ".join(message.split())), file=sys.stderr)
    return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m snapshot_core",
        description="How much your videos really grew, from the command line.",
        epilog="Exit status: 0 done, 1 failed (one line on stderr says what to do), 2 usage.\n\n"
        "Settings, from the environment or from .env beside app.py:\n"
        + settings_help(declared_settings()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = _adder(parser, "COMMAND")
    does = "create or upgrade the tables, and take the first snapshot of every account without one"
    add("setup", commands.setup, does)

    does = "import a readings file, a TikTok Studio export or a table; twice is safe"
    command = add("import", imports.import_, does)
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    command.epilog = FILE_HELP
    formats = "CSV or .parquet; of TikTok Studio and tables, xlsx too, or a zip"
    command.add_argument("file", type=Path, metavar="FILE", help=formats)
    owner = "whose export or table it is; a new name makes one"
    command.add_argument("--account", metavar="A", help=owner)
    day = "when it was exported, where the file does not tell (its days have no year)"
    command.add_argument("--exported", type=_day, metavar="YYYY-MM-DD", help=day)
    columns = 'the columns of a table, as in "video=Clip,at=Measured on,views=Plays"'
    command.add_argument("--map", metavar="COLUMNS", help=columns)
    day = "with --map: when all counts were read, where no column says it"
    command.add_argument("--day", type=_day, metavar="YYYY-MM-DD", help=day)
    order = "with --map: how dates such as 01/02/2026 are meant"
    command.add_argument("--dates", choices=imports.DATE_FORMS, help=order)
    shown = "show what would be stored, and store nothing"
    command.add_argument("--preview", action="store_true", help=shown)
    _user(command, "whose accounts (default: the local)")

    command = add("export", commands.export, "write all readings to a file that can be imported")
    command.add_argument("file", type=Path, metavar="FILE", help="CSV, or Parquet if so named")
    _account(command, required=False)

    command = add("snapshot", commands.snapshot, "take a complete snapshot now")
    _account(command, required=False)

    does = "show what an account, or all together, gained in a period"
    command = add("growth", commands.growth, does)
    _account(command, required=False)
    _period_options(command)
    _json(command)

    command = add("history", commands.history, "show every reading of a video, newest first")
    _account(command)
    command.add_argument("--video", required=True, metavar="PLATFORM_ID", help="the platform's id")
    _json(command)

    does = "show which videos grew in a period, all or those of a tag; or change their tags"
    _add_videos(add("videos", videos.videos, does))

    _json(add("status", commands.status, "show accounts, snapshots, gaps and what to do"))

    does = "show how often an account is read and what that takes, or set it"
    command = add("cadence", cadence.cadence, does)
    _account(command)
    command.add_argument("--set", metavar="CADENCE", help=f"one of {', '.join(CADENCE_HOURS)}")
    _user(command, "whose (default: the local)")
    _json(command)

    does = "list, keep and drop snapshots that a clock dated ahead"
    _add_ahead_actions(add("ahead", ahead.list_, does))
    does = "list videos that the newest snapshot misses, and confirm that they are gone"
    _add_missing_actions(add("missing", missing.list_, does))
    _add_token_actions(add("token", tokens.list_, "make, list and revoke tokens of the API"))
    return parser


def _add_videos(parser: argparse.ArgumentParser) -> None:
    def shown(command: argparse.ArgumentParser) -> None:
        _account(command, required=False)
        names = "|".join(PERIOD_NAMES)
        does = "up to the last complete snapshot (default: 7d)"
        command.add_argument("--period", type=_period, metavar=names, help=does)
        _user(command, "whose (default: the local)")
        _json(command)

    shown(parser)
    parser.add_argument("--tag", metavar="TAG", help="only videos with this tag")
    part = _adder(parser, "tag", required=False)
    add = _adder(
        part("tag", videos.list_tags, "list tags, add one to a video or remove one"), "ACTION"
    )
    shown(add("list", videos.list_tags, "list all tags, with what their videos gained together"))
    changes = (
        add("add", videos.add, "give a tag to a video"),
        add("remove", videos.remove, "take a tag from a video"),
    )
    for change in changes:
        change.add_argument("tag", metavar="TAG", help="in lower case, without commas")
        _account(change)
        change.add_argument(
            "--video", required=True, metavar="PLATFORM_ID", help="the platform's id"
        )
        _user(change, "whose (default: the local)")


def _add_ahead_actions(parser: argparse.ArgumentParser) -> None:
    add = _adder(parser, "ACTION")
    actions = (
        add("list", ahead.list_, "list snapshots dated ahead of the clock; they count for nothing"),
        add("keep", ahead.keep, "let them count for good, each from its date on"),
        add("drop", ahead.drop, "remove them with all that they read"),
    )
    for action in actions:
        _user(action, "whose (default: the local)")
        _account(action, required=False)
    for action in actions[1:]:
        only = "only the one of this instant, as 2027-01-31T22:00:00Z (default: all)"
        action.add_argument("--at", type=_instant, metavar="INSTANT", help=only)
    sure = "really drop them; without it they are only shown"
    actions[2].add_argument("--yes", action="store_true", help=sure)


def _add_missing_actions(parser: argparse.ArgumentParser) -> None:
    add = _adder(parser, "ACTION")
    does = "list snapshots that miss too many videos to be believed"
    listing = add("list", missing.list_, does)
    _account(listing, required=False)
    confirming = add("confirm", missing.confirm, "say that the videos they miss are gone")
    _account(confirming)
    for action in (listing, confirming):
        _user(action, "whose (default: the local)")


def _add_token_actions(parser: argparse.ArgumentParser) -> None:
    add = _adder(parser, "ACTION")
    whose = "whose, or their number (default: the local)"

    action = add("create", tokens.create, "make a token and print it, once and never again")
    _user(action, whose)
    action.add_argument("name", metavar="NAME", help="what it is for, in your own words")
    scopes = f"of {', '.join(SCOPES)}; several divided by commas (default: read)"
    action.add_argument("--scope", default=READ, metavar="SCOPES", help=scopes)
    days = f"days until it ends; 0: never (default: {TOKEN_LIFE_DAYS})"
    action.add_argument("--days", type=int, default=TOKEN_LIFE_DAYS, metavar="N", help=days)

    action = add("list", tokens.list_, "list all tokens: what they may do, when they end, last use")
    _user(action, whose)
    _json(action)

    action = add("revoke", tokens.revoke, "make a token useless at once and for good")
    _user(action, whose)
    action.add_argument("id", type=int, metavar="ID", help="its number in the list")


def _adder(
    parser: argparse.ArgumentParser, metavar: str, *, required: bool = True
) -> Callable[[str, Command, str], argparse.ArgumentParser]:
    """What adds a command, with what runs it and what it does, to those of ``parser``."""
    subparsers = parser.add_subparsers(metavar=metavar, required=required)

    def add(name: str, run: Command, does: str) -> argparse.ArgumentParser:
        added = subparsers.add_parser(name, help=does, description=f"{does[0].upper()}{does[1:]}.")
        added.set_defaults(run=run)
        return added

    return add


def _account(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    which = "the account's name" if required else "the account's name (default: all)"
    parser.add_argument("--account", required=required, metavar="A", help=which)


def _user(parser: argparse.ArgumentParser, whose: str) -> None:
    parser.add_argument("--user", default=LOCAL_EMAIL, metavar="EMAIL", help=whose)


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document, no more")


def _day(text: str) -> date:
    try:
        return day(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _instant(text: str) -> int:
    try:
        return instant(datetime.fromisoformat(text))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not an instant such as 2027-01-31T22:00:00Z"
        ) from None


def _period_options(command: argparse.ArgumentParser) -> None:
    asked = command.add_mutually_exclusive_group(required=True)
    names = "|".join(PERIOD_NAMES)
    does = "up to the last complete snapshot; in days, too: 1, 7, 30, 90, 365"
    asked.add_argument("--period", type=_period, metavar=names, help=does)
    asked.add_argument(
        "--start", type=_day, metavar="YYYY-MM-DD", help="the first of days of your own"
    )
    ends = "the last of them (default: up to the last complete snapshot)"
    command.add_argument("--end", type=_day, metavar="YYYY-MM-DD", help=ends)
    does = "with what: the time before, the same dates a year ago, or nothing"
    command.add_argument("--compare", choices=COMPARISONS, default="before", help=does)


def _period(text: str) -> Period:
    try:
        return period(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
