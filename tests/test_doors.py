"""The doors of the checkout: the shell scripts start the right thing from anywhere and hide no failure.

They run here in a checkout made of stand-ins; what they install is not tried here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = sorted(path for path in (ROOT / "script").iterdir() if path.read_bytes().startswith(b"#!/bin/sh"))


def put(path: Path, text: str) -> None:
    """Writes a program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a command with little in its environment."""
    given = {"PATH": os.environ["PATH"], "HOME": str(cwd), "PYTHON": sys.executable, **environment}
    return subprocess.run(command, cwd=cwd, env=given, capture_output=True, text=True, timeout=60)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the real doors, whose environment holds programs that print how they were called."""
    place = tmp_path / "a checkout"
    for name in ("script/server", "script/test", "script/check", "script/bootstrap", ".ci/run"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, place / name)
    for name in ("requirements.lock", "requirements-test.lock", "pyproject.toml"):
        put(place / name, f"{name} one==1\n")
    return place


def stand_in(checkout: Path, **endings: int) -> None:
    """Replaces scripts by ones that print their name and the conformance folder, and end as told."""
    for name, ending in endings.items():
        put(
            checkout / "script" / name,
            f'#!/bin/sh\necho {name} "${{SURVEYAPP_CONFORMANCE:-}}"\nexit {ending}\n',
        )


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_plain_shell_and_may_be_run(script: Path) -> None:
    assert run("sh", "-n", script, cwd=ROOT).returncode == 0
    assert os.access(script, os.X_OK)


@pytest.mark.parametrize("failing", ["", "check", "test", "conformance"])
def test_the_gate_runs_everything_and_hides_no_failure(checkout: Path, failing: str) -> None:
    stand_in(checkout, **{name: int(name == failing) for name in ("check", "test", "conformance")})
    (checkout.parent / "shared" / "conformance").mkdir(parents=True)
    done = run("bash", checkout / ".ci" / "run", cwd=Path("/"))
    assert [line.split()[0] for line in done.stdout.splitlines()[:3]] == ["check", "test", "conformance"]
    assert done.returncode == (1 if failing else 0)
    assert (f"failed: sh script/{failing}" in done.stdout) == bool(failing)


def test_the_gate_points_to_the_conformance_vectors_beside_the_checkout(checkout: Path) -> None:
    stand_in(checkout, check=0, test=0, conformance=0)
    vectors = checkout.parent / "shared" / "conformance"
    without = run("bash", checkout / ".ci" / "run", cwd=checkout)
    assert without.returncode == 0
    assert without.stdout.startswith("check \ntest \nno conformance vectors")
    vectors.mkdir(parents=True)
    with_them = run("bash", checkout / ".ci" / "run", cwd=checkout).stdout
    assert with_them == f"check {vectors}\ntest {vectors}\nconformance {vectors}\n"


def test_the_server_starts_from_any_folder_with_its_words_untouched(checkout: Path, tmp_path: Path) -> None:
    stand_in(checkout, bootstrap=0)
    put(checkout / ".venv" / "bin" / "surveyapp", '#!/bin/sh\nprintf "<%s>" "$@" "$PWD"\n')
    done = run(
        "sh", checkout / "script" / "server", "--data", "a folder", cwd=tmp_path, UV_PYTHON="elsewhere"
    )
    assert done.stdout.endswith(f"<serve><--data><a folder><{tmp_path}>")
    assert done.returncode == 0


def test_the_server_does_not_start_on_half_an_installation(checkout: Path) -> None:
    stand_in(checkout, bootstrap=1)
    put(checkout / ".venv" / "bin" / "surveyapp", "#!/bin/sh\necho started\n")
    done = run("sh", checkout / "script" / "server", cwd=checkout)
    assert done.returncode == 1
    assert "started" not in done.stdout


def environment_of(checkout: Path) -> Path:
    """An installer and a Python that note their calls; returns the file they note them in."""
    calls = checkout / "calls"
    put(
        checkout / ".uv" / "bin" / "uv",
        f'#!/bin/sh\necho "uv $1 $2 UV_PYTHON=${{UV_PYTHON:-}}" >>"{calls}"\n',
    )
    put(checkout / ".venv" / "bin" / "python", "#!/bin/sh\nexit 0\n")
    return calls


def test_a_checkout_is_made_ready_once_and_anew_when_a_lock_changes(checkout: Path) -> None:
    calls = environment_of(checkout)
    calls.touch()

    def made_ready(kind: str) -> bool:
        before = calls.read_text("utf-8")
        done = run("sh", checkout / "script" / "bootstrap", kind, cwd=Path("/"), UV_PYTHON="elsewhere")
        assert done.returncode == 0, done.stderr
        return "uv pip sync" in calls.read_text("utf-8").removeprefix(before)

    assert made_ready("run")
    assert not made_ready("run")
    assert made_ready("test")
    assert not made_ready("run")  # what the tests need holds what running needs
    assert not made_ready("test")
    put(checkout / "requirements-test.lock", "another==2\n")
    assert made_ready("test")
    put(checkout / "pyproject.toml", "another\n")
    assert made_ready("run")
    assert "elsewhere" not in calls.read_text("utf-8")


def test_a_failed_installation_is_tried_again(checkout: Path) -> None:
    calls = environment_of(checkout)
    put(checkout / ".uv" / "bin" / "uv", "#!/bin/sh\n[ $1 != pip ]\n")
    assert run("sh", checkout / "script" / "bootstrap", "run", cwd=checkout).returncode == 1
    environment_of(checkout)
    assert run("sh", checkout / "script" / "bootstrap", "run", cwd=checkout).returncode == 0
    assert "uv pip sync" in calls.read_text("utf-8")


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        ("exit 127", "3.11 to 3.14 is needed"),
        ('case $1 in -m) exit 1 ;; -c) exit 0 ;; *) echo "run 1" ;; esac', "apt-get install python3-pip"),
    ],
)
def test_what_a_machine_lacks_is_said_in_a_sentence(checkout: Path, program: str, sentence: str) -> None:
    put(checkout / "python", f"#!/bin/sh\n{program}\n")
    done = run("sh", checkout / "script" / "bootstrap", "run", cwd=checkout, PYTHON=str(checkout / "python"))
    assert done.returncode == 1
    assert sentence in done.stderr


def test_a_machine_without_python_is_told_what_to_install(checkout: Path) -> None:
    done = run("sh", checkout / "script" / "bootstrap", "run", cwd=checkout, PYTHON="no-such-python")
    assert done.returncode == 1
    assert "apt-get install python3 python3-pip" in done.stderr
