"""The whole product in a real Chromium."""
