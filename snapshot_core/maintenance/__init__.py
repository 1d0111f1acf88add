"""Keeping an installation healthy for years."""
