"""What tables that compare a user's accounts read of many at once."""
