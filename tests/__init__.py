"""The specification of Truegrowth, in tests."""
