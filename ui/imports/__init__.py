"""What only the imports page draws."""
