"""SQLite: its files, its connections, and what is wrong with them."""
