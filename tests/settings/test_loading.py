"""Settings are read strictly, and what is wrong is told in one line."""

import os
import stat
import threading
from dataclasses import fields
from datetime import time
from pathlib import Path

import pytest
from sqlalchemy import make_url

from snapshot_core.errors import SettingsError
from snapshot_core.settings.declaration import declared_in, settings_help
from snapshot_core.settings.parsers import ROOT
from snapshot_core.settings.secret_key import key_file, make_secret_key, secret_key
from snapshot_core.settings.table import Settings
from snapshot_core.sources.registry import SOURCES, declared_settings, load_settings
from snapshot_core.sources.tiktok.settings import TikTokSettings
from snapshot_core.sources.youtube.settings import YouTubeSettings
from snapshot_core.zones import zone_of_machine

TABLES = [Settings, *dict.fromkeys(source.settings for source in SOURCES.values())]


def loaded(**environ: str) -> Settings:
    return load_settings({"TZ": "UTC", **environ}, env_file=None)


def complaint(**environ: str) -> str:
    with pytest.raises(SettingsError) as refused:
        loaded(**environ)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_without_any_setting_the_defaults_hold() -> None:
    settings = loaded()
    assert settings.database_url == f"sqlite:///{ROOT}/data/truegrowth.db"
    assert settings.time_zone.key == "UTC"
    assert settings.snapshot_at == time(0, 0)
    assert settings.secret_key is None


def test_each_setting_is_read() -> None:
    settings = loaded(
        DATABASE_URL="postgresql+psycopg://me:pass@db/growth",
        TRUEGROWTH_TIME_ZONE="America/Argentina/Ushuaia",
        TRUEGROWTH_SNAPSHOT_AT="03:30",
        TRUEGROWTH_SECRET_KEY="k" * 44,
    )
    assert settings.database_url == "postgresql+psycopg://me:pass@db/growth"
    assert settings.time_zone.key == "America/Argentina/Ushuaia"
    assert settings.snapshot_at == time(3, 30)
    assert settings.secret_key == "k" * 44


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_a_field_is_called_as_its_setting_and_says_what_it_means(table: type) -> None:
    declared = declared_in(table)
    assert declared.keys() == {field.name for field in fields(table)} - {"sections"}
    for name, setting in declared.items():
        assert setting.name.lower().removeprefix("truegrowth_").endswith(name)
        assert setting.default
        assert setting.meaning


def test_no_name_is_declared_twice() -> None:
    names = [setting.name for setting in declared_settings()]
    assert len(set(names)) == len(names)


def test_the_settings_of_a_source_are_read_too() -> None:
    settings = loaded(TRUEGROWTH_YOUTUBE_KEEP_DAYS="0", TRUEGROWTH_TIKTOK_API_BASE="https://a.b/c/")
    assert settings.section(YouTubeSettings) == YouTubeSettings(keep_days=0)
    assert settings.section(TikTokSettings).api_base == "https://a.b/c"


def test_a_section_that_was_not_loaded_has_its_defaults() -> None:
    assert Settings().section(YouTubeSettings).keep_days == 30


def test_help_tells_every_setting_with_its_default() -> None:
    text = settings_help(declared_settings())
    assert "  TRUEGROWTH_WORKERS (default: 4)\n      how many accounts" in text
    assert "see the guide (docs/tiktok-app.md)" in text
    assert all(f"  {setting.name} (default: " in text for setting in declared_settings())


def test_an_empty_value_is_no_value() -> None:
    empty = {setting.name: " " for setting in declared_settings()}
    assert loaded(**empty) == loaded()


