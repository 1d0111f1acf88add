"""Work done at startup so that the first visitor does not wait for it."""

import gc
import importlib
import pkgutil
from functools import cache

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session


def import_eagerly(*packages: str) -> None:
    """Import what Streamlit imports on first use (some two seconds), and all of ``packages``."""
    import pandas  # noqa: F401
    import plotly.io  # noqa: F401
    import pyarrow  # noqa: F401
    import streamlit.elements.lib.streamlit_plotly_theme  # noqa: F401

    for name in packages:
        package = importlib.import_module(name)
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{name}.{module.name}")


def freeze_garbage_collector() -> None:
    """Exclude everything loaded so far from garbage collection.

    With pandas and Plotly loaded, a full collection takes 80 ms.
    """
    gc.collect()
    gc.freeze()


def remember_theme() -> None:
    """Make the messages that describe the theme once, and not for every run of every page.

    Streamlit looks up 300 options for them in the event loop: with a hundred sessions a fifth of
    all that the server does.
    """
    describe = app_session._populate_theme_msg

    @cache
    def described(section: str) -> CustomThemeConfig:
        message = CustomThemeConfig()
        describe(message, section)
        return message

    def copy(msg: CustomThemeConfig, section: str = "theme") -> None:
        msg.MergeFrom(described(section))

    app_session._populate_theme_msg = copy
