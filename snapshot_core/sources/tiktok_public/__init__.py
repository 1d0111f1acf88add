"""A public TikTok profile by its handle, without a key."""
