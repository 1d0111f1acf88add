"""The job that runs beside the dashboard: ``python -m jobs``. It follows the clock, nobody else.

What is due is decided from the database at every look (`snapshot_core.capture.schedule`); the
scheduler only says when to look. So nothing is lost or done twice by a restart, an outage or a
clock that is set.
"""
