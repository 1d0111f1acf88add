"""Replaces plotly.js in Streamlit's Plotly chunk with Plotly's own `basic` build.

Streamlit ships all of plotly.js: 4.7 MB, 3D and maps included, which block a browser's main thread
for over a second. Our charts are lines and bars, which the basic build (scatter, bar, pie) draws at
a quarter of that size. The replacement happens in memory, and only in the chunk that it was tested
with: any other is served unchanged.

The two versions differ. Streamlit 1.67.0 carries plotly.js 4.2.0, of which no basic build is
published; ours is 4.1.1, the version that plotly.py 7.1.0 writes its figures for. The browser tests
therefore try what we use of it: drawing, hover, hatches, redrawing and resizing.
"""

import hashlib
import logging
from pathlib import Path

log = logging.getLogger(__name__)

BASIC_BUILD = Path(__file__).parent / "vendor" / "plotly-basic-4.1.1.min.js"
"""npm plotly.js-basic-dist-min 4.1.1, unchanged, the newest there is."""
CHUNK_PREFIX = "PlotlyChart."
TESTED_SHA256 = "8cb9b72292d50f4ac26b35921c6209897f2a946d03214aa63214e86f129a8cb1"
"""SHA-256 of that chunk in Streamlit 1.67.0."""

# Around plotly.js in the chunk: a CommonJS wrapper that ends by assigning the module to `G`.
HEAD, TAIL = b"var W=n(((e,t,n)=>{", b"return window.Plotly=e,e})})),G="


def with_basic_build(path: Path) -> bytes:
    """The content of a file; of the Plotly chunk, with the basic build in it."""
    content = path.read_bytes()
    return replace_plotly(content) if path.name.startswith(CHUNK_PREFIX) else content


def replace_plotly(chunk: bytes, tested_sha256: str = TESTED_SHA256) -> bytes:
    """``chunk`` with the basic build in it; unchanged where it is not the chunk tested."""
    if hashlib.sha256(chunk).hexdigest() != tested_sha256:
        log.warning("Streamlit's Plotly chunk is not the one tested; serving all of Plotly.")
        return chunk
    before, head, rest = chunk.partition(HEAD)
    _, tail, after = rest.partition(TAIL)
    if not (head and tail and BASIC_BUILD.is_file()):
        log.warning("Plotly was not found in Streamlit's chunk; serving all of Plotly.")
        return chunk
    wrapper = b"var W=n(((exports,module)=>{" + BASIC_BUILD.read_bytes() + b"})),G="
    return before + wrapper + after
