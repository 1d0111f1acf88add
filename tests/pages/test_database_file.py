"""Pages of a database that was moved away, or whose disk is read-only."""

from pathlib import Path

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


def test_of_one_that_was_moved_away_they_show_the_last_numbers_and_make_no_other(
    open_page: Open, sample: Store, tmp_path: Path
) -> None:
    assert sample.file is not None
    path, elsewhere = sample.file.path, tmp_path / "elsewhere.db"
    at = open_page()
    path.rename(elsewhere)
    at.run()
    assert not at.exception
    assert f"There is no database at {path}. If it was moved, put it back" in html_of(at)
    assert "These are the numbers of" in html_of(at)
    assert not path.exists()
    elsewhere.rename(path)
    at.run()
    assert "There is no database" not in html_of(at)
