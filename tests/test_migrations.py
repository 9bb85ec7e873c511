"""Migrations run up, down and up again with rows in the tables, and the models equal the head."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from surveyapp.storage import migrations
from surveyapp.storage.database import Database
from surveyapp.storage.tables import AuditRow, UnitRow

NOW = datetime(2018, 11, 20, 6, 0, tzinfo=UTC)


def _fill(url: str) -> None:
    database = Database(url)
    with database.transaction() as session:
        session.add(UnitRow(parent_id=None, path="/1/", code="all", name="全部单位"))
        session.add(
            AuditRow(at=NOW, actor_id=None, action="test", object_kind="unit", object_id="1", detail={"a": 1})
        )
    database.close()


def test_the_models_equal_the_newest_migration(bare_database_url: str) -> None:
    migrations.upgrade(bare_database_url)
    assert migrations.differences(bare_database_url) == []
    assert migrations.current(bare_database_url) == migrations.head()


def test_migrations_go_up_down_and_up_again_with_rows(bare_database_url: str) -> None:
    migrations.upgrade(bare_database_url)
    _fill(bare_database_url)
    migrations.downgrade(bare_database_url, "base")
    assert migrations.current(bare_database_url) is None
    migrations.upgrade(bare_database_url)
    _fill(bare_database_url)
    assert migrations.differences(bare_database_url) == []


def test_upgrading_twice_changes_nothing(bare_database_url: str) -> None:
    migrations.upgrade(bare_database_url)
    _fill(bare_database_url)
    migrations.upgrade(bare_database_url)
    database = Database(bare_database_url)
    with database.reading() as session:
        assert session.query(UnitRow).count() == 1
    database.close()


@pytest.mark.parametrize("deed", ["UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log"])
def test_rows_that_are_written_once_cannot_be_changed_even_by_hand(database_url: str, deed: str) -> None:
    _fill(database_url)
    database = Database(database_url)
    with pytest.raises(DatabaseError, match="written once"), database.transaction() as session:
        session.execute(text(deed))
    with database.reading() as session:
        assert session.query(AuditRow).one().action == "test"
    database.close()


def test_widening_the_kinds_keeps_rows_and_triggers_and_lets_new_kinds_in(bare_database_url: str) -> None:
    migrations.upgrade(bare_database_url, "0003")
    insert = text("INSERT INTO questionnaires (id, form_id, kind) VALUES (:id, :form, :kind)")
    database = Database(bare_database_url)
    with database.transaction() as session:
        session.execute(insert, {"id": 1, "form": "one", "kind": "survey"})
    with pytest.raises(DatabaseError), database.transaction() as session:
        session.execute(insert, {"id": 2, "form": "two", "kind": "callback"})
    database.close()
    migrations.upgrade(bare_database_url)
    _fill(bare_database_url)
    database = Database(bare_database_url)
    with database.transaction() as session:
        session.execute(insert, {"id": 3, "form": "three", "kind": "callback"})
    with pytest.raises(DatabaseError), database.transaction() as session:
        session.execute(insert, {"id": 4, "form": "four", "kind": "other"})
    with pytest.raises(DatabaseError, match="written once"), database.transaction() as session:
        session.execute(text("DELETE FROM audit_log"))
    with database.reading() as session:
        assert set(session.scalars(text("SELECT kind FROM questionnaires"))) == {"survey", "callback"}
    database.close()
