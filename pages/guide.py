"""How to make the TikTok app that a login needs. Not in the navigation: Accounts links to it."""

import streamlit as st

from snapshot_core.settings.loading import ROOT

with st.container(key="tg-guide"):
    st.markdown((ROOT / "docs" / "tiktok-app.md").read_text("utf-8"))
