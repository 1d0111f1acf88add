"""Pages of a database on a disk that is mounted read-only."""

import pytest

from snapshot_core.store.database import Store
from tests.pages.conftest import Open, html_of
from tests.support.disks import read_only_disk

PAGES = ["", "videos.py", "health.py", "accounts.py", "settings.py"]


@pytest.mark.parametrize("page", PAGES)
def test_they_show_the_last_numbers_and_say_that_nothing_can_be_written(
    open_page: Open, sample: Store, page: str
) -> None:
    assert sample.file is not None
    sample.close()
    with read_only_disk(sample.file.path.parent):
        at = open_page(page)
        assert not at.exception
        assert not at.error
        assert "mounted read-only: it can be read, and nothing can be written" in html_of(at)
        assert not [
            button.key for button in at.button if button.key == "tg-take" and not button.disabled
        ]
        if not page:
            assert "Sample account" in html_of(at)


def test_without_such_a_disk_they_say_nothing_of_it(open_page: Open, sample: Store) -> None:
    assert "read-only" not in html_of(open_page())
