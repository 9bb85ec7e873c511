"""The heaviest records that come near the bounds, posted to an installation; weighed by tests.memory."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from surveyapp.application import create_app
from surveyapp.config import Settings
from surveyapp.services.installation import Platform
from tests.clock import Clock
from tests.data.rounds import make_round
from tests.data.work import publish_six
from tests.web.bad_fields import FIELDS
from tests.web.doors import FORMS, JSON, MULTIPART, OPENROSA, URLENCODED, Door, House, Posting, record


def deeds() -> dict[str, Callable[[], object]]:
    """Every deed with its body made ready, after one good record through its door."""
    folder = Path(tempfile.mkdtemp())
    clock = Clock()
    platform = Platform.open(Settings(data_dir=folder, secret_key="k" * 64), clock)
    made = make_round(platform)
    publish_six(platform)
    app = create_app(platform)
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    house = House(app, platform, made, clock)
    device, citizen, api = OPENROSA.fresh(house), FORMS[0].fresh(house), JSON[0].fresh(house)
    OPENROSA.send(house, device, record(device.good), MULTIPART)  # type: ignore[arg-type]
    found: dict[str, Callable[[], object]] = {}

    def ready(name: str, door: Door, at: Posting, body: bytes, kind: str, status: int) -> None:
        def deed() -> None:
            answer = door.send(house, at, body, kind)
            assert answer.status_code == status, (name, answer.status_code)

        found[name] = deed

    for name, inner, status in (
        ("elements up to the bound", b"<n>1</n>" * 39_000, 201),
        ("elements of their own name up to the bound", b"".join(b"<n%d/>" % n for n in range(79_000)), 201),
        ("a text up to the bound", b"<n>" + b"x" * 2_000_000 + b"</n>", 201),
        ("elements beyond the bound", b"<n>1</n>" * 200_000, 413),
    ):
        at = OPENROSA.fresh(house)
        assert isinstance(at.good, bytes)
        body = record(at.good.replace(b"</improvement>", inner + b"</improvement>"))
        ready(name, OPENROSA, at, body, MULTIPART, status)
    for name in ("a hundred thousand fields", "a hundred thousand instances"):
        ready(name, FORMS[0], citizen, FIELDS[name](citizen), URLENCODED, 413)
    many = b"&".join(b"f%d=%s" % (n, b"x" * 90) for n in range(19_000))
    ready("fields up to the bound", FORMS[0], citizen, many, URLENCODED, 422)
    for number in (49_000, 400_000):
        lists = json.dumps({"answers": [[1]] * number}).encode()
        ready(f"{number} lists", JSON[0], api, lists, "application/json", 400)
    return found
