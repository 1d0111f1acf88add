"""The pages, whole, without a browser."""
