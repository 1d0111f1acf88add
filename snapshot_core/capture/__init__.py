"""Taking captures: fetch outside a transaction, store in one, and when the next one is due."""
