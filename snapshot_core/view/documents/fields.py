"""What the documents are built from: the decorator, shared field types, fields per metric."""

from collections.abc import Mapping
from dataclasses import dataclass as plain_dataclass
from dataclasses import fields as dataclass_fields
from dataclasses import make_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar, cast, dataclass_transform

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
    TypeAdapter,
    WithJsonSchema,
)
from pydantic.dataclasses import dataclass
from pydantic.fields import FieldInfo

from snapshot_core.cadences import CADENCE_HOURS
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.periods import Days, Period
from snapshot_core.windows import iso

T = TypeVar("T")

EXAMPLE_COUNTS: Final = {"views": 57600, "likes": 1135, "comments": 48, "shares": 21}
"""For the schema; a metric without one shows 0."""

_ANY: Final = TypeAdapter[Any](Any)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(Field,))
def document(cls: type[T]) -> type[T]:
    """Make ``cls`` a document: frozen, validated, without any key beyond its fields."""
    # As class attributes, pydantic sorts the fields with a `Field` before those without one.
    for name, annotation in cls.__annotations__.items():
        if isinstance(field := cls.__dict__.get(name), FieldInfo):
            cls.__annotations__[name] = Annotated[annotation, field]
            delattr(cls, name)
    config = ConfigDict(extra="forbid")
    return cast("type[T]", dataclass(cls, frozen=True, kw_only=True, config=config))


def copied(cls: type[T], source: object, /, **others: object) -> T:
    """A document of ``others`` and, for the fields left, the attributes of ``source``."""
    names = {field.name for field in dataclass_fields(cast(Any, cls))} - others.keys()
    return cls(**{name: getattr(source, name) for name in names}, **others)


def json_object(made: object) -> dict[str, Any]:
    """The document ``made`` as the dictionary that its JSON is read into."""
    converted: dict[str, Any] = _ANY.dump_python(made, mode="json")
    return converted


def json_bytes(made: object, *, without: frozenset[str] = frozenset()) -> bytes:
    """The document ``made`` as compact JSON in UTF-8, ``without`` some of its top-level keys."""
    return _ANY.dump_json(made, exclude=set(without))


@plain_dataclass(frozen=True, slots=True)
class OneOf:
    """Annotates a type as one of ``values``: a `Literal` of values that a table declares."""

    values: tuple[str | int, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        """The schema of that `Literal`."""
        return handler.generate_schema(Literal.__getitem__(self.values))


def with_each(fields: Mapping[str, Any], base: type | None = None) -> Any:
    """A base class with these ``fields`` (types by name) after those of the document ``base``."""
    bases = (base,) if base else ()
    return make_dataclass("Fields", fields.items(), bases=bases, frozen=True, kw_only=True)


def days_of(period: Period) -> int | None:
    """The length of a period that is so many days up to the last complete capture."""
    return period.days if isinstance(period, Days) else None


def _seconds(instant: object) -> object:
    return int(datetime.fromisoformat(instant).timestamp()) if isinstance(instant, str) else instant


Instant: TypeAlias = Annotated[
    int,
    BeforeValidator(_seconds),
    PlainSerializer(iso, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$",
            "description": "ISO 8601 in UTC.",
            "examples": ["2026-11-22T15:02:11Z"],
        }
    ),
]
Day: TypeAlias = Annotated[
    date,
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$", "examples": ["2026-11-22"]}),
]
Percentage: TypeAlias = Annotated[
    Decimal, PlainSerializer(float, return_type=float), WithJsonSchema({"type": "number"})
]
"""Two decimals."""
PeriodDays: TypeAlias = Annotated[
    int | None, Field(description="Its days; null since tracking began and for dates.")
]
MetricName: TypeAlias = Annotated[str, OneOf(VIDEO_METRICS)]
CadenceName: TypeAlias = Annotated[str, OneOf(tuple(CADENCE_HOURS))]
AccountName: TypeAlias = Annotated[str, Field(examples=["creator_01"])]
EachCount: Final = {
    metric: Annotated[int | None, Field(examples=[EXAMPLE_COUNTS.get(metric, 0)])]
    for metric in VIDEO_METRICS
}
"""The type of a count that may be unknown, by metric."""
