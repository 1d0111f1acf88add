"""The JSON documents of the API and of --json."""
