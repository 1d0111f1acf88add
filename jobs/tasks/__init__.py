"""What the job does, one file per task."""
