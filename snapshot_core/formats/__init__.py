"""Files that people have, as readings: no database here."""
