"""A Cancel that is heard while a page is at work."""

from collections.abc import Callable

import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState


def cancel_button(on_cancel: Callable[[], None]) -> None:
    """The button, to be drawn before the work begins; ``on_cancel`` is called once it has ended.

    The run that is at work ends where it next draws something, by an exception that no handler of
    errors catches: whatever holds a lease or a transaction gives it back on the way.

    A click inside a dialog would run that dialog again, after the run that is at work. One of the
    page stops that run, so this button is the page's, wherever it stands.
    """
    with ThreadState.scoped(fragment_id=None):
        st.button("Cancel", key="tg-cancel", on_click=on_cancel)
