"""The one list of instruments: everything that speaks of kinds agrees with it."""

from surveyapp.evaluation.kinds import ASSIGNED, KINDS, TASKS, collected_by
from surveyapp.services.devices import COLLECTS
from surveyapp.storage.tables.people import ROLES


def test_there_are_ten_kinds_with_two_names_each_and_known_roles() -> None:
    assert len(KINDS) == 10
    assert all(kind.zh and kind.en and kind.collectors <= set(ROLES) for kind in KINDS.values())
    assert len({kind.zh for kind in KINDS.values()}) == len({kind.en for kind in KINDS.values()}) == 10


def test_six_kinds_are_filed_on_the_general_page_and_calls_and_visits_are_planned_too() -> None:
    assert set(TASKS) == {"callback", "hall", "document", "panel", "publication", "self"}
    assert set(ASSIGNED) == {*TASKS, "call", "visit"}


def test_devices_collect_what_their_persons_roles_collect() -> None:
    assert COLLECTS["unit"] == collected_by(["unit"]) == {"self"}
    assert "panel" in COLLECTS["expert"]
    assert "survey" in COLLECTS["interviewer"]
    assert "lead" not in COLLECTS
