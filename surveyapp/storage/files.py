"""The attachment store: bytes under their SHA-256, on disk before the row that names them commits.

A file is written beside its place, synced, and renamed, so that a half upload is never readable.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from surveyapp.storage.database import StorageUnavailable

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


class FileStore:
    """Immutable files below one folder."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`; it is made when the first file arrives."""
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where the file with this SHA-256 lies; ValueError for anything that is not a digest."""
        if not _DIGEST.match(digest):
            raise ValueError("not a SHA-256 digest")
        return self.folder / digest[:2] / digest[2:4] / digest

    def keep(self, content: bytes) -> str:
        """Store `content` durably and return its SHA-256; a file that is there already is left alone.

        Raises StorageUnavailable when the disk is full or read-only; nothing is half-written then.
        """
        digest = hashlib.sha256(content).hexdigest()
        target = self.path(digest)
        if target.exists():
            return digest
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".part-")
            self._write(handle, Path(temporary), content, target)
        except OSError as error:
            raise StorageUnavailable(f"the attachment store cannot be written: {error.strerror}") from error
        return digest

    @staticmethod
    def _write(handle: int, temporary: Path, content: bytes, target: Path) -> None:
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
            folder = os.open(target.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        finally:
            temporary.unlink(missing_ok=True)

    def read(self, digest: str) -> bytes:
        """The stored bytes; FileNotFoundError when absent, ValueError when they no longer match."""
        content = self.path(digest).read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            raise ValueError(f"stored file {digest} is damaged")
        return content

    def digests(self) -> Iterator[str]:
        """Every stored file's digest, in order; leftovers of interrupted writes are not files."""
        for path in sorted(self.folder.glob("??/??/*")):
            if _DIGEST.match(path.name):
                yield path.name

    def sweep(self, known: set[str], older_than: float) -> list[str]:
        """Delete files that no row names and interrupted writes, both last changed before `older_than`
        (seconds since the epoch); returns the digests removed."""
        removed = []
        for path in sorted(self.folder.glob("??/??/*")) + sorted(self.folder.glob("??/??/.part-*")):
            if path.name in known or path.stat().st_mtime >= older_than:
                continue
            path.unlink()
            removed.append(path.name)
        return removed
