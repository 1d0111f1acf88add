"""What is done once, at the start, gives what Streamlit would give each time."""

import pytest
from streamlit.config import get_config_options
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

from web.warm import remember_theme

SECTIONS = ("theme", "theme.light", "theme.dark", "theme.sidebar", "theme.dark.sidebar")


def test_the_remembered_theme_is_that_of_the_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    get_config_options()  # of .streamlit/config.toml
    describe = app_session._populate_theme_msg
    calls: list[str] = []

    def noted(msg: CustomThemeConfig, section: str = "theme") -> None:
        calls.append(section)
        describe(msg, section)

    monkeypatch.setattr(app_session, "_populate_theme_msg", noted)
    remember_theme()
    described = []
    for section in SECTIONS * 2:
        expected, message = CustomThemeConfig(), CustomThemeConfig()
        describe(expected, section)
        app_session._populate_theme_msg(message, section)
        assert message == expected
        described.append(message.ByteSize())
        message.primary_color = "black"  # a session's own copy
    assert calls == list(SECTIONS)
    assert sum(described), "no option of the theme is set: nothing was shown"
