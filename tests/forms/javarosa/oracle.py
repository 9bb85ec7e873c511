"""Drives JavaRosa with forms and records and reads back the state of every leaf."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import unquote_plus

from surveyapp.forms.form import Form, Repeat

State = tuple[bool, bool, bool, str]
_ZONE = "Asia/Shanghai"


@dataclass(frozen=True)
class Tools:
    """What it takes to ask JavaRosa: compiler, runtime and its jar."""

    javac: str
    java: str
    jar: Path


def find_tools() -> Tools | None:
    """The machine's Java development kit and the jar that comes with pyxform; None when either is missing."""
    found = importlib.util.find_spec("pyxform")
    home = Path(found.origin).parent if found is not None and found.origin else Path()
    jar = home / "validators" / "odk_validate" / "bin" / "ODK_Validate.jar"
    javac, java = shutil.which("javac"), shutil.which("java")
    return Tools(javac, java, jar) if javac and java and jar.is_file() else None


class JavaRosa:
    """A running driver. Raises RuntimeError in JavaRosa's own words when it refuses a form or record."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self.process = process
        self.folder = folder

    def load(self, xform: str) -> None:
        """Make this the form the next records belong to."""
        self._order("form", xform)

    def states(self, form: Form, record: str) -> dict[str, State]:
        """(relevant, required, constraint holds, value) of every leaf by its path as in Filling."""
        found: dict[str, State] = {}
        for line in self._order("record", record):
            path, relevant, required, right, value = line.split("\t")
            found[_path(form, path)] = (
                relevant == "true",
                required == "true",
                right == "true",
                unquote_plus(value),
            )
        return found

    def _order(self, kind: str, content: str) -> list[str]:
        file = self.folder / f"{kind}.xml"
        file.write_text(content, encoding="utf-8")
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(f"{kind} {file}\n")
        self.process.stdin.flush()
        lines: list[str] = []
        for line in self.process.stdout:
            if line == "end\n":
                break
            if line.startswith("error\t"):
                self.process.stdout.readline()
                raise RuntimeError(unquote_plus(line[6:].strip()))
            lines.append(line.rstrip("\n"))
        return lines

    def __enter__(self) -> "JavaRosa":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()
        self.process.wait(timeout=20)


@contextmanager
def javarosa(tools: Tools, folder: Path) -> Iterator[JavaRosa]:
    """The driver compiled into the folder and running in the country's time zone."""
    source = Path(__file__).with_name("Driver.java")
    subprocess.run([tools.javac, "-cp", str(tools.jar), "-d", str(folder), str(source)], check=True)
    process = subprocess.Popen(
        [tools.java, f"-Duser.timezone={_ZONE}", "-cp", f"{folder}:{tools.jar}", "Driver"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    with JavaRosa(process, folder) as running:
        yield running


def _path(form: Form, reference: str) -> str:
    """'/data/windows[2]/label[1]' as 'windows[2]/label': places only where a repeat has them."""
    generic: list[str] = []
    written: list[str] = []
    for step in reference.strip("/").split("/")[1:]:
        name, place = re.fullmatch(r"(.+?)(\[\d+\])?", step).groups()
        generic.append(name)
        repeated = isinstance(form.item("/".join(generic)), Repeat)
        written.append(f"{name}{place or ''}" if repeated else name)
    return "/".join(written)
