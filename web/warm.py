"""Pay at the start what the first visitor would otherwise pay."""

import gc
import importlib
import pkgutil


def import_early(*packages: str) -> None:
    """Import what Streamlit puts off until it is first used, some two seconds, and ``packages``.

    Of a package, every module.
    """
    import pandas  # noqa: F401
    import plotly.io  # noqa: F401
    import pyarrow  # noqa: F401
    import streamlit.elements.lib.streamlit_plotly_theme  # noqa: F401

    for name in packages:
        package = importlib.import_module(name)
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{name}.{module.name}")


def freeze() -> None:
    """Take all that is loaded out of the garbage collector's sight.

    Streamlit runs a full collection after every rerun; with pandas and Plotly loaded that alone
    takes 80 ms.
    """
    gc.collect()
    gc.freeze()
