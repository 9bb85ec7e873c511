"""Web and worker in one process (waitress keeps slow phone uploads from blocking anybody)."""

from __future__ import annotations

import gc
import socket
from collections.abc import Callable, Mapping

import waitress

from surveyapp.application import create_app, create_preview
from surveyapp.services.installation import Platform
from surveyapp.services.working import Worker

THREADS = 8


def collect_seldom() -> None:
    """Let the collector of circular garbage run less often.

    A large round is scored from hundreds of thousands of small objects that hold no circles; going through
    them again and again costs more than half of the time. What is no longer used is freed at once as before.
    """
    gc.set_threshold(100_000, 50, 100)


def serve_forever(platform: Platform, host: str, port: int, say: Callable[[str], object]) -> None:
    """Serve until interrupted. Raises OSError when the address is taken."""
    collect_seldom()
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


def preview_forever(
    name: str,
    files: Mapping[str, bytes] | None,
    *,
    language: str,
    staff: bool,
    port: int,
    say: Callable[[str], object],
) -> None:
    """Show one questionnaire file on loopback until interrupted; nothing is stored.

    Raises Unreadable, and OSError when the port is taken.
    """
    app = create_preview(name, files, language, staff)
    with socket.create_server(("127.0.0.1", port)) as listening:
        server = waitress.create_server(app, sockets=[listening], threads=THREADS, ident=None)
        say(f"http://127.0.0.1:{listening.getsockname()[1]}/ (Ctrl+C)")
        server.run()
