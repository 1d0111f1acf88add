"""The project's own readings file, CSV or Parquet."""
