"""Every setting, and where things lie on disk. docs/settings.md describes each one.

`Settings.from_environment` reads them; `unsafe` says what must be mended before a production start.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

VERSION = "0.1.0"
ROOT = Path(__file__).resolve().parent.parent


class UnsafeSettings(Exception):
    """A start is refused; the message is the sentence that mends it."""


class Settings(BaseModel):
    """All settings of one installation; the environment variable is the name in upper case."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    environment: Literal["local", "production"] = "local"
    data_dir: Path = Field(default=ROOT / "data")
    database_url: str = ""
    jobs_url: str = ""
    public_url: str = "http://127.0.0.1:8000"
    secret_key: str = ""
    trusted_proxies: int = Field(default=0, ge=0, le=3)
    idle_minutes: int = Field(default=30, ge=5, le=720)
    max_upload_mb: int = Field(default=40, ge=1, le=200)
    twilio_account_sid: str = ""
    twilio_auth_token: str = ""
    twilio_from_number: str = ""
    twilio_api_base: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], **given: object) -> Settings:
        """Settings from variables; `given` wins. Raises UnsafeSettings naming the variable at fault."""
        names = {name.upper(): name for name in cls.model_fields}
        values: dict[str, object] = {
            names[key]: value for key, value in environment.items() if key in names and value != ""
        }
        values.update({name: value for name, value in given.items() if value is not None})
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0]).upper()
            raise UnsafeSettings(f"{name}: {first['msg']}. See docs/settings.md.") from None

    @property
    def database(self) -> str:
        """SQLAlchemy address of the database; SQLite in the data folder unless told otherwise."""
        return self.database_url or f"sqlite:///{self.data_dir / 'surveyapp.db'}"

    @property
    def jobs(self) -> str:
        """Address of the queue; a SQLite file in the data folder unless told otherwise."""
        return self.jobs_url or f"sqlite:///{self.data_dir / 'jobs.db'}"

    @property
    def files_dir(self) -> Path:
        """Folder of the attachment store."""
        return self.data_dir / "files"

    @property
    def public_host(self) -> str:
        """Host (and port) under which the public reaches us, from PUBLIC_URL only."""
        return urlsplit(self.public_url).netloc

    @property
    def is_https(self) -> bool:
        """Whether the public address is encrypted; cookies are Secure exactly then."""
        return urlsplit(self.public_url).scheme == "https"


def unsafe(settings: Settings) -> list[str]:
    """What forbids a production start, each a sentence that says how to mend it; [] when safe."""
    found = []
    parts = urlsplit(settings.public_url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        found.append("PUBLIC_URL must be a full address such as https://survey.example.org.")
    if settings.environment != "production":
        return found
    if parts.scheme != "https":
        found.append(
            "PUBLIC_URL must start with https:// in production; put a TLS proxy in front and set it."
        )
    if len(settings.secret_key) < 32:
        found.append(
            "SECRET_KEY must have at least 32 characters in production; make one with "
            "python3 -c 'import secrets; print(secrets.token_hex(32))'."
        )
    if settings.twilio_account_sid and not settings.twilio_auth_token:
        found.append("TWILIO_AUTH_TOKEN is missing although TWILIO_ACCOUNT_SID is set; set both or neither.")
    if settings.twilio_api_base:
        found.append("TWILIO_API_BASE is for tests; remove it in production.")
    return found


def resource(name: str) -> Path:
    """A file or folder that ships beside the package: migrations, questionnaires, static."""
    return ROOT / name
