"""Records as ODK clients write them, and devices to send them with."""

from __future__ import annotations

import io
import uuid
from collections.abc import Mapping
from typing import Any

from PIL import Image

from surveyapp.forms.record_xml import to_xml
from surveyapp.services import devices
from surveyapp.services.devices import Device, Issued, NewDevice
from surveyapp.services.installation import Platform
from tests.data.rounds import Round, visit_submission


def instance_id() -> str:
    """A fresh id as clients make them."""
    return f"uuid:{uuid.uuid4()}"


def issued(
    platform: Platform, made: Round, login: str = "evaluator", way: str = "address", place: str = ""
) -> Issued:
    """A device for the person, in the round."""
    outcome = devices.issue(platform, made.people["lead"], NewDevice("平板 1", login, way, (made.id,), place))
    assert isinstance(outcome, Issued), outcome
    return outcome


def device(platform: Platform, made: Round, login: str = "evaluator", place: str = "") -> Device:
    """A device that has proved itself."""
    found = devices.find_by_address(platform, issued(platform, made, login, place=place).secret)
    assert found is not None
    return found


def record_xml(
    platform: Platform,
    version_id: int,
    answers: Mapping[str, Any],
    instance: str = "",
    deprecated: str = "",
    changes: tuple[tuple[str, str], ...] = (),
) -> bytes:
    """A record of a published version; `changes` are replacements in its text."""
    text = to_xml(platform.form(version_id), answers, instance_id=instance or instance_id())
    if deprecated:
        text = text.replace("</orx:meta>", f"<orx:deprecatedID>{deprecated}</orx:deprecatedID></orx:meta>")
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    return text.encode()


def visit_xml(platform: Platform, made: Round, instance: str = "", **changed: Any) -> bytes:
    """A mystery visit to the first hall; `deprecated` and `changes` as in `record_xml`, else answers."""
    deprecated, changes = changed.pop("deprecated", ""), changed.pop("changes", ())
    answers = dict(visit_submission(made, **changed).answers)
    return record_xml(platform, made.versions["visit"], answers, instance, deprecated, changes)


def photo(shade: int = 120) -> bytes:
    """A small JPEG."""
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 90, 60)).save(buffer, "JPEG")
    return buffer.getvalue()
