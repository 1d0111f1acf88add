"""How to get what a source needs. Not in the navigation: Accounts links to it."""

import streamlit as st

from snapshot_core.settings.parsers import ROOT
from snapshot_core.sources.registry import SOURCES

guides = {source.name: source.guide for source in SOURCES.values() if source.guide is not None}
guide = guides.get(st.query_params.get("source", ""), next(iter(guides.values())))

with st.container(key="tg-guide"):
    st.markdown((ROOT / "docs" / guide.page).read_text("utf-8"))
