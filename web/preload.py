"""Which of Streamlit's script chunks the first page needs, found by name.

Streamlit's page loads them one after another: bundle, WebSocket, first message, then the chunk of
each element. Named in the page's head they load, and compile, beside the bundle. File names carry
hashes, so they are looked up, never written.
"""

import re
from pathlib import Path

COMPONENTS = ("PlotlyChart", "Html", "ButtonGroup", "Button", "PageLink")
"""What the Overview draws; their own imports are followed."""

_IMPORT = re.compile(r"""(?:from|import)\s*["'`]\./([\w.\-]+\.js)["'`]""")
_NAMED = re.compile(r"""static/((?:js|css)/[\w.\-]+\.(?:js|css))""")


def named_in(index: str) -> list[str]:
    """The scripts and style sheets that index.html names itself, as ``js/name.js``."""
    return list(dict.fromkeys(_NAMED.findall(index)))


def first_page(static: Path, components: tuple[str, ...] = COMPONENTS) -> list[str]:
    """Scripts, biggest first, that index.html does not name; as ``js/name.js``."""
    folder = static / "static" / "js"
    known = set(named_in((static / "index.html").read_text("utf-8")))
    queue = [path.name for part in components for path in folder.glob(f"{part}.*.js")]
    found: dict[str, int] = {}
    while queue:
        path = folder / queue.pop()
        name = f"js/{path.name}"
        if name in known or name in found or not path.is_file():
            continue
        found[name] = path.stat().st_size
        # Static imports open a chunk; the megabytes behind them need no scan.
        with path.open(encoding="utf-8") as script:
            queue += _IMPORT.findall(script.read(20_000))
    return sorted(found, key=found.__getitem__, reverse=True)
