"""The Content-Security-Policy of Streamlit's pages, and the security headers sent with it."""

import base64
import hashlib
import re
from collections.abc import Iterable
from typing import Final

HEADERS: Final = {
    # Of answers that do not say themselves how long they may be kept: downloads, refusals.
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Covers may come from the platform's servers, which need not know this dashboard's address.
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

_INLINE_SCRIPT: Final = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL | re.I)


def script_hashes(html: str) -> list[str]:
    """CSP sources that allow the inline scripts of ``html`` and no others."""
    digests = (hashlib.sha256(body.encode()).digest() for body in _INLINE_SCRIPT.findall(html))
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def policy(hashes: Iterable[str] = ()) -> str:
    """The policy for pages with these script hashes; the caller fills in ``{host}``.

    Streamlit writes inline styles. Covers come from wherever the platform keeps them. Older Safari
    versions do not count a WebSocket as 'self', so it is listed beside it.
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
