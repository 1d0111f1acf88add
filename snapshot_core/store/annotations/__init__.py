"""What users add to what was read: tags of videos, notes about days."""
