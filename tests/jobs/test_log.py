"""The job's log is for anybody's eyes."""

import io
import logging
import re
from collections.abc import Iterator

import pytest

from jobs.log import RedactingFormatter


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(RedactingFormatter())
    logger = logging.getLogger("a test of the log")
    logger.addHandler(handler)
    logger.propagate = False
    yield logger, stream
    logger.removeHandler(handler)


def test_a_line_begins_with_the_instant_in_utc(log: tuple[logging.Logger, io.StringIO]) -> None:
    log[0].warning("something %d", 7)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ WARNING something 7\n", log[1].getvalue())


@pytest.mark.parametrize(
    "text",
    [
        "https://open.example/v2?access_token=hunter2&fields=id",
        "{'client_secret': 'hunter2', 'grant': 'code'}",
        '{"refresh_token": "hunter2"}',
        "Authorization: Bearer hunter2",
        "sent bearer hunter2",
        "postgresql+psycopg://me:hunter2@db/growth",
        "password=hunter2",
        "X-Api-Key: hunter2",
        "Set-Cookie: hunter2; Path=/",
    ],
)
def test_what_looks_like_a_secret_is_left_out(
    log: tuple[logging.Logger, io.StringIO], text: str
) -> None:
    log[0].warning("failed: %s (again)", text)
    try:
        raise RuntimeError(text)
    except RuntimeError:
        log[0].exception("failed")
    assert "hunter2" not in log[1].getvalue()
    assert "RuntimeError" in log[1].getvalue()


@pytest.mark.parametrize(
    "text", ["'Sam': complete snapshot of 1,204 videos", "https://example.com:443/videos?page=2"]
)
def test_the_rest_stays(log: tuple[logging.Logger, io.StringIO], text: str) -> None:
    log[0].info("x")
    log[0].warning("%s", text)
    assert text in log[1].getvalue()
