"""What every service needs in one hand: settings, database, files, clock, and forms read once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from surveyapp.config import Settings, UnsafeSettings, unsafe
from surveyapp.forms.expression import Expression
from surveyapp.forms.form import Form, load_form
from surveyapp.storage.database import Database, NotDurable, StorageUnavailable
from surveyapp.storage.files import FileStore
from surveyapp.storage.migrations import upgrade
from surveyapp.storage.questionnaires import find_xform
from surveyapp.storage.records import get_kind

__all__ = ["NotDurable", "Platform", "StorageUnavailable", "UnknownVersion", "UnsafeSettings"]


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
    _forms: dict[int, Form] = field(default_factory=dict)
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

    def form(self, version_id: int) -> Form:
        """The form of a published version; parsed once, since a published version never changes."""
        if version_id not in self._forms:
            with self.database.reading() as session:
                xform = find_xform(session, version_id)
            if xform is None:
                raise UnknownVersion(version_id)
            self._forms[version_id] = load_form(xform)
        return self._forms[version_id]

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
