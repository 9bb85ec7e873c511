"""What was computed is found under its key, and what was asked longest ago makes room."""

from __future__ import annotations

from surveyapp.services.memory import Memory


def test_a_value_is_found_under_its_key_until_another_takes_its_place() -> None:
    memory = Memory()
    assert memory.get("a") is None
    memory.put("a", 1, 10)
    memory.put("a", 2, 10)
    assert memory.get("a") == 2


def test_what_was_asked_longest_ago_makes_room() -> None:
    memory = Memory(most=22)
    memory.put("a", 1, 10)
    memory.put("b", 2, 10)
    assert memory.get("a") == 1
    memory.put("c", 3, 10)
    assert (memory.get("a"), memory.get("b"), memory.get("c")) == (1, None, 3)


def test_the_newest_is_kept_even_when_it_is_too_large() -> None:
    memory = Memory(most=5)
    memory.put("a", 1, 100)
    assert memory.get("a") == 1
    memory.put("b", 2, 1)
    assert (memory.get("a"), memory.get("b")) == (None, 2)
