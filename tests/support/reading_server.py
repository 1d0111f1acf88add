"""The dashboard and the API as they are served, in a process that also reads files when told to.

``python -m tests.support.reading_server PORT``: a path on each line of standard input; on standard
output a line of JSON with what the import dialog would say of that file, and how long it took.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path

import uvicorn

from snapshot_core.store.database import Store
from tests.support.import_steps import import_as_the_dialog_does


def read_files() -> None:
    store = Store(os.environ["DATABASE_URL"])
    for line in sys.stdin:
        path = Path(line.strip())
        began, busy = time.monotonic(), processor_seconds()
        try:
            outcome = import_as_the_dialog_does(store, path.name, path.read_bytes())
            message, stored = outcome.message, outcome.stored
        except Exception as error:
            message, stored = f"{type(error).__name__}: {error}", None
        told = {
            "message": message,
            "stored": stored,
            "seconds": time.monotonic() - began,
            "processor_seconds": processor_seconds() - busy,
        }
        print(json.dumps(told), flush=True)


def processor_seconds() -> float:
    """Of this process and of those that it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


if __name__ == "__main__":
    threading.Thread(target=read_files, daemon=True).start()
    uvicorn.run("app:app", port=int(sys.argv[1]), log_level="warning", access_log=False)
