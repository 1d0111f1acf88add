"""The OpenAPI document as one page for people, without scripts or external resources."""

import json
from html import escape
from typing import Any, Final

_STYLE: Final = """
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); }
body { font: 16px/1.55 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem; }
h2 { margin: 2.5rem 0 .5rem; font-size: 1.15rem; }
code, pre { font: .875rem/1.5 ui-monospace, monospace; }
pre { border: 1px solid var(--line); border-radius: 8px; padding: .75rem 1rem; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; }
.method { font-weight: 600; }
"""


def reference(document: dict[str, Any], root: str) -> str:
    """The page as HTML; ``root`` is the prefix of all paths."""
    sections = [
        _operation(document, root + path, method, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Truegrowth API</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>Truegrowth API</h1>{_prose(document['info']['description'])}"
        f'<p>For programs: <a href="{escape(root)}/openapi.json">openapi.json</a></p>'
        f"{''.join(sections)}</main></body></html>"
    )


def _prose(text: str) -> str:
    """Paragraphs and bullet points of our own descriptions."""
    html = []
    for block in text.strip().split("\n\n"):
        if block.startswith("* "):
            points = block[2:].split("\n* ")
            html.append(f"<ul>{''.join(f'<li>{_inline(point)}</li>' for point in points)}</ul>")
        else:
            html.append(f"<p>{_inline(block)}</p>")
    return "".join(html)


def _inline(text: str) -> str:
    parts = escape(text, quote=False).split("`")
    return "".join(f"<code>{part}</code>" if n % 2 else part for n, part in enumerate(parts))


def _operation(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> str:
    head = f'<span class="method">{method.upper()}</span> <code>{escape(path)}</code>'
    parameters = "".join(map(_parameter, operation.get("parameters", ())))
    responses = "".join(
        f"<tr><td><code>{status}</code></td><td>{_inline(response['description'])}</td></tr>"
        for status, response in operation["responses"].items()
    )
    return (
        f'<section><h2 id="{escape(operation["operationId"])}">{head}</h2>'
        f"{_prose(operation.get('description', ''))}"
        f"<pre>{escape(_curl(path, method, operation))}</pre>"
        f"{f'<table><tbody>{parameters}</tbody></table>' if parameters else ''}"
        f"{_example(document, operation)}"
        f"<details><summary>Responses</summary><table><tbody>{responses}</tbody></table>"
        "</details></section>"
    )


def _parameter(parameter: dict[str, Any]) -> str:
    schema = parameter["schema"]
    sentences = [parameter.get("description", "")]
    if "enum" in schema:
        sentences.append("One of " + ", ".join(f"`{value}`" for value in schema["enum"]) + ".")
    if (default := schema.get("default")) is not None:
        sentences.append(f"Default `{default}`.")
    name = f"<code>{escape(parameter['name'])}</code>"
    return f"<tr><td>{name}</td><td>{_inline(' '.join(filter(None, sentences)))}</td></tr>"


def _curl(path: str, method: str, operation: dict[str, Any]) -> str:
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            example = str(parameter["schema"]["examples"][0])
            path = path.replace(f"{{{parameter['name']}}}", example)
    post = "-X POST " if method == "post" else ""
    return f'curl {post}-H "Authorization: Bearer $TOKEN" http://127.0.0.1:8501{path}'


def _example(document: dict[str, Any], operation: dict[str, Any]) -> str:
    schema = operation["responses"]["200"]["content"].get("application/json", {}).get("schema")
    if not schema:
        return ""
    example = example_of(document["components"]["schemas"], schema)
    return f"<pre>{escape(json.dumps(example, ensure_ascii=False, indent=2))}</pre>"


def example_of(schemas: dict[str, Any], schema: dict[str, Any]) -> Any:
    """An example of what a schema describes, composed of the examples of its parts."""
    if "$ref" in schema:
        return example_of(schemas, schemas[schema["$ref"].rpartition("/")[2]])
    for name in ("examples", "enum"):
        if name in schema:
            return schema[name][0]
    if "const" in schema:
        return schema["const"]
    if "anyOf" in schema:
        return example_of(schemas, schema["anyOf"][0])
    kind = schema.get("type", "")
    if kind == "object":
        parts = schema.get("properties", {})
        return {name: example_of(schemas, part) for name, part in parts.items()}
    if kind == "array":
        return [example_of(schemas, schema["items"])]
    return {"boolean": False, "integer": 0, "number": 0, "null": None}.get(kind, "…")
