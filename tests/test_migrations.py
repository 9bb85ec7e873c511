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


def test_a_questionnaire_closed_everywhere_is_closed_in_every_round_and_back(bare_database_url: str) -> None:
    migrations.upgrade(bare_database_url, "0007")
    database = Database(bare_database_url)
    framework = (
        "INSERT INTO frameworks (id, code, version, title, sha256, created_at, source_rows, "
        "findings_file, decisions, profiles) VALUES (1, 'f', 1, 't', 'x', "
        "'2018-11-20 06:00:00+00:00', '[]', '{}', '[]', '{}')"
    )
    around = (
        "INSERT INTO rounds (id, code, title, framework_id, profile, state, starts_on, ends_on, "
        "retention_until, issuer, contact, is_demonstration, created_at) VALUES (:id, :code, 't', 1, 'S', "
        "'open', '2018-11-01', '2018-12-01', '2019-01-01', 'i', 'c', :demo, '2018-11-20 06:00:00+00:00')"
    )
    with database.transaction() as session:
        session.execute(text(framework))
        for number, code in ((1, "a"), (2, "b")):
            session.execute(text(around), {"id": number, "code": code, "demo": False})
        for number, state in ((1, "open"), (2, "closing"), (3, "closed")):
            session.execute(
                text(
                    "INSERT INTO questionnaires (id, form_id, kind, state) VALUES (:id, :form, 'survey', :s)"
                ),
                {"id": number, "form": f"q{number}", "s": state},
            )
    database.close()
    migrations.upgrade(bare_database_url)
    read = text("SELECT questionnaire_id, round_id, state FROM round_questionnaires ORDER BY 1, 2")
    database = Database(bare_database_url)
    with database.transaction() as session:
        assert [tuple(row) for row in session.execute(read)] == [
            (2, 1, "closing"), (2, 2, "closing"), (3, 1, "closed"), (3, 2, "closed"),
        ]  # fmt: skip
        session.execute(text("DELETE FROM round_questionnaires WHERE round_id = 1 AND questionnaire_id = 2"))
    database.close()
    migrations.downgrade(bare_database_url, "0007")
    database = Database(bare_database_url)
    with database.reading() as session:
        found = session.execute(text("SELECT id, state FROM questionnaires ORDER BY id"))
        assert [tuple(row) for row in found] == [(1, "open"), (2, "open"), (3, "closed")]
    database.close()
