"""Web and worker in one process (waitress keeps slow phone uploads from blocking anybody)."""

from __future__ import annotations

from collections.abc import Callable

import waitress

from surveyapp.application import create_app
from surveyapp.services.installation import Platform
from surveyapp.services.working import Worker

THREADS = 8


def serve_forever(platform: Platform, host: str, port: int, say: Callable[[str], object]) -> None:
    """Serve until interrupted. Raises OSError when the address is taken."""
    app = create_app(platform)
    server = waitress.create_server(
        app,
        host=host,
        port=port,
        threads=THREADS,
        ident=None,
        max_request_body_size=(platform.settings.max_upload_mb + 1) * 1024 * 1024,
        channel_timeout=120,
    )
    say(f"listening on http://{host}:{port} (stop with Ctrl+C)")
    with Worker(platform).working():
        server.run()
    platform.close()
