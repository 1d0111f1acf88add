"""The API, asked as its clients ask it."""
