"""The access log of the server that `uvicorn app:app` starts, without what nobody may read in it.

A login, here and at a platform, comes back with its code in the query of the address.
"""

import logging


def keep_queries_out() -> None:
    """Let uvicorn's access log name paths without their queries."""
    logging.getLogger("uvicorn.access").addFilter(_without_queries)


def _without_queries(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(
            arg.partition("?")[0] if isinstance(arg, str) else arg for arg in record.args
        )
    return True
