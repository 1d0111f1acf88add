"""The fixtures of most tests of commands."""

import pytest

from tests.cli.command_line import CommandLine


@pytest.fixture
def bare(database_url: str, capsys: pytest.CaptureFixture[str], read_here: None) -> CommandLine:
    """The command line on an empty database. It is `command_line.NOW`, in Berlin."""
    return CommandLine(database_url, capsys)


@pytest.fixture
def run(bare: CommandLine) -> CommandLine:
    """The same, set up."""
    bare.set_up()
    return bare
