"""The fixture of most tests of commands."""

import pytest

from tests.cli.command_line import CommandLine


@pytest.fixture
def run(database_url: str, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line on a database that is set up. It is `command_line.NOW`, in Berlin."""
    made = CommandLine(database_url, capsys)
    made.set_up()
    return made
