"""The command line as a program: ``python -m snapshot_core``."""

import io
import logging
import sys

from snapshot_core.cli import main

if __name__ == "__main__":
    # What went wrong is told in one line; details are for the log of the job.
    logging.getLogger("snapshot_core").addHandler(logging.NullHandler())
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that cannot show a title's letters must not end the command.
        sys.stdout.reconfigure(errors="replace")
    sys.exit(main())
