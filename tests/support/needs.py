"""What to do about a test whose equipment is missing: skip it, or fail it under CI."""

import os
from typing import NoReturn

import pytest


class Missing(Exception):
    """Something a test needs is not on this machine; says what, and how to get it."""


def give_up(missing: Missing) -> NoReturn:
    """Skip with the reason; with CI=true fail, so that nothing goes unchecked unnoticed."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"{missing} (with CI=true this is a failure, not a skip)", pytrace=False)
    pytest.skip(str(missing))
