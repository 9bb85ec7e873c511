"""Which unit, site, line and round a posted record belongs to, by its answers and its device.

A record is never refused for its place: what cannot be known, or is not the collector's, is flagged and
lies at the top of the collector's own scope until a reviewer sees it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from surveyapp.evaluation.flags import leaves
from surveyapp.forms.form import Form, Question
from surveyapp.services.devices import ACCEPTING, Device
from surveyapp.storage import devices, places
from surveyapp.storage.database import Session
from surveyapp.storage.tables import RoundRow, UnitRow

NAMES: Mapping[str, str] = {
    "line": "lines",
    "lines": "lines",
    "site": "sites",
    "site_code": "sites",
    "sites": "sites",
    "unit": "units",
    "unit_code": "units",
    "units": "units",
}
"""Questions of these names, and those that choose from these registers, tell the place by its code."""


@dataclass(frozen=True)
class Spot:
    """A unit with, as far as known, the site and the line there."""

    unit_id: int
    path: str
    site_id: int | None = None
    line_id: int | None = None
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """Where a record belongs. `told` are the codes by question name, for hidden questions left blank;
    `claimed` what the record itself said when that was not accepted."""

    around: RoundRow
    spot: Spot
    flags: tuple[str, ...]
    told: Mapping[str, str]
    claimed: Mapping[str, str]


def find_place(
    session: Session, device: Device, form: Form, kind: str, answers: Mapping[str, Any]
) -> Place | None:
    """The place of a record; None when none of the device's rounds takes records any more."""
    accepting = [row for row in device.rounds if row.state in ACCEPTING]
    if not accepting:
        return None
    named = _named(form, answers)
    spots = [spot for register, code in named.items() if (spot := _spot(session, register, code))]
    flags = ["place_mismatch"] if len({spot.unit_id for spot in spots}) > 1 else []
    spot = spots[0] if spots else _standing(session, device)
    claimed: Mapping[str, str] = {}
    if spot is not None and not device.covers(spot.path, kind):
        spot, claimed = None, named
        flags.append("outside_scope")
    known = spot or _only_unit(session, device, kind, accepting)
    if known is None:
        flags.append("unit_unknown")
        claimed = claimed or named
        return Place(accepting[0], _top(device, kind), tuple(flags), {}, claimed)
    scored = devices.rounds_of_unit(session, known.unit_id)
    around = next((row for row in accepting if row.id in scored), None)
    if around is None:
        flags.append("unit_not_in_round")
    return Place(around or accepting[0], known, tuple(flags), _told(known), claimed)


def _named(form: Form, answers: Mapping[str, Any]) -> dict[str, str]:
    """Register -> code that the answers name, the most exact register first."""
    found: dict[str, str] = {}
    registers = dict(_registers(form))
    for name, value in leaves(answers):
        register = registers.get(name)
        if register is not None and len(value) <= 64:
            found.setdefault(register, value)
    return {register: found[register] for register in ("lines", "sites", "units") if register in found}


def _registers(form: Form) -> Iterator[tuple[str, str]]:
    for question in form.questions:
        instance = question.itemset.instance if question.itemset is not None else ""
        register = NAMES.get(instance) or NAMES.get(question.name)
        if register is not None:
            yield question.name, register


def _spot(session: Session, register: str, code: str) -> Spot | None:
    if register == "units":
        unit = places.find_unit(session, code)
        return None if unit is None else Spot(unit.id, unit.path, codes={"units": unit.code})
    if register == "sites":
        found = places.find_site_by_code(session, code)
        return None if found is None else _site_spot(found[0].id, found[0].code, found[1])
    line = places.find_line_by_code(session, code)
    if line is None:
        return None
    row, unit, site_code = line
    codes = {"units": unit.code, "lines": row.code} | ({"sites": site_code} if site_code else {})
    return Spot(unit.id, unit.path, row.site_id, row.id, codes)


def _site_spot(site_id: int, code: str, unit: UnitRow) -> Spot:
    return Spot(unit.id, unit.path, site_id, codes={"units": unit.code, "sites": code})


def _standing(session: Session, device: Device) -> Spot | None:
    """Where the device stands; None when it was issued for no place."""
    if device.site_id is not None:
        found = places.site_with_unit(session, device.site_id)
        return None if found is None else _site_spot(found[0].id, found[0].code, found[1])
    unit = places.find_unit_by_id(session, device.unit_id) if device.unit_id is not None else None
    return None if unit is None else Spot(unit.id, unit.path, codes={"units": unit.code})


def _tops(device: Device, kind: str) -> list[str]:
    return [top for top in device.tops() if device.covers(top, kind)]


def _only_unit(session: Session, device: Device, kind: str, accepting: list[RoundRow]) -> Spot | None:
    """The unit that is all the person collects for, when it is one that is scored."""
    tops = _tops(device, kind)
    top = _top(device, kind)
    if len(tops) != 1 or not devices.rounds_of_unit(session, top.unit_id) & {row.id for row in accepting}:
        return None
    unit = places.find_unit_by_id(session, top.unit_id)
    return None if unit is None else Spot(unit.id, unit.path, codes={"units": unit.code})


def _top(device: Device, kind: str) -> Spot:
    """The topmost unit of the person's scope; a path such as '/1/4/' ends with the unit's own id."""
    path = min(_tops(device, kind), key=lambda top: (top.count("/"), top))
    return Spot(int(path.strip("/").rpartition("/")[2]), path)


def _told(spot: Spot) -> dict[str, str]:
    return {name: spot.codes[register] for name, register in NAMES.items() if register in spot.codes}


def fill_in(form: Form, answers: Mapping[str, Any], told: Mapping[str, str]) -> dict[str, str]:
    """Those of `told` whose question nobody is shown and nobody filled."""
    given = dict(leaves(answers))
    found = {name: form.find_by_name(name) for name in told}
    return {
        name: told[name]
        for name, item in found.items()
        if isinstance(item, Question) and item.type == "hidden" and not given.get(name)
    }
