"""What the text of an error, which is logged, says of the values of its statement: nothing."""

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from snapshot_core.store.database import Store
from snapshot_core.store.tables import videos
from tests.store.test_rhythms import account

CAPTION = "what nobody else is to read"


def test_an_error_tells_no_caption(store: Store) -> None:
    with store.write() as connection:
        key = account(connection).key
        names = "user_id", "account_id", "video_id", "platform_id", "title"
        row = dict(zip(names, (*key, 5, "v1", CAPTION), strict=True))
        connection.execute(insert(videos), row)
        with pytest.raises(IntegrityError) as raised, connection.begin_nested():
            connection.execute(insert(videos), row)
    assert CAPTION not in str(raised.value)
    assert "INSERT INTO videos" in str(raised.value)
