"""Overview: how much did it grow, because of what, and can the number be trusted?"""

import streamlit as st

from snapshot_core.view.shown_metrics import card_metrics
from ui.charts import show_chart
from ui.controls import choose_account, choose_counter
from ui.freshness import freshness
from ui.notices import freshness_notice, no_account, sample_notice
from ui.overview.cards import growth_cards
from ui.overview.charts import daily_chart, gain_chart, no_growth
from ui.overview.ledger import ledger
from ui.overview.reported_days import reported_days
from ui.overview.top_videos import top_videos
from ui.page import row
from ui.periods import choose_period
from ui.session import open_session
from ui.snapshot import show_outcomes, snapshot_button
from ui.view_cache import cached_overview

session = open_session()

with row("tg-top"):
    st.title("Growth", anchor=False, width="content")
    account = choose_account(session)
    snapshot_button(session, account)

if not session.accounts:
    no_account()
    st.stop()

with row("tg-controls", distribute=True):
    period = choose_period(comparing=True)
    cached = cached_overview(session, account, period)
    view = cached.view
    freshness(session, view)

show_outcomes(session)
sample_notice(session, account)
freshness_notice(session, view)

st.html(cached.draw_once(growth_cards))
metric = choose_counter(card_metrics(view))

# Each element is a message, a wake-up of the event loop and a subtree to lay out: few, and flat.
if view.curves[metric].now:
    alt = f"{metric} gained since the start of the period"
    show_chart(cached.draw_once(gain_chart, metric), "tg-gained", "gained", alt)
else:
    st.html(cached.draw_once(no_growth, metric))

with st.container(horizontal=True, key="tg-pair"):
    if any(day.growth is not None for day in view.cards[metric].days):
        show_chart(cached.draw_once(daily_chart, metric), "tg-daily", "daily", f"{metric} per day")
    if view.cards[metric].growth.reason is None:
        st.html(cached.draw_once(ledger, metric))

st.html(cached.draw_once(top_videos))
reported_days(session, account, period)
