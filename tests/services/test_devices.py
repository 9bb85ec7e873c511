"""Devices: a secret works one way, for one person, until it is revoked; nobody issues beyond his scope."""

from __future__ import annotations

import base64
import json
import zlib

import pytest

from surveyapp.gateways.refusal import Refusal
from surveyapp.services import accounts, devices
from surveyapp.services.devices import Issued, NewDevice
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import AuditRow, DeviceRow
from tests.data import hashes
from tests.data.rounds import PASSWORD, Round, actor_of


def issued(platform: Platform, made: Round, login: str = "evaluator", way: str = "address") -> Issued:
    wanted = NewDevice("平板 1", login, way, (made.id,))
    outcome = devices.issue(platform, made.people["lead"], wanted)
    assert isinstance(outcome, Issued), outcome
    return outcome


def test_a_token_in_the_address_is_its_person_in_its_rounds(platform: Platform, made: Round) -> None:
    device = devices.find_by_address(platform, issued(platform, made).secret)
    assert device is not None
    assert device.person.login == "evaluator"
    assert [row.code for row in device.rounds] == ["r1"]
    assert device.collects("visit")
    assert not device.collects("interview")


def test_a_secret_works_in_its_own_way_only(platform: Platform, made: Round) -> None:
    token, password = issued(platform, made).secret, issued(platform, made, way="password").secret
    assert devices.find_by_password(platform, "evaluator", token) is None
    assert devices.find_by_address(platform, password) is None
    assert devices.find_by_password(platform, "Evaluator", password) is not None
    assert devices.find_by_password(platform, "interviewer", password) is None
    assert devices.find_by_password(platform, "", password) is None


def test_only_a_keyed_hash_of_the_secret_is_stored(platform: Platform, made: Round) -> None:
    one = issued(platform, made)
    with platform.database.reading() as session:
        row = session.query(DeviceRow).one()
        lines = session.query(AuditRow).filter_by(action="device.issue").all()
    assert one.secret not in " ".join(map(str, vars(row).values()))
    assert len(lines) == 1
    assert one.secret not in str(lines[0].detail)


def test_a_revoked_device_and_one_of_a_closed_account_are_strangers(platform: Platform, made: Round) -> None:
    one, other = issued(platform, made), issued(platform, made, "interviewer")
    assert devices.revoke(platform, made.people["lead"], one.device_id)
    assert devices.revoke(platform, made.people["lead"], one.device_id)
    assert devices.find_by_address(platform, one.secret) is None
    accounts.deactivate(platform, "interviewer")
    assert devices.find_by_address(platform, other.secret) is None


def test_nobody_issues_or_revokes_beyond_his_own_scope(platform: Platform, made: Round) -> None:
    with hashes.cheap():
        accounts.create_user(platform, "local", "甲厅负责人", PASSWORD)
        accounts.grant(platform, "local", "lead", "hall-a")
    local = actor_of(platform, "local")
    outcome = devices.issue(platform, local, NewDevice("平板", "evaluator", "address", (made.id,)))
    assert isinstance(outcome, Refusal)
    assert outcome.code == "person"
    assert not devices.revoke(platform, local, issued(platform, made).device_id)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": " "}, "name"),
        ({"name": "平\n板"}, "name"),
        ({"login": "lead"}, "person"),
        ({"login": "nobody"}, "person"),
        ({"round_ids": ()}, "round"),
        ({"round_ids": (999,)}, "round"),
        ({"place": "site:999"}, "place"),
        ({"place": "site:x"}, "place"),
        ({"place": "unit:nowhere"}, "place"),
    ],
)
def test_what_cannot_be_issued_is_refused_with_a_sentence(
    platform: Platform, made: Round, changed: dict[str, object], code: str
) -> None:
    values = {"name": "平板", "login": "evaluator", "way": "address", "round_ids": (made.id,), "place": ""}
    outcome = devices.issue(platform, made.people["lead"], NewDevice(**(values | changed)))  # type: ignore[arg-type]
    assert isinstance(outcome, Refusal)
    assert outcome.code == code


def test_the_settings_code_is_what_collect_reads(platform: Platform, made: Round) -> None:
    one = issued(platform, made, way="password")
    text = devices.collect_settings("https://survey.example.org/openrosa", one)
    read = json.loads(zlib.decompress(base64.b64decode(text)))
    assert read["general"]["server_url"] == "https://survey.example.org/openrosa"
    assert (read["general"]["username"], read["general"]["password"]) == ("evaluator", one.secret)
    assert read["project"]["name"] == "平板 1"
    assert read["admin"] == {}
