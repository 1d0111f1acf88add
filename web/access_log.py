"""Keeps secrets out of uvicorn's access log.

A login, here and at a platform, comes back with its code in the query string.
"""

import logging


def strip_queries() -> None:
    """Make uvicorn's access log write paths without their query strings."""
    logging.getLogger("uvicorn.access").addFilter(_without_queries)


def _without_queries(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(
            arg.partition("?")[0] if isinstance(arg, str) else arg for arg in record.args
        )
    return True
