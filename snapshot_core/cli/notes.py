"""``notes add``, ``notes list`` and ``notes remove``: what happened when, in one's own words."""

from argparse import Namespace

from snapshot_core.cli.context import Context
from snapshot_core.cli.printing import print_json, print_table
from snapshot_core.store.annotations.notes import add_note, notes_of, remove_note
from snapshot_core.view.documents.notes import Note, Notes
from snapshot_core.windows import local_date


def list_(context: Context, arguments: Namespace) -> bool:
    """List them, oldest day first."""
    session = context.open(arguments.user)
    account = session.account(arguments.account) if arguments.account else None
    with session.store.read() as connection:
        notes = notes_of(connection, session.user.user_id, account)
    if arguments.json:
        print_json(Notes(notes=tuple(map(Note.of, notes))))
    elif notes:
        rows = [(str(n.note_id), str(n.day), n.account or "all", n.text) for n in notes]
        print_table(("id", "day", "account", "note"), rows, texts=4)
    else:
        print("No notes yet. Write one with: python -m snapshot_core notes add TEXT")
    return True


def add(context: Context, arguments: Namespace) -> bool:
    """Write one."""
    session = context.open(arguments.user)
    account = session.account(arguments.account) if arguments.account else None
    day = arguments.day or local_date(session.now, session.zone(account))
    what = session.user.user_id, account, day, arguments.text, session.now
    note = session.store.transact(lambda connection: add_note(connection, *what))
    print(f"Note {note.note_id} of {note.day}: {note.text}")
    return True


def remove(context: Context, arguments: Namespace) -> bool:
    """Remove one."""
    session = context.open(arguments.user)
    user = session.user.user_id
    note = session.store.transact(lambda connection: remove_note(connection, user, arguments.id))
    print(f"Note {note.note_id} of {note.day} is removed: {note.text}")
    return True
