"""What platforms ask for before they answer: accounts, their tokens, and a rate limit for all."""
