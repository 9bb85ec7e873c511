"""How much memory a deed takes at its peak, over the idle process that does it.

`python -m tests.memory MODULE` asks the module for `deeds()`, a mapping of names to functions, and does
each in a process forked from the idle one. VmHWM of a forked process begins at its own size; ru_maxrss is
inherited and would hide everything.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

MOST_MB = 50.0


def peaks(module: str) -> dict[str, float]:
    """Megabytes by which each deed of the module grows its process; measured in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.memory", module],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return {name: float(value) for name, value in json.loads(done.stdout.splitlines()[-1]).items()}


def _kilobytes(name: str) -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(f"{name}:"))


def _peak(deed: Callable[[], object]) -> float:
    """Megabytes of one deed, done in a child; fails when the deed does."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        idle = _kilobytes("VmRSS")
        try:
            deed()
            os.write(writing, f"{(_kilobytes('VmHWM') - idle) / 1024:.1f}".encode())
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        text = answer.read().decode()
    os.waitpid(child, 0)
    if not text:
        raise RuntimeError("the deed ended without a measure")
    return float(text)


def eighty_megabytes() -> int:
    """A deed that is beyond the bound, so that a measure which sees nothing is noticed."""
    return len(b"x" * 80 * 1024 * 1024)


if __name__ == "__main__":
    deeds: dict[str, Callable[[], object]] = importlib.import_module(sys.argv[1]).deeds()
    gc.collect()
    measured = {name: _peak(deed) for name, deed in {**deeds, "eighty megabytes": eighty_megabytes}.items()}
    sys.stdout.write(json.dumps(measured) + "\n")
