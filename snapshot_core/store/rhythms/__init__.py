"""What accounts learn of the hours at which they gain: learning, pooling and reading it."""
