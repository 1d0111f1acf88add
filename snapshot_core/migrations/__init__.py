"""The schema's history (Alembic), packaged with the code that needs it."""
