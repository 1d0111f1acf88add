"""Two users of one installation: nothing of the one is seen, or changed, by the other."""
