"""Finds the Chromium of this machine and what it needs, and asks axe-core about a page.

`python -m tests.chromium` prints the Debian packages that are missing, for script/test; this part of the
module uses the standard library alone. It is not the place of fixtures: those are in conftest.
"""

from __future__ import annotations

import ctypes
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
    "/Library/Fonts",
)
FONTS = ("*CJK*", "NotoSansSC*", "SourceHan*", "wqy-*", "DroidSansFallback*", "PingFang*")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


def executable() -> str | None:
    """The path of a Chromium: the setting CHROMIUM, else the first name found on the PATH."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def has_libatomic() -> bool:
    """Whether the library is there that Playwright's own node links to and a minimal Debian lacks."""
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        return False
    return True


def has_chinese_font() -> bool:
    """Whether a font with Chinese characters is installed; without one every picture shows boxes."""
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    return any(True for folder in folders for name in FONTS for _ in folder.rglob(name))


def missing_to_start() -> list[str]:
    """Debian packages without which no browser test can run."""
    return [] if executable() and has_libatomic() else missing()


def missing() -> list[str]:
    """Debian packages the browser tests want and this machine lacks."""
    wanted = {
        "chromium": bool(executable()),
        "libatomic1": has_libatomic(),
        "fonts-noto-cjk": has_chinese_font(),
    }
    return [package for package, present in wanted.items() if not present]


def axe(page: Page, *, context: str | None = None, tags: tuple[str, ...] = AXE_TAGS) -> list[str]:
    """Violations axe-core finds on the page (or the part `context` selects): one readable line each."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result: dict[str, Any] = page.evaluate(
        "([context, tags]) => axe.run(context || document,"
        " {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
        [context, list(tags)],
    )
    return [_line(violation) for violation in result["violations"]]


def _line(violation: dict[str, Any]) -> str:
    places = "; ".join(
        f"{' '.join(map(str, node['target']))} {node['html'][:120]}" for node in violation["nodes"][:5]
    )
    return f"{violation['id']} ({violation['impact']}): {violation['help']}: {places}"


if __name__ == "__main__":
    print(" ".join(missing()))
