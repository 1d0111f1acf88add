"""The JSON documents: declared once, in the order of their fields, per metric as the table says."""

from dataclasses import FrozenInstanceError, fields
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from snapshot_core.metrics import COUNTERS, VIDEO_METRICS
from snapshot_core.view import documents
from snapshot_core.view.documents.captures import Captures
from snapshot_core.view.documents.days import DayOfGrowth
from snapshot_core.view.documents.fields import json_bytes, json_object
from snapshot_core.view.documents.growth import Counters
from snapshot_core.view.documents.history import Reading
from snapshot_core.view.documents.notes import NewNote
from snapshot_core.view.documents.snapshot import Difference
from snapshot_core.view.documents.videos import Video, Videos

MODULES = [
    import_module(f"{documents.__name__}.{module.name}")
    for module in iter_modules(documents.__path__)
]
DOCUMENTS = [
    declared
    for module in MODULES
    for declared in vars(module).values()
    if isinstance(declared, type)
    and declared.__module__ == module.__name__
    and hasattr(declared, "__pydantic_fields__")
]
ASKED = {NewNote}
"""Bodies of requests: what has a default may be left out of them."""


def schema(document: type) -> dict[str, Any]:
    return TypeAdapter(document).json_schema(mode="serialization")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.__name__)
def test_the_keys_stand_in_the_order_of_the_fields_and_are_always_there(document: type) -> None:
    names = [field.name for field in fields(document)]
    described = schema(document)
    assert list(described["properties"]) == names
    assert described["required"] == [
        name
        for name, field in document.__pydantic_fields__.items()  # type: ignore[attr-defined]
        if document not in ASKED or field.is_required()
    ]
    assert described["additionalProperties"] is False


@pytest.mark.parametrize(
    ("document", "names"),
    [
        (Counters, COUNTERS),
        (DayOfGrowth, COUNTERS),
        (Difference, COUNTERS),
        (Reading, VIDEO_METRICS),
    ],
)
def test_the_schema_names_every_counter_of_the_table(document: type, names: list[str]) -> None:
    keys = list(schema(document)["properties"])
    first = keys.index(names[0])
    assert keys[first : first + len(names)] == list(names)


def test_a_counter_that_is_asked_for_is_one_of_the_table() -> None:
    assert schema(Videos)["properties"]["sort"]["enum"] == list(VIDEO_METRICS)
    names = "current", "growth", "percentage", "range", "resolution", "estimated", "texts"
    for name in names:
        counts = schema(Video)["properties"][name]
        assert counts["propertyNames"]["enum"] == list(VIDEO_METRICS)


class TestADocument:
    captures = Captures(timestamp=1_700_000_000, captures=(), next=None)

    def test_is_the_json_that_it_is_read_from(self) -> None:
        text = b'{"timestamp":"2023-11-14T22:13:20Z","captures":[],"next":null}'
        assert json_bytes(self.captures) == text
        assert TypeAdapter(Captures).validate_json(text) == self.captures
        assert json_object(self.captures)["timestamp"] == "2023-11-14T22:13:20Z"

    def test_can_be_written_without_a_key(self) -> None:
        text = json_bytes(self.captures, without=frozenset({"timestamp"}))
        assert text == b'{"captures":[],"next":null}'

    def test_does_not_change(self) -> None:
        with pytest.raises(FrozenInstanceError):
            self.captures.next = "x"  # type: ignore[misc]

    def test_has_no_other_key(self) -> None:
        with pytest.raises(ValidationError):
            TypeAdapter(Captures).validate_python({**json_object(self.captures), "more": 1})
