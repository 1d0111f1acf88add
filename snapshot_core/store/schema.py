"""Creating the tables and bringing them up to date."""

from snapshot_core.errors import StoreError
from snapshot_core.store.database import Store
from snapshot_core.store.dialects import one_at_a_time


def upgrade(store: Store) -> None:
    """Create the tables, or bring them to this version's form, in one transaction.

    A SQLite file that is not there yet is made.
    """
    # Late: every command would need half as long again to start, and this one alone wants it.
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    store.make()
    with store.write() as connection:
        one_at_a_time(connection)  # two programs may start at once on an empty database
        config = Config()
        config.set_main_option("script_location", "snapshot_core:migrations")
        config.attributes["connection"] = connection
        scripts = ScriptDirectory.from_config(config)
        head = scripts.get_current_head()
        known = {script.revision for script in scripts.walk_revisions()}
        current = MigrationContext.configure(connection).get_current_revision()
        if current is not None and current not in known:
            raise StoreError(
                f"The database is of a newer version ({current}) than this program ({head}). "
                "Update the program."
            )
        if current != head:
            command.upgrade(config, "head")