def test_other_programs_variables_are_none_of_ours() -> None:
    assert loaded(PORT="x", DATABASE="?", truegrowth_x="1") == loaded()


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("TRUEGROWTH_TIMEZONE", "TRUEGROWTH_TIME_ZONE"),
        ("TRUEGROWTH_SNAPSHOTS_AT", "TRUEGROWTH_SNAPSHOT_AT"),
        ("TRUEGROWTH_SECRET", "TRUEGROWTH_SECRET_KEY"),
    ],
)
def test_an_unknown_name_is_answered_with_the_one_that_was_meant(name: str, meant: str) -> None:
    assert f"{name} is not a setting. Did you mean {meant}?" in complaint(**{name: "x"})


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DATABASE_URL", "data/truegrowth.db", "must begin with sqlite:///"),
        ("DATABASE_URL", "postgres://db/growth", "begins with 'postgres'"),
        ("DATABASE_URL", "mysql://db/growth", "begins with 'mysql'"),
        ("DATABASE_URL", "postgresql+psycopg://db:port/growth", "must begin with"),
        ("DATABASE_URL", "sqlite://", "must name a file"),
        ("DATABASE_URL", "sqlite:///:memory:", "must name a file"),
        ("TRUEGROWTH_TIME_ZONE", "berlin", "did you mean Europe/Berlin?"),
        ("TRUEGROWTH_TIME_ZONE", "europe/berln", "did you mean Europe/Berlin?"),
        ("TRUEGROWTH_TIME_ZONE", "New York", "did you mean America/New_York?"),
        ("TRUEGROWTH_TIME_ZONE", "Europe", "is 'Europe'"),
        ("TRUEGROWTH_TIME_ZONE", "../../etc/passwd", "is not an IANA time zone"),
        ("TRUEGROWTH_TIME_ZONE", "qqqqqq", "use one such as Europe/Berlin"),
        ("TRUEGROWTH_SNAPSHOT_AT", "24:00", "HH:MM from 00:00 to 23:59"),
        ("TRUEGROWTH_SNAPSHOT_AT", "3:30", "HH:MM"),
        ("TRUEGROWTH_SNAPSHOT_AT", "03:30:00", "HH:MM"),
        ("TRUEGROWTH_SNAPSHOT_AT", "٠٣:٣٠", "HH:MM"),
        ("TRUEGROWTH_SNAPSHOT_AT", "midnight", "HH:MM"),
        ("TRUEGROWTH_SECRET_KEY", "hunter2", "has 7 characters and needs at least 32"),
    ],
)
def test_a_bad_value_is_named_with_its_remedy(name: str, value: str, says: str) -> None:
    text = complaint(**{name: value})
    assert text.startswith(f"{name} ")
    assert says in text


def test_no_secret_is_ever_shown() -> None:
    assert "hunter2" not in complaint(TRUEGROWTH_SECRET_KEY="hunter2")
    assert "hunter2" not in complaint(DATABASE_URL="postgres://me:hunter2@db/growth")
    shown = repr(
        loaded(
            DATABASE_URL="postgresql+psycopg://me:hunter2@db/growth",
            TRUEGROWTH_SECRET_KEY="hunter2" * 5,
            TRUEGROWTH_TIKTOK_CLIENT_SECRET="hunter2",
            TRUEGROWTH_YOUTUBE_API_KEY="hunter2",
        )
    )
    assert "hunter2" not in shown


def test_a_relative_file_lies_in_the_projects_folder_whatever_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert loaded(DATABASE_URL="sqlite:///x.db").database_url == f"sqlite:///{ROOT}/x.db"
    assert loaded(DATABASE_URL=f"sqlite:///{tmp_path}/x.db").database_url == (
        f"sqlite:///{tmp_path}/x.db"
    )


class TestFile:
    def load(self, tmp_path: Path, content: str, **environ: str) -> Settings:
        file = tmp_path / ".env"
        file.write_text(content, encoding="utf-8")
        return load_settings({"TZ": "UTC", **environ}, file)

    def test_it_is_read_as_it_stands(self, tmp_path: Path) -> None:
        content = "# ours\nexport TRUEGROWTH_SNAPSHOT_AT='02:15'  # after the backup\nPORT=1\n"
        assert self.load(tmp_path, content).snapshot_at == time(2, 15)
        url = "postgresql+psycopg://me:a${TZ}b@db/growth"
        assert self.load(tmp_path, f"DATABASE_URL={url}\n").database_url == url

    def test_the_environment_wins(self, tmp_path: Path) -> None:
        settings = self.load(
            tmp_path, "TRUEGROWTH_SNAPSHOT_AT=02:15", TRUEGROWTH_SNAPSHOT_AT="04:00"
        )
        assert settings.snapshot_at == time(4, 0)

    @pytest.mark.parametrize("line", ["TRUEGROWTH_SNAPSHOT_AT", "= 3", "TRUEGROWTH_X='"])
    def test_a_line_that_sets_nothing_is_named(self, tmp_path: Path, line: str) -> None:
        with pytest.raises(SettingsError, match=r"\.env, line 2: not a setting"):
            self.load(tmp_path, f"PORT=1\n{line}\n")

    def test_an_unknown_name_in_it_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError, match="TRUEGROWTH_SNAPSHOT is not a setting"):
            self.load(tmp_path, "TRUEGROWTH_SNAPSHOT=02:15")

    def test_a_binary_file_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_bytes(b"\xff\xfe\x00A")
        with pytest.raises(SettingsError, match="UTF-8"):
            load_settings({}, tmp_path / ".env")


