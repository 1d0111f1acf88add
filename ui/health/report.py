"""The report for support: what the page says, as a file."""

from datetime import datetime

import streamlit as st

from snapshot_core.view.documents.fields import json_bytes
from snapshot_core.view.documents.health import Status
from ui.health.view import cached_health
from ui.session import PageSession


def report_button(session: PageSession) -> None:
    """Download how the accounts and the job stand, as ``status --json`` says it: without tokens."""
    if not session.accounts:
        return
    day = datetime.fromtimestamp(session.now, session.zone(None)).date()
    st.download_button(
        "Report for support",
        lambda: json_bytes(Status.of(cached_health(session, None).view)),
        file_name=f"truegrowth-health-{day}.json",
        mime="application/json",
        key="tg-report",
        on_click="ignore",
    )
