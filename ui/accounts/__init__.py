"""What only the accounts page draws."""
