"""The file ``.env`` beside app.py, and the folder that both are in."""

from pathlib import Path
from typing import Final

from dotenv.parser import parse_stream

from snapshot_core.errors import SettingsError

ROOT: Final = Path(__file__).resolve().parents[2]
"""The project's folder: relative paths in settings start here, whatever the working folder."""

ENV_FILE: Final = ROOT / ".env"


def read_env_file(file: Path | None) -> dict[str, str]:
    """What ``file`` sets, by name; nothing where there is no such file. Raises `SettingsError`."""
    if file is None or not file.is_file():
        return {}
    values: dict[str, str] = {}
    try:
        with file.open(encoding="utf-8-sig") as stream:
            for binding in parse_stream(stream):
                # The library skips such a line with a warning: a setting that is silently not set.
                if binding.error or (binding.key is not None and binding.value is None):
                    raise SettingsError(
                        f"{file}, line {binding.original.line}: not a setting. "
                        "Write NAME=value, or begin the line with # to keep a note."
                    )
                if binding.key is not None:
                    values[binding.key] = binding.value or ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{file} cannot be read ({type(error).__name__}). "
            "Make it a UTF-8 text file that this user may read, or remove it."
        ) from None
    return values
