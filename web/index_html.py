"""The page every visit begins with: Streamlit's own, told early what it will need."""

import logging
import re
from pathlib import Path

from web.assets import Assets
from web.preload import first_page

log = logging.getLogger(__name__)

TITLE = "Truegrowth"
FONTS = ("fonts/inter-latin-400-normal.woff2", "fonts/inter-latin-600-normal.woff2")
_SOURCE_SANS = re.compile(r'<link\s+rel="preload"[^>]*?SourceSans[^>]*?/>\s*')


def shell(static: Path, assets: Assets) -> str:
    """Streamlit's index.html with our head in it."""
    html = (static / "index.html").read_text("utf-8")
    if "</head>" not in html:
        log.warning("Streamlit's index.html has no head; serving it as it is.")
        return html
    html = _SOURCE_SANS.sub("", html)  # 170 kB that a page set in Inter never shows
    html = html.replace("<title>Streamlit</title>", f"<title>{TITLE}</title>")
    html = html.replace('href="./favicon.png"', f'href="{assets.url("icon.png")}"')
    return html.replace("</head>", "".join(_head(static, assets)) + "</head>", 1)


def _head(static: Path, assets: Assets) -> list[str]:
    return [
        # Before any script runs, a dark desktop gets a dark page.
        '<meta name="color-scheme" content="light dark">',
        *(f'<link rel="modulepreload" crossorigin href="/static/{s}">' for s in first_page(static)),
        *(f'<link rel="preload" as="font" crossorigin href="{assets.url(f)}">' for f in FONTS),
        f'<link rel="stylesheet" href="{assets.url("app.css")}">',
    ]
