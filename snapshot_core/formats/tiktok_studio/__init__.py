"""TikTok Studio exports: top posts, followers by day, amounts by day."""
