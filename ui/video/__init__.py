"""What only the video page draws."""
