"""Platforms that speak their protocol on loopback: state, errors, limits and lost answers."""
