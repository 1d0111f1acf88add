"""PostgreSQL: what is wrong with it."""
