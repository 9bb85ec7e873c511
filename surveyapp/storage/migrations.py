"""Bring a database to a schema version; never called while answers are being taken."""

from __future__ import annotations

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from surveyapp.config import resource
from surveyapp.storage.database import engine_for
from surveyapp.storage.tables import Table


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(resource("migrations")))
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Run migrations up to `revision`, in one transaction."""
    _run(url, "upgrade", revision)


def downgrade(url: str, revision: str) -> None:
    """Run migrations down to `revision` ('base' empties the database)."""
    _run(url, "downgrade", revision)


def _run(url: str, verb: str, revision: str) -> None:
    engine = engine_for(url)
    config = _config()
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            getattr(command, verb)(config, revision)
    finally:
        engine.dispose()


def current(url: str) -> str | None:
    """The revision a database stands at; None for an empty one."""
    engine = engine_for(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def head() -> str | None:
    """The newest revision of this code."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def differences(url: str) -> list[object]:
    """What the models have that the database has not, or the other way round; [] when equal."""
    engine = engine_for(url)
    try:
        with engine.connect() as connection:
            return list(compare_metadata(MigrationContext.configure(connection), Table.metadata))
    finally:
        engine.dispose()
