"""What only the videos page draws."""
