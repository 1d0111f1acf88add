"""What the tests stand on: a PostgreSQL, a Chromium, free ports."""
