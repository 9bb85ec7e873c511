"""Sign-ins and links of a first start: kept in a file only its owner can read, and printed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from surveyapp.services.installation import Platform
from surveyapp.services.printing import qr_terminal

FILE = "demo-access.json"


@dataclass(frozen=True)
class Access:
    """How to enter: the code of the citizens' link ('' for none), and (login, password) by role."""

    code: str = ""
    people: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    is_new: bool = False

    def citizen_url(self, platform: Platform) -> str:
        """The full address of the citizens' page."""
        return f"{platform.settings.public_url.rstrip('/')}/q/{self.code}"


def path(platform: Platform) -> Path:
    """Where the file lies."""
    return platform.settings.data_dir / FILE


def write(platform: Platform, access: Access) -> None:
    """Write the file with mode 600, whole or not at all."""
    content: dict[str, object] = {"citizen_url": access.citizen_url(platform)}
    content |= {
        role: {"login": login, "password": password} for role, (login, password) in access.people.items()
    }
    target = path(platform)
    partial = target.with_suffix(".part")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    partial.replace(target)


def read(platform: Platform) -> Access | None:
    """What an earlier start wrote; None when there is no such file."""
    target = path(platform)
    if not target.exists():
        return None
    content = json.loads(target.read_text(encoding="utf-8"))
    code = str(content.pop("citizen_url", "")).rpartition("/")[2]
    return Access(code, {role: (entry["login"], entry["password"]) for role, entry in content.items()})


def welcome(platform: Platform, access: Access | None) -> list[str]:
    """What the terminal shows: links, the QR code of the citizens' page, sign-ins."""
    base = platform.settings.public_url.rstrip("/")
    lines = ["", f"  surveyapp  {base}", f"  sign in    {base}/sign-in"]
    if access and access.code:
        address = access.citizen_url(platform)
        lines += [f"  citizen    {address}", "", qr_terminal(address), ""]
    if access:
        lines += [f"  {role:<12} {login:<14} {password}" for role, (login, password) in access.people.items()]
    if access and access.code:
        lines += ["", f"  These sign-ins are kept in {path(platform)}", "  演示数据，非真实评估"]
    elif access and access.is_new:
        lines += ["", "  This password is shown once and kept nowhere. Write it down now."]
    return [*lines, ""]
