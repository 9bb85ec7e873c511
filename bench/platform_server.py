"""The platform over a demonstration round, on a free port; prints the port and the citizens' code."""

from __future__ import annotations

import sys
from pathlib import Path

import waitress

from surveyapp.application import create_app
from surveyapp.config import Settings
from surveyapp.services import demonstrating
from surveyapp.services.installation import Platform

THREADS = 8


def main() -> None:
    """Prepare the data folder named first (database address second) and serve."""
    folder = Path(sys.argv[1])
    address = sys.argv[2] if len(sys.argv) > 2 else ""
    platform = Platform.open(Settings(data_dir=folder, database_url=address))
    access = demonstrating.prepare(platform, True, lambda line: None)
    assert access is not None
    (folder / "code").write_text(access.code, encoding="ascii")
    server = waitress.create_server(
        create_app(platform), host="127.0.0.1", port=0, threads=THREADS, ident=None
    )
    print("port", server.effective_port, flush=True)
    server.run()


if __name__ == "__main__":
    main()
