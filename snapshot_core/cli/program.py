"""What was typed, the command it asks for, and the exit status that comes of it.

0 is done, 1 failed (one line on stderr says what to do), 2 usage.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Final

from snapshot_core.cadences import CADENCE_HOURS
from snapshot_core.cli import (
    accounts,
    ahead,
    cadence,
    commands,
    imports,
    missing,
    notes,
    tokens,
    videos_table,
)
from snapshot_core.cli.actions import (
    add_account_actions,
    add_ahead_actions,
    add_missing_actions,
    add_note_actions,
    add_token_actions,
    add_video_actions,
)
from snapshot_core.cli.column_map import FIELDS
from snapshot_core.cli.context import Command, Context, Usage
from snapshot_core.cli.options import (
    account_option,
    adder,
    day_of,
    json_option,
    period_options,
    user_option,
)
from snapshot_core.cli.printing import HarmlessOutput, harmless
from snapshot_core.clock import Clock, system_clock
from snapshot_core.errors import TruegrowthError
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.settings.declaration import settings_help
from snapshot_core.settings.table import Settings
from snapshot_core.sources.registry import declared_settings, load_settings
from snapshot_core.store.database import Store

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130

_FILE: Final = f"""\
The file has one row per video and instant, and names its columns in the first line:
  account, video_id, captured_at   needed; instants as 2026-01-31T22:00:00Z
  {", ".join(VIDEO_METRICS)}   totals, not daily amounts; empty where unknown, never 0
  title, published_at              optional
  followers, following, likes_total   the account's own, in a row with an empty video_id
  status (complete, partial), rounded (true, false)   optional
  source (youtube, public, tiktok) of the readings    optional

An example:
  account,video_id,title,published_at,captured_at,views,likes,comments,shares
  my_channel,7554971395553052634,Soup,2026-01-02T03:04:05Z,2026-01-31T22:00:00Z,57600,1135,48,21

All about it: docs/readings-file.md

An export of TikTok Studio (Content, FollowerHistory, Overview; CSV, xlsx or a zip of them) names
no account, so --account does. Of any other table, CSV or xlsx, --map names the columns:
  --account my_channel --map "video=Clip,at=Measured on,views=Plays"
  keys: {", ".join(FIELDS)}
  a column with a comma in its name: views="Plays, all"; one without a name: views=#3
Without --map a table is looked at, and a command that may fit is printed. All about it:
docs/imports.md
"""


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
    add = adder(parser, "COMMAND")
    does = "create or upgrade the tables, and take the first snapshot of every account without one"
    add("setup", commands.setup, does)

    does = "import a readings file, a TikTok Studio export or a table; twice is safe"
    command = add("import", imports.import_, does)
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    command.epilog = _FILE
    formats = "CSV or .parquet; of TikTok Studio and tables, xlsx too, or a zip"
    command.add_argument("file", type=Path, metavar="FILE", help=formats)
    owner = "whose export or table it is; a new name makes one"
    command.add_argument("--account", metavar="A", help=owner)
    day = "when it was exported, where the file does not tell (its days have no year)"
    command.add_argument("--exported", type=day_of, metavar="YYYY-MM-DD", help=day)
    columns = 'the columns of a table, as in "video=Clip,at=Measured on,views=Plays"'
    command.add_argument("--map", metavar="COLUMNS", help=columns)
    day = "with --map: when all counts were read, where no column says it"
    command.add_argument("--day", type=day_of, metavar="YYYY-MM-DD", help=day)
    order = "with --map: how dates such as 01/02/2026 are meant"
    command.add_argument("--dates", choices=imports.DATE_FORMS, help=order)
    shown = "show what would be stored, and store nothing"
    command.add_argument("--preview", action="store_true", help=shown)
    user_option(command, "whose accounts (default: the local)")

    command = add("export", commands.export, "write all readings to a file that can be imported")
    command.add_argument("file", type=Path, metavar="FILE", help="CSV, or Parquet if so named")
    account_option(command, required=False)

    command = add("snapshot", commands.snapshot, "take a complete snapshot now")
    account_option(command, required=False)

    does = "show what an account, or all together, gained in a period"
    command = add("growth", commands.growth, does)
    account_option(command, required=False)
    period_options(command)
    json_option(command)

    command = add("history", commands.history, "show every reading of a video, newest first")
    account_option(command)
    command.add_argument("--video", required=True, metavar="PLATFORM_ID", help="the platform's id")
    json_option(command)

    json_option(add("status", commands.status, "show accounts, snapshots, gaps and what to do"))

    does = "show how often an account is read and what that takes, or set it"
    command = add("cadence", cadence.cadence, does)
    account_option(command)
    command.add_argument("--set", metavar="CADENCE", help=f"one of {', '.join(CADENCE_HOURS)}")
    user_option(command, "whose (default: the local)")
    json_option(command)

    does = "list, keep and drop snapshots that a clock dated ahead"
    add_ahead_actions(add("ahead", ahead.list_, does))
    does = "list videos that the newest snapshot misses, and confirm that they are gone"
    add_missing_actions(add("missing", missing.list_, does))
    does = "show which videos grew; tag them; find and drop what is no video"
    add_video_actions(add("videos", videos_table.videos, does))
    add_account_actions(add("accounts", accounts.remove, "remove an account"))
    add_note_actions(add("notes", notes.list_, "write, list and remove notes about days"))
    add_token_actions(add("token", tokens.list_, "make, list and revoke tokens of the API"))
    return parser
