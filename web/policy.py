"""The Content-Security-Policy that Streamlit's page runs under, and the headers beside it."""

import base64
import hashlib
import re
from collections.abc import Iterable
from typing import Final

HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Covers may come from the platform's servers, which need not know where they are looked at.
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

_INLINE: Final = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL | re.I)


def hashes_of(html: str) -> list[str]:
    """The sources that allow the scripts in ``html`` itself, and no other inline script."""
    digests = (hashlib.sha256(body.encode()).digest() for body in _INLINE.findall(html))
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def policy(hashes: Iterable[str] = ()) -> str:
    """The policy for pages whose inline scripts have these hashes; ``{host}`` is to be filled in.

    Styles are inline because Streamlit writes them so. Covers come from wherever the platform has
    them. A WebSocket is named beside 'self', which older Safaris do not take to mean it.
    """
    rules = {
        "default-src": ["'self'"],
        "script-src": ["'self'", *hashes],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:", "https:"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'", "ws://{host}", "wss://{host}"],
        "frame-ancestors": ["'none'"],
        "frame-src": ["'none'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
    }
    return "; ".join(" ".join([name, *sources]) for name, sources in rules.items())
