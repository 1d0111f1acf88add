"""Creating the tables and bringing them up to date."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from snapshot_core.errors import StoreError
from snapshot_core.store.database import Store
from snapshot_core.store.dialects import one_at_a_time


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", "snapshot_core:migrations")
    config.attributes["connection"] = connection
    return config


def upgrade(store: Store) -> None:
    """Create the tables, or bring them to this version's form, in one transaction."""
    with store.write() as connection:
        one_at_a_time(connection)  # two programs may start at once on an empty database
        head, current = _head(), MigrationContext.configure(connection).get_current_revision()
        scripts = ScriptDirectory.from_config(_config()).walk_revisions()
        known = {script.revision for script in scripts}
        if current is not None and current not in known:
            raise StoreError(
                f"The database is of a newer version ({current}) than this program ({head}). "
                "Update the program."
            )
        if current != head:
            command.upgrade(_config(connection), "head")


def _head() -> str:
    return ScriptDirectory.from_config(_config()).get_current_head() or ""
