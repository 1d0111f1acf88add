"""Addresses of videos, in the ways that people and programs write them."""

import re
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from snapshot_core.names import without_invisible

MAX_ADDRESS_LENGTH: Final = 2_000
"""Characters. No browser makes longer ones of a video."""
_NUMBER: Final = r"(?P<id>\d{15,20})"
"""TikTok's ids."""
_CODE: Final = r"(?P<id>[A-Za-z0-9_-]{11})"
"""YouTube's."""

_BEGIN: Final = re.compile(
    r"https?(?::|%3A)//|https?%3A%2F%2F|//|(?:[\w-]+\.)*(?:tiktok|youtube|youtube-nocookie)\.com/"
    r"|youtu\.be/|/?@[\w.-]+/(?:video|photo)/\d",
    re.IGNORECASE | re.ASCII,
)
_HYPERLINK: Final = re.compile(r'=HYPERLINK\(\s*"([^"]+)"\s*[,;)].*', re.IGNORECASE | re.DOTALL)
_MARKDOWN_LINK: Final = re.compile(r"\[[^\]]*\]\((\S+)\)")
_SHORT: Final = re.compile(r"(?:vm|vt)\.tiktok\.com/.|(?:(?:www|m)\.)?tiktok\.com/t/.")
_YOUTUBE: Final = re.compile(r"(?:[\w-]+\.)*(?:youtube|youtube-nocookie)\.com|youtu\.be")
_NUMBER_IN_PATH: Final = re.compile(
    rf"/(?:video|photo|v|embed(?:/v\d)?|player/v\d)/{_NUMBER}(?:\.html)?(?:/.*)?\Z", re.ASCII
)
_CODE_IN_PATH: Final = re.compile(
    rf"/(?:shorts|embed|live|watch|video|v|e|vi)/{_CODE}(?:/.*)?\Z", re.ASCII
)
_BARE_CODE: Final = re.compile(rf"/{_CODE}/?", re.ASCII)


def is_link(text: str) -> bool:
    """Whether a cell holds an address."""
    return len(text) <= MAX_ADDRESS_LENGTH and _BEGIN.match(_bare(text)) is not None


def is_short_link(text: str) -> bool:
    """Whether an address leads to another, which only its platform knows."""
    return _SHORT.match(re.sub(r"(?i)\A(?:https?:)?//", "", _bare(text)).lower()) is not None


def video_in_link(text: str) -> str | None:
    """The id of the video at an address; None where it is of none."""
    address = _bare(text)
    if "%3A%2F%2F" in address[:16].upper():
        address = unquote(address)
    if address.lstrip("/")[:1] == "@":
        address = f"//tiktok.com/{address.lstrip('/')}"
    elif not re.match(r"(?:https?:)?//", address, re.IGNORECASE):
        address = f"//{address}"
    try:
        parts = urlsplit(address)
        host, query = parts.hostname or "", parse_qs(parts.query)
    except ValueError:
        return None
    path = unquote(parts.path)
    match = _NUMBER_IN_PATH.search(path)
    if match is None and _YOUTUBE.fullmatch(host):
        if inner := query.get("u"):  # of a link that counts clicks
            return video_in_link(f"https://www.youtube.com{inner[0]}")
        code = query.get("v") or query.get("vi")
        short = host == "youtu.be"
        match = _BARE_CODE.fullmatch(f"/{code[0]}") if code else None
        match = match or (_BARE_CODE.fullmatch(path) if short else _CODE_IN_PATH.match(path))
    return None if match is None else match["id"]


def tiktok_address(video_id: str) -> str:
    """An address of a video of TikTok's, whoever made it."""
    return f"https://www.tiktok.com/@_/video/{video_id}"


def _bare(text: str) -> str:
    """An address without what is put around it."""
    text = without_invisible(text).strip()
    match = _HYPERLINK.fullmatch(text) or _MARKDOWN_LINK.fullmatch(text)
    return (match[1] if match else text).strip("<>\"'` ")
