"""Who somebody is: people, the list of who may log in, API tokens, the cookie secret."""
