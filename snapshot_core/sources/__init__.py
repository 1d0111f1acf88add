"""The sources, behind one contract: a source lists an account, and says how well."""