class TestMachinesZone:
    def etc(self, tmp_path: Path, timezone: str | None, localtime: str | None) -> Path:
        if timezone is not None:
            (tmp_path / "timezone").write_text(timezone, encoding="utf-8")
        if localtime is not None:
            (tmp_path / "localtime").symlink_to(localtime)
        return tmp_path

    @pytest.mark.parametrize(
        ("tz", "timezone", "localtime", "zone"),
        [
            ("Asia/Tokyo", "Europe/Rome\n", None, "Asia/Tokyo"),
            (":Asia/Tokyo", None, None, "Asia/Tokyo"),
            (":/usr/share/zoneinfo/Asia/Tokyo", None, None, "Asia/Tokyo"),
            ("CET-1CEST,M3.5.0,M10.5.0/3", "Europe/Rome\n", None, "Europe/Rome"),
            ("", "Europe/Rome\n", "/usr/share/zoneinfo/Asia/Tokyo", "Europe/Rome"),
            ("", "Nowhere/At_all", "../usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo"),
            ("", "Eur\u00f6pe", "/var/db/timezone/zoneinfo/Asia/Tokyo", "Asia/Tokyo"),
            ("", "", "/usr/share/zoneinfo/posix/Asia/Tokyo", "Asia/Tokyo"),
            ("", None, "/somewhere/else", "UTC"),
            ("", None, None, "UTC"),
        ],
    )
    def test_it_is_found_in_the_usual_places(
        self,
        tmp_path: Path,
        tz: str,
        timezone: str | None,
        localtime: str | None,
        zone: str,
    ) -> None:
        assert zone_of_machine({"TZ": tz}, self.etc(tmp_path, timezone, localtime)).key == zone

    def test_a_setting_wins_over_it(self) -> None:
        settings = loaded(TZ="Asia/Tokyo", TRUEGROWTH_TIME_ZONE="Europe/Rome")
        assert settings.time_zone.key == "Europe/Rome"


class TestSecretKey:
    def settings(self, tmp_path: Path, **environ: str) -> Settings:
        return loaded(DATABASE_URL=f"sqlite:///{tmp_path}/new/growth.db", **environ)

    def test_one_that_is_set_is_used_and_none_is_made(self, tmp_path: Path) -> None:
        settings = self.settings(tmp_path, TRUEGROWTH_SECRET_KEY="s" * 40)
        assert secret_key(settings) == "s" * 40
        assert not key_file(settings).exists()

    def test_it_is_made_once_beside_the_database_for_its_owner_only(self, tmp_path: Path) -> None:
        settings = self.settings(tmp_path)
        make_secret_key(settings)
        key = secret_key(settings)
        assert len(key) == 44
        make_secret_key(settings)
        assert secret_key(settings) == key
        file = key_file(settings)
        assert file.parent == Path(str(make_url(settings.database_url).database)).parent
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert [each.name for each in file.parent.iterdir()] == [file.name]

    def test_reading_it_never_makes_it(self, tmp_path: Path) -> None:
        settings = self.settings(tmp_path)
        with pytest.raises(SettingsError, match=r"no secret key at .*secret.key.*put it back"):
            secret_key(settings)
        assert not key_file(settings).parent.exists()

    @pytest.mark.parametrize("umask", [0o000, 0o777])
    def test_it_is_its_owners_alone_under_any_umask(self, tmp_path: Path, umask: int) -> None:
        settings, before = self.settings(tmp_path), os.umask(umask)
        try:
            make_secret_key(settings)
        finally:
            os.umask(before)
        assert stat.S_IMODE(key_file(settings).stat().st_mode) == 0o600

    def test_all_who_ask_first_at_once_get_the_same(self, tmp_path: Path) -> None:
        settings, keys, start = self.settings(tmp_path), set(), threading.Barrier(8)

        def ask() -> None:
            start.wait()
            make_secret_key(settings)
            keys.add(secret_key(settings))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(keys) == 1

    def test_a_broken_file_is_told_and_never_replaced(self, tmp_path: Path) -> None:
        settings = self.settings(tmp_path)
        make_secret_key(settings)
        key_file(settings).write_bytes(b"")
        with pytest.raises(SettingsError, match="is empty"):
            secret_key(settings)

    def test_with_postgresql_it_lies_in_the_projects_data(self) -> None:
        settings = loaded(DATABASE_URL="postgresql+psycopg://db/growth")
        assert key_file(settings) == ROOT / "data" / "secret.key"
