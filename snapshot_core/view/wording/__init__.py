"""Numbers, times and growth as people write them."""
