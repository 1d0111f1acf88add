"""Disks that are read-only or small, as root can mount them; others skip what needs them."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def _mount(*arguments: str | Path) -> None:
    """Run ``mount``, or skip the test: a container's root may not."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a disk")
    answer = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        pytest.skip(f"no disk can be mounted here: {answer.stderr.strip()}")


@contextmanager
def _mounted(folder: Path, *arguments: str | Path) -> Iterator[None]:
    _mount(*arguments, folder)
    try:
        yield
    finally:
        # Lazily: a test that failed may have left a file open.
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def read_only_disk(folder: Path) -> Iterator[None]:
    """``folder`` as it is on a disk that is mounted read-only."""
    with _mounted(folder, "--bind", folder):
        _mount("-o", "remount,ro,bind", folder)
        yield


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[None]:
    """``folder`` on a disk of its own."""
    with _mounted(folder, "-t", "tmpfs", "-o", f"size={kilobytes}k", "none"):
        yield
