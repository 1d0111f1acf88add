"""The job's log: one line an event, UTC, on standard error, without secrets."""

import logging
import re
import time
from typing import TextIO

_SECRETS = (
    # The password of an address: scheme://user:password@host
    re.compile(r"(://[^\s/:@]*:)[^\s/@]+(?=@)"),
    # The value after a telling name, as in an address, a header or printed data.
    re.compile(
        r"""(?ix) (
          (?<![\w-]) (?=[\w-]*?(?:token|secret|passw(?:or)?d|api[_-]?key|authorization|cookie))
          [\w-]++ ["']? \s*+ [=:] \s*+ ["']? (?:bearer\s++)?
        | \bbearer\s++ )
        [^\s"'&,;)}]++"""
    ),
)


class RedactingFormatter(logging.Formatter):
    """Writes ISO instants, and dots for what looks like a password or a token.

    Tracebacks quote what platforms answer and whom they were asked with.
    """

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        text = super().format(record)
        for secret in _SECRETS:
            text = secret.sub(r"\1…", text)
        return text


def log_to(stream: TextIO) -> None:
    """Send the whole process's log to ``stream``, from INFO on."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(RedactingFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("schedule").setLevel(logging.WARNING)
