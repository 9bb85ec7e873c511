"""A process that takes one post and kills itself on the way.

`python -m tests.faults.posting DATA DATABASE TOKEN XML FILE POINT`: POINT is after-files, before-commit or
after-commit.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from surveyapp.config import Settings
from surveyapp.services import attaching, devices, receiving
from surveyapp.services.installation import Platform
from surveyapp.services.receiving import Post, PostedFile, posts, storing
from surveyapp.storage import devices as statements


def deadly(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, and then the end of the process."""

    def last(*arguments: Any, **named: Any) -> None:
        function(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    return last


def main() -> None:
    """Take the post; the process is not meant to survive it."""
    data, database, token, xml, file, point = sys.argv[1:7]
    settings = Settings(data_dir=Path(data), database_url=database, secret_key="k" * 64)
    platform = Platform.open(settings)
    device = devices.find_by_address(platform, token)
    assert device is not None
    if point == "after-files":
        attaching.store_files = deadly(attaching.store_files)
    elif point == "before-commit":
        statements.add_instance = deadly(statements.add_instance)
    elif point == "after-commit":
        storing.store = deadly(storing.store)
    assert posts.storing is storing
    receiving.receive(
        platform, device, Post(Path(xml).read_bytes(), (PostedFile("a.jpg", Path(file).read_bytes()),))
    )


if __name__ == "__main__":
    main()
