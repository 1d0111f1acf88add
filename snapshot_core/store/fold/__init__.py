"""What the fold of an account writes, and folding it piece by piece."""
