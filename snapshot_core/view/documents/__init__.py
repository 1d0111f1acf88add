"""The JSON documents of the API and of ``--json``, each declared once.

A document is a frozen pydantic dataclass: its fields are the keys of the JSON, in their order, and
its annotations are the OpenAPI schema. Instants are UTC seconds in Python and ISO 8601 in JSON.
Unknown is null, never 0.
"""
