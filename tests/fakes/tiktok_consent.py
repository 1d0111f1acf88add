"""The fake's consent page, which a browser can use, and a way through it without one."""

import html
import re
from collections.abc import Collection
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx2

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Log in with TikTok</title></head>
<body><h1>{name} wants to allow {app} to:</h1>
<form method="post">
{hidden}
{boxes}
<button name="answer" value="allow">Allow</button>
<button name="answer" value="cancel">Cancel</button>
</form></body></html>"""


def page(app: str, name: str, scopes: Collection[str], asked: dict[str, str]) -> str:
    """The page, with a box for each scope; the question goes with the form."""
    hidden = "".join(
        f'<input type="hidden" name="{html.escape(key)}" value="{html.escape(value)}">'
        for key, value in asked.items()
    )
    boxes = "\n".join(
        f'<label><input type="checkbox" name="granted" value="{scope}" checked> {scope}</label>'
        for scope in scopes
    )
    return PAGE.format(name=html.escape(name), app=html.escape(app), hidden=hidden, boxes=boxes)


def answer(url: str, *, allow: bool = True, untick: Collection[str] = ()) -> dict[str, str]:
    """Open a consent page, untick boxes, press a button: the parameters of the callback."""
    client = httpx2.Client(verify=False)  # certificates take a while to read, and there are none
    shown = client.get(url)
    if shown.status_code == 200:
        fields = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', shown.text)
        form: dict[str, list[str]] = {html.unescape(k): [html.unescape(v)] for k, v in fields}
        boxes = re.findall(r'name="granted" value="([^"]+)"', shown.text)
        form["granted"] = [scope for scope in boxes if scope not in untick]
        form["answer"] = ["allow" if allow else "cancel"]
        shown = client.post(url, data=form)
    client.close()
    if shown.status_code not in (302, 303):
        raise AssertionError(f"the consent page refuses: {shown.status_code} {shown.text[:200]}")
    return dict(parse_qsl(urlsplit(shown.headers["location"]).query))


def form_of(body: bytes) -> dict[str, list[str]]:
    """A form as posted."""
    return parse_qs(body.decode(), keep_blank_values=True)
