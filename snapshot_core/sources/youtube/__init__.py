"""YouTube by its Data API: a channel's videos, with a key."""
