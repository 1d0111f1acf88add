"""Put Plotly's own `basic` build (scatter, bar, pie) into Streamlit's Plotly chunk.

Streamlit ships all of plotly.js: 4.7 MB, 3D and maps included, which hold a browser's main thread
for over a second. Our charts are lines and bars; the basic build is a quarter of that. The exchange
is made in memory and only in the chunk it was tried with: any other is served as it came.

The two are not the same version. Streamlit 1.67.0 carries plotly.js 4.2.0, of which no basic build
is published; ours is 4.1.1, the version that plotly.py 7.1.0 writes its figures for. The browser
tests therefore try what we use of it: drawing, hover, hatches, redrawing and resizing.
"""

import hashlib
import logging
from pathlib import Path

log = logging.getLogger(__name__)

VENDORED = Path(__file__).parent / "vendor" / "plotly-basic-4.1.1.min.js"
"""npm plotly.js-basic-dist-min 4.1.1, unchanged, the newest there is."""
CHUNK = "PlotlyChart."
TRIED_WITH = "8cb9b72292d50f4ac26b35921c6209897f2a946d03214aa63214e86f129a8cb1"
"""SHA-256 of that chunk in Streamlit 1.67.0."""

# Around plotly.js in it: a CommonJS wrapper whose last words assign the module to `G`.
HEAD, TAIL = b"var W=n(((e,t,n)=>{", b"return window.Plotly=e,e})})),G="


def lighter(path: Path) -> bytes:
    """The file at ``path``; if it is the Plotly chunk, with the basic build in it."""
    content = path.read_bytes()
    return exchanged(content) if path.name.startswith(CHUNK) else content


def exchanged(chunk: bytes, tried_with: str = TRIED_WITH) -> bytes:
    """``chunk`` with the basic build in it, or as it came where it is not the one tried."""
    if hashlib.sha256(chunk).hexdigest() != tried_with:
        log.warning("Streamlit's Plotly chunk is not the one tried; serving all of Plotly.")
        return chunk
    before, head, rest = chunk.partition(HEAD)
    _, tail, after = rest.partition(TAIL)
    if not (head and tail and VENDORED.is_file()):
        log.warning("Plotly was not found in Streamlit's chunk; serving all of Plotly.")
        return chunk
    wrapper = b"var W=n(((exports,module)=>{" + VENDORED.read_bytes() + b"})),G="
    return before + wrapper + after
