"""Foreign files read in the process of the test, where a process of its own would prove no more.

A process for each file costs a second of the processor: what it imports. What passes between the
two is pickled all the same. `tests/formats/test_isolated.py` holds what the process is for.
"""

import pickle
from typing import Any

import pytest

from snapshot_core.formats import isolated, isolated_child
from snapshot_core.formats.isolated import Answer, Progress, Request


def read_files_here(patch: pytest.MonkeyPatch) -> None:
    """Have foreign files read without a process of their own, until ``patch`` is undone."""
    patch.setattr(isolated, "run", _run)


def _run(request: Request, progress: Progress | None) -> Answer:
    def tell(done: int, total: int) -> None:
        if progress is not None:
            progress(done, total)

    answer: Answer = _passed(isolated_child.answer(_passed(request), tell))
    return answer


def _passed(message: Any) -> Any:
    return pickle.loads(pickle.dumps(message))
