"""Overview: how much did it grow, because of what, and can the number be trusted?"""

import streamlit as st

from ui.charts import CONFIG, day_chart, gain_chart, has_days
from ui.controls import choose_account, choose_counter, choose_period
from ui.freshness import provenance
from ui.notices import empty, remarks, sample_label
from ui.overview.cards import cards
from ui.overview.ledger import ledger
from ui.overview.legends import day_legend, gain_legend, no_gain
from ui.overview.reported_days import reported_days
from ui.overview.top_videos import movers
from ui.page import row
from ui.session import open_session
from ui.snapshot import snapshot_button, tell_found
from ui.view_cache import overview_sheet

session = open_session()

with row("tg-top"):
    st.title("Growth", anchor=False, width="content")
    account = choose_account(session)
    snapshot_button(session, account)

if not session.accounts:
    empty(session)
    st.stop()

with row("tg-controls", distribute=True):
    period = choose_period()
    sheet = overview_sheet(session, account, period)
    provenance(session, sheet.view)

tell_found(session)
sample_label(session, account)
remarks(session, sheet.view)

st.html(sheet.once(cards))
counter = choose_counter()

# Each element is a message, a wake-up of the event loop and a subtree to lay out: few, and flat.
if sheet.view.curves[counter].now:
    with st.container(border=True, key="tg-gained"):
        st.html(sheet.once(gain_legend, counter))
        st.plotly_chart(
            sheet.once(gain_chart, counter),
            config=CONFIG,
            key="gained",
            alt=f"{counter} gained since the start of the period",
        )
else:
    st.html(sheet.once(no_gain, counter))

with st.container(horizontal=True, key="tg-pair"):
    if has_days(sheet.view, counter):
        with st.container(border=True, key="tg-daily"):
            st.html(sheet.once(day_legend, counter))
            st.plotly_chart(
                sheet.once(day_chart, counter), config=CONFIG, key="daily", alt=f"{counter} per day"
            )
    if sheet.view.cards[counter].growth.reason is None:
        st.html(sheet.once(ledger, counter))

st.html(sheet.once(movers))
reported_days(session, account, period)
