"""Devices that speak OpenRosa: issue, recognise, revoke. A secret is shown once and kept as a keyed hash.

A device acts for one person, within that person's roles as they are now, and only in its own rounds.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from surveyapp.evaluation.kinds import collected_by
from surveyapp.gateways.passwords import random_password
from surveyapp.gateways.refusal import Refusal
from surveyapp.services.accounts import Actor
from surveyapp.services.auditing import note_deed
from surveyapp.services.installation import Platform
from surveyapp.storage import devices, people, places, rounds
from surveyapp.storage.database import Session
from surveyapp.storage.devices import Held
from surveyapp.storage.tables import RoundRow, UnitRow, UserRow
from surveyapp.storage.tables.people import ROLES

__all__ = [
    "ACCEPTING",
    "COLLECTS",
    "ISSUERS",
    "ROLES",
    "Device",
    "Issued",
    "NewDevice",
    "collect_settings",
    "find_by_address",
    "find_by_password",
    "issue",
    "may_manage",
    "revoke",
]
NAME_LENGTH = 100
PASSWORD_SIGNS = 25  # of about 5.7 bits each: 142 bits
ACCEPTING = ("open", "closing")  # states of a round in which records are taken
ISSUERS = ("lead", "admin")
COLLECTS: Mapping[str, frozenset[str]] = {role: kinds for role in ROLES if (kinds := collected_by((role,)))}
"""Which kinds of records a role collects; a person without such a role sends nothing."""


@dataclass(frozen=True)
class NewDevice:
    """What was typed: `place` is '', 'unit:CODE' or 'site:ID', where the device stands."""

    name: str
    login: str
    way: str
    round_ids: tuple[int, ...]
    place: str = ""


@dataclass(frozen=True)
class Issued:
    """A device with its secret, which is nowhere else."""

    device_id: int
    name: str
    login: str
    way: str
    secret: str


@dataclass(frozen=True)
class Device:
    """A device that proved itself: its person with the roles held now, its rounds, where it stands."""

    id: int
    name: str
    person: Actor
    rounds: tuple[RoundRow, ...]
    unit_id: int | None
    site_id: int | None

    def collects(self, kind: str) -> bool:
        """Whether the person collects records of this kind anywhere."""
        return any(kind in COLLECTS.get(role, ()) for role, _path in self.person.roles)

    def covers(self, path: str, kind: str) -> bool:
        """Whether the person collects records of this kind at the unit with this path."""
        return any(path.startswith(top) and kind in COLLECTS.get(role, ()) for role, top in self.person.roles)

    def tops(self) -> tuple[str, ...]:
        """The subtrees of units the person collects in."""
        return tuple(sorted({top for role, top in self.person.roles if role in COLLECTS}))


def issue(platform: Platform, actor: Actor, wanted: NewDevice) -> Issued | Refusal:
    """Issue a device for a person whose whole collecting scope the actor covers as lead or admin."""
    name = wanted.name.strip()
    if not name or len(name) > NAME_LENGTH or not name.isprintable():
        return Refusal.of(
            "name",
            f"请填写设备名称，不超过 {NAME_LENGTH} 个字。",
            f"Name the device, in at most {NAME_LENGTH} characters.",
        )
    by_address = wanted.way == "address"
    secret = secrets.token_urlsafe(24) if by_address else random_password(PASSWORD_SIGNS)
    now = platform.clock()
    with platform.database.transaction() as session:
        user = people.find_user(session, wanted.login)
        refusal = _person_refusal(session, actor, user) or _rounds_refusal(session, wanted.round_ids)
        if refusal is not None or user is None:
            return refusal or _unknown_person()
        place = _place(session, actor, wanted.place)
        if isinstance(place, Refusal):
            return place
        device_id = devices.add_device(
            session,
            sorted(set(wanted.round_ids)),
            name=name,
            user_id=user.id,
            way="address" if by_address else "password",
            secret_hash=_hash(platform, by_address, secret),
            unit_id=place[0],
            site_id=place[1],
            created_at=now,
            created_by=actor.id,
        )
        note_deed(session, now, actor.id, "device.issue", "device", device_id, name=name, login=user.login)
    return Issued(device_id, name, user.login, "address" if by_address else "password", secret)


def _unknown_person() -> Refusal:
    return Refusal.of(
        "person",
        "请选择一位在用的、负责采集的人员，并且其范围在您的范围之内。",
        "Choose an active person who collects records, inside your own scope.",
    )


def _person_refusal(session: Session, actor: Actor, user: UserRow | None) -> Refusal | None:
    if user is None or not user.is_active:
        return _unknown_person()
    held = [unit.path for role, unit in people.roles_of(session, user.id) if role.role in COLLECTS]
    if not held or not all(actor.covers(path, *ISSUERS) for path in held):
        return _unknown_person()
    return None


def _rounds_refusal(session: Session, round_ids: tuple[int, ...]) -> Refusal | None:
    found = [rounds.find_round(session, round_id) for round_id in round_ids]
    if not found or any(row is None or row.state == "closed" for row in found):
        return Refusal.of(
            "round", "请至少选择一个尚未结束的轮次。", "Choose at least one round that is not closed."
        )
    return None


def _place(session: Session, actor: Actor, text: str) -> tuple[int | None, int | None] | Refusal:
    """(unit id, site id) of where the device stands, both None for nowhere in particular."""
    kind, _, code = text.partition(":")
    unit: UnitRow | None = None
    site_id: int | None = None
    if not text:
        return None, None
    if kind == "unit":
        unit = places.find_unit(session, code)
    elif kind == "site" and code.isascii() and code.isdigit() and len(code) < 10:
        found = places.site_with_unit(session, int(code))
        if found is not None:
            site_id, unit = found[0].id, found[1]
    if unit is None or not actor.covers(unit.path, *ISSUERS):
        return Refusal.of(
            "place", "请从列表中选择设备所在的地点。", "Choose the device's place from the list."
        )
    return unit.id, site_id


def revoke(platform: Platform, actor: Actor, device_id: int) -> bool:
    """Revoke a device at once; False when there is none the actor may revoke. Twice changes nothing."""
    now = platform.clock()
    with platform.database.transaction() as session:
        row = devices.find_device(session, device_id)
        if row is None or not may_manage(session, actor, row.user_id):
            return False
        if row.revoked_at is None:
            row.revoked_at = now
            note_deed(session, now, actor.id, "device.revoke", "device", device_id)
        return True


def may_manage(session: Session, actor: Actor, user_id: int) -> bool:
    """Whether the actor may see and revoke a person's devices: covers all that the person holds."""
    return all(actor.covers(unit.path, *ISSUERS) for _role, unit in people.roles_of(session, user_id))


