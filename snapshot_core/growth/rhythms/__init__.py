"""The hours at which an account gains: what a rhythm is, what captures teach, what was learned."""
