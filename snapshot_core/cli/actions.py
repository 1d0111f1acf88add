"""Commands with actions, as in ``ahead list``: what each action takes."""

import argparse
from typing import Final

from snapshot_core.cli import accounts, ahead, missing, notes, tokens, videos, videos_table
from snapshot_core.cli.options import (
    account_option,
    adder,
    day_of,
    instant_of,
    json_option,
    user_option,
    week_option,
    yes_option,
)
from snapshot_core.identity.api_tokens import READ, SCOPES

TOKEN_LIFE_DAYS: Final = 365
"""Days after which a token ends by itself, where nobody says otherwise."""


def add_ahead_actions(parser: argparse.ArgumentParser) -> None:
    add = adder(parser, "ACTION")
    actions = (
        add("list", ahead.list_, "list snapshots dated ahead of the clock; they count for nothing"),
        add("keep", ahead.keep, "let them count for good, each from its date on"),
        add("drop", ahead.drop, "remove them with all that they read"),
    )
    for action in actions:
        user_option(action, "whose (default: the local)")
        account_option(action, required=False)
    for action in actions[1:]:
        only = "only the one of this instant, as 2027-01-31T22:00:00Z (default: all)"
        action.add_argument("--at", type=instant_of, metavar="INSTANT", help=only)
    yes_option(actions[2], "drop them")


def add_missing_actions(parser: argparse.ArgumentParser) -> None:
    add = adder(parser, "ACTION")
    does = "list snapshots that miss too many videos to be believed"
    listing = add("list", missing.list_, does)
    account_option(listing, required=False)
    confirming = add("confirm", missing.confirm, "say that the videos they miss are gone")
    account_option(confirming)
    for action in (listing, confirming):
        user_option(action, "whose (default: the local)")


def add_video_actions(parser: argparse.ArgumentParser) -> None:
    _table_options(parser)
    parser.add_argument("--tag", metavar="TAG", help="only videos with this tag")
    add = adder(parser, "ACTION", required=False)
    _add_tag_actions(add("tag", videos_table.list_tags, "list, add and remove tags"))
    does = "list ids that a spreadsheet has cut, and sums that were taken for videos"
    check = add("check", videos.check, does)
    account_option(check, required=False)
    drop = add("drop", videos.drop, "remove videos with all that was read of them")
    account_option(drop)
    which = "the platform's id; may be given again (default: those that check lists)"
    drop.add_argument("--video", action="append", default=[], metavar="ID", help=which)
    yes_option(drop, "drop them")
    for action in (check, drop):
        user_option(action, "whose (default: the local)")


def _add_tag_actions(parser: argparse.ArgumentParser) -> None:
    add = adder(parser, "ACTION")
    does = "list all tags, with what their videos gained together"
    _table_options(add("list", videos_table.list_tags, does))
    changes = (
        add("add", videos_table.add, "give a tag to a video"),
        add("remove", videos_table.remove, "take a tag from a video"),
    )
    for change in changes:
        change.add_argument("tag", metavar="TAG", help="in lower case, without commas")
        account_option(change)
        the_id = "the platform's id"
        change.add_argument("--video", required=True, metavar="PLATFORM_ID", help=the_id)
        user_option(change, "whose (default: the local)")


def _table_options(command: argparse.ArgumentParser) -> None:
    account_option(command, required=False)
    week_option(command)
    user_option(command, "whose (default: the local)")
    json_option(command)


def add_account_actions(parser: argparse.ArgumentParser) -> None:
    add = adder(parser, "ACTION")
    remove = add("remove", accounts.remove, "remove an account with all of its readings")
    account_option(remove)
    yes_option(remove, "remove it")
    user_option(remove, "whose (default: the local)")


def add_note_actions(parser: argparse.ArgumentParser) -> None:
    add = adder(parser, "ACTION")
    writing = add("add", notes.add, "write what happened on a day")
    writing.add_argument("text", metavar="TEXT", help="in your own words")
    writing.add_argument("--day", type=day_of, metavar="YYYY-MM-DD", help="default: today")
    listing = add("list", notes.list_, "list all notes, or those of an account")
    removing = add("remove", notes.remove, "remove a note")
    removing.add_argument("id", type=int, metavar="ID", help="its number in the list")
    for action in (writing, listing, removing):
        user_option(action, "whose (default: the local)")
    account_option(writing, required=False)
    account_option(listing, required=False)
    json_option(listing)


def add_token_actions(parser: argparse.ArgumentParser) -> None:
    add = adder(parser, "ACTION")
    whose = "whose, or their number (default: the local)"

    action = add("create", tokens.create, "make a token and print it, once and never again")
    user_option(action, whose)
    action.add_argument("name", metavar="NAME", help="what it is for, in your own words")
    scopes = f"of {', '.join(SCOPES)}; several divided by commas (default: read)"
    action.add_argument("--scope", default=READ, metavar="SCOPES", help=scopes)
    days = f"days until it ends; 0: never (default: {TOKEN_LIFE_DAYS})"
    action.add_argument("--days", type=int, default=TOKEN_LIFE_DAYS, metavar="N", help=days)

    action = add("list", tokens.list_, "list all tokens: what they may do, when they end, last use")
    user_option(action, whose)
    json_option(action)

    action = add("revoke", tokens.revoke, "make a token useless at once and for good")
    user_option(action, whose)
    action.add_argument("id", type=int, metavar="ID", help="its number in the list")
