"""TikTok by its Display API: exact counters of one's own public videos."""
