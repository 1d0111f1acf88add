"""Finds the script chunks of Streamlit that the first page needs.

Streamlit loads them one after another: bundle, WebSocket, first message, then the chunk of each
element. Preloaded from the page's head they load and compile beside the bundle. Their names carry
hashes, so they are looked up, never hard-coded.
"""

import re
from pathlib import Path

COMPONENTS = ("PlotlyChart", "Html", "ButtonGroup", "Button", "PageLink")
"""The chunks of what the Overview draws; their imports are followed."""

_IMPORT = re.compile(r"""(?:from|import)\s*["'`]\./([\w.\-]+\.js)["'`]""")
_INDEX_FILE = re.compile(r"""static/((?:js|css)/[\w.\-]+\.(?:js|css))""")


def files_in_index(index: str) -> list[str]:
    """The scripts and style sheets that index.html loads itself, as ``js/name.js``."""
    return list(dict.fromkeys(_INDEX_FILE.findall(index)))


def first_page_scripts(static: Path, components: tuple[str, ...] = COMPONENTS) -> list[str]:
    """The scripts to preload, largest first, as ``js/name.js``."""
    folder = static / "static" / "js"
    in_index = set(files_in_index((static / "index.html").read_text("utf-8")))
    queue = [path.name for part in components for path in folder.glob(f"{part}.*.js")]
    sizes: dict[str, int] = {}
    while queue:
        path = folder / queue.pop()
        name = f"js/{path.name}"
        if name in in_index or name in sizes or not path.is_file():
            continue
        sizes[name] = path.stat().st_size
        # Imports stand at the start of a chunk; the megabytes after them need no scan.
        with path.open(encoding="utf-8") as script:
            queue += _IMPORT.findall(script.read(20_000))
    return sorted(sizes, key=sizes.__getitem__, reverse=True)
