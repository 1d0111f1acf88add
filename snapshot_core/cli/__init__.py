"""The command line: ``python -m snapshot_core``.

A face on the core like pages, API and job: it asks for views and prints them.
"""

from snapshot_core.cli.program import main

__all__ = ["main"]
