"""What only the comparison of videos draws."""