def find_by_address(platform: Platform, token: str) -> Device | None:
    """The device whose token stands in the address; None when unknown, revoked or its account closed."""
    return _recognised(platform, _hash(platform, True, token), "")


def find_by_password(platform: Platform, login: str, password: str) -> Device | None:
    """The device of a login with this app password; None when unknown, revoked or its account closed."""
    return _recognised(platform, _hash(platform, False, password.strip()), login.strip().lower() or "?")


def _hash(platform: Platform, by_address: bool, secret: str) -> str:
    """A keyed hash; the way is part of it, so that a password never works as an address or the reverse."""
    text = f"{'address' if by_address else 'password'}:{secret[:200]}"
    key = platform.key("device secret")
    return hmac.new(key, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _recognised(platform: Platform, secret_hash: str, login: str) -> Device | None:
    now = platform.clock()
    with platform.database.reading() as session:
        held = devices.find_held(session, secret_hash)
    if held is None or held.row.revoked_at is not None or not held.user.is_active:
        return None
    if login and held.user.login != login:
        return None
    if held.row.seen_at is None or now - held.row.seen_at > timedelta(minutes=1):
        with platform.database.transaction() as session:
            devices.set_seen(session, held.row.id, now)
    return _device(held)


def _device(held: Held) -> Device:
    user = held.user
    actor = Actor(user.id, user.login, user.name, user.language, held.roles)
    return Device(held.row.id, held.row.name, actor, held.rounds, held.row.unit_id, held.row.site_id)


def collect_settings(server: str, issued: Issued) -> str:
    """What Collect's settings QR code holds: JSON, deflated with zlib, in base64."""
    general: dict[str, object] = {
        "protocol": "odk_default",
        "server_url": server,
        "form_update_mode": "match_exactly",
        "periodic_form_updates_check": "every_fifteen_minutes",
        "autosend": "wifi_and_cellular",
        "metadata_username": issued.login,
    }
    if issued.way == "password":
        general |= {"username": issued.login, "password": issued.secret}
    settings = {"general": general, "admin": {}, "project": {"name": issued.name[:40]}}
    text = json.dumps(settings, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii")
