"""The HTML document that every visit starts with: Streamlit's own, with our head."""

import logging
import re
from pathlib import Path

from web.assets import Assets
from web.preload import first_page_scripts

log = logging.getLogger(__name__)

FONTS = ("fonts/inter-latin-400-normal.woff2", "fonts/inter-latin-600-normal.woff2")
_SOURCE_SANS = re.compile(r'<link\s+rel="preload"[^>]*?SourceSans[^>]*?/>\s*')


def index_html(static: Path, assets: Assets) -> str:
    """Streamlit's index.html with our title, icon, style sheet and preloads in its head."""
    html = (static / "index.html").read_text("utf-8")
    if "</head>" not in html:
        log.warning("Streamlit's index.html has no head; serving it unchanged.")
        return html
    html = _SOURCE_SANS.sub("", html)  # 170 kB for a font that we do not use
    html = html.replace("<title>Streamlit</title>", "<title>Truegrowth</title>")
    html = html.replace('href="./favicon.png"', f'href="{assets.url("icon.png")}"')
    return html.replace("</head>", "".join(_head(static, assets)) + "</head>", 1)


def _head(static: Path, assets: Assets) -> list[str]:
    scripts = first_page_scripts(static)
    return [
        # A dark desktop gets a dark page before any script has run.
        '<meta name="color-scheme" content="light dark">',
        *(f'<link rel="modulepreload" crossorigin href="/static/{name}">' for name in scripts),
        *(
            f'<link rel="preload" as="font" crossorigin href="{assets.url(font)}">'
            for font in FONTS
        ),
        f'<link rel="stylesheet" href="{assets.url("app.css")}">',
    ]
