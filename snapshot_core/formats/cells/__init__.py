"""The cells of a table: text in; a value, or why there is none, out.

All readers of files have these rules in common: each is as lenient as a cell is unambiguous.
"""

from snapshot_core.formats.cells.cut_ids import cut_ids, is_cut, twins
from snapshot_core.formats.cells.days import DATE_FORMS, DateForm, form_of
from snapshot_core.formats.cells.instants import (
    CLOCK_TOLERANCE_SECONDS,
    EARLIEST,
    SERIAL_DAY_ZERO,
    Moment,
    instant_in,
    instant_of,
    moment_of,
)
from snapshot_core.formats.cells.links import is_link, is_short_link, tiktok_address, video_in_link
from snapshot_core.formats.cells.numbers import SEPARATORS, count_of, separator_of
from snapshot_core.formats.cells.summaries import RunningSums, is_summary
from snapshot_core.formats.cells.text import (
    BOOLEANS,
    MAX_NAME_LENGTH,
    MAX_TITLE_LENGTH,
    MAX_VALUE_LENGTH,
    STATUSES,
    Refused,
    is_blank,
    is_unknown,
    name_of,
    shortened,
    title_of,
    value_of,
    word_of,
)
from snapshot_core.formats.cells.video_ids import LOST_DIGITS, PLATFORM_ID, odd_ids, video_id_of

__all__ = [
    "BOOLEANS",
    "CLOCK_TOLERANCE_SECONDS",
    "DATE_FORMS",
    "EARLIEST",
    "LOST_DIGITS",
    "MAX_NAME_LENGTH",
    "MAX_TITLE_LENGTH",
    "MAX_VALUE_LENGTH",
    "PLATFORM_ID",
    "SEPARATORS",
    "SERIAL_DAY_ZERO",
    "STATUSES",
    "DateForm",
    "Moment",
    "Refused",
    "RunningSums",
    "count_of",
    "cut_ids",
    "form_of",
    "instant_in",
    "instant_of",
    "is_blank",
    "is_cut",
    "is_link",
    "is_short_link",
    "is_summary",
    "is_unknown",
    "moment_of",
    "name_of",
    "odd_ids",
    "separator_of",
    "shortened",
    "tiktok_address",
    "title_of",
    "twins",
    "value_of",
    "video_id_of",
    "video_in_link",
    "word_of",
]
