"""What every service needs in one hand: settings, database, files, clock, and forms read once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from surveyapp.config import Settings, UnsafeSettings, unsafe
from surveyapp.forms.expression import Expression
from surveyapp.forms.form import Form, load_form
from surveyapp.forms.registers import registers_wanted, with_registers
from surveyapp.services.memory import Memory
from surveyapp.storage.database import Database, NotDurable, StorageUnavailable, Unstorable
from surveyapp.storage.files import FileStore
from surveyapp.storage.migrations import upgrade
from surveyapp.storage.questionnaires import file_digests, find_xform
from surveyapp.storage.records import get_kind
from surveyapp.storage.registers import register_rows, register_stamp

__all__ = [
    "NotDurable",
    "Platform",
    "StorageUnavailable",
    "UnknownVersion",
    "UnsafeSettings",
    "Unstorable",
]


def server_clock() -> datetime:
    """The server's clock, aware, in UTC."""
    return datetime.now(UTC)


class UnknownVersion(LookupError):
    """No such questionnaire version."""


@dataclass(frozen=True, eq=False)
class Platform:
    """One running installation."""

    settings: Settings
    database: Database
    files: FileStore
    secret: bytes
    clock: Callable[[], datetime] = server_clock
    memory: Memory = field(default_factory=Memory)
    _forms: dict[int, Form] = field(default_factory=dict)
    _rounds: dict[tuple[int, int], tuple[Any, Form]] = field(default_factory=dict)
    _kinds: dict[int, str] = field(default_factory=dict)
    _expressions: dict[tuple[int, str], Expression] = field(default_factory=dict)

    @classmethod
    def open(cls, settings: Settings, clock: Callable[[], datetime] = server_clock) -> Platform:
        """Check the settings, migrate the database, open it. Raises UnsafeSettings, NotDurable."""
        if found := unsafe(settings):
            raise UnsafeSettings(" ".join(found))
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        upgrade(settings.database)
        database = Database(settings.database)
        if settings.environment == "production":
            database.assert_durable()
        return cls(settings, database, FileStore(settings.files_dir), _secret(settings), clock)

    def form(self, version_id: int, round_id: int | None = None) -> Form:
        """The form of a published version; parsed once, since a published version never changes.

        With a round, the registers the form chooses from hold what is in the round's scope now: new places
        at once, renamed ones within a minute. Without one they are empty.
        """
        if version_id not in self._forms:
            self._forms[version_id] = self._read_form(version_id)
        form = self._forms[version_id]
        wanted = registers_wanted(form)
        return self._in_round(form, version_id, round_id, wanted) if wanted and round_id else form

    def _read_form(self, version_id: int) -> Form:
        with self.database.reading() as session:
            xform = find_xform(session, version_id)
            digests = file_digests(session, version_id)
        if xform is None:
            raise UnknownVersion(version_id)
        return load_form(xform, {name: self.files.read(digest) for name, digest in digests.items()})

    def _in_round(self, form: Form, version_id: int, round_id: int, wanted: Sequence[str]) -> Form:
        minute = int(self.clock().timestamp() // 60)
        with self.database.reading() as session:
            stamp = (minute, register_stamp(session, round_id))
            held = self._rounds.get((version_id, round_id))
            if held is not None and held[0] == stamp:
                return held[1]
            rows = {name: register_rows(session, name, round_id) for name in wanted}
        filled = with_registers(form, rows)
        self._rounds[version_id, round_id] = (stamp, filled)
        return filled

    def kind(self, version_id: int) -> str:
        """The instrument kind of a published version; asked once, since it never changes."""
        if version_id not in self._kinds:
            with self.database.reading() as session:
                self._kinds[version_id] = get_kind(session, version_id)
        return self._kinds[version_id]

    def expression(self, version_id: int, text: str) -> Expression:
        """An expression over a version's questions, compiled once."""
        place = (version_id, text)
        if place not in self._expressions:
            self._expressions[place] = self.form(version_id).expression(text)
        return self._expressions[place]

    def key(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose, derived from the installation's secret."""
        return hmac.new(self.secret, purpose.encode(), hashlib.sha256).digest()

    def close(self) -> None:
        """Give back what is held open."""
        self.database.close()


def _secret(settings: Settings) -> bytes:
    """SECRET_KEY, or for a local installation a random one kept in the data folder (mode 600)."""
    if settings.secret_key:
        return settings.secret_key.encode()
    path = settings.data_dir / "secret-key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32), encoding="ascii")
    return path.read_text(encoding="ascii").strip().encode()
