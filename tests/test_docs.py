"""The documentation tells the truth: links, commands and settings exist, records are complete."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from surveyapp.cli import main
from surveyapp.config import Settings

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
# Variables that are no settings of the platform: the doors and the tests read them.
OTHER_VARIABLES = frozenset({"PYTHON", "PIP_INDEX_URL", "CHROMIUM", "SURVEYAPP_CONFORMANCE"})
HEADINGS = ("Context", "Decision", "Status", "Consequences")
LEFT_OUT = frozenset({".git", ".venv", ".uv", "vendor", "data", "node_modules", "__pycache__"})


def relative(path: Path) -> str:
    """The path as the documentation would name it."""
    return str(path.relative_to(ROOT))


def code_in(text: str) -> str:
    """The code spans and code blocks of a Markdown text, a line each."""
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    rest = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return "\n".join([*blocks, *re.findall(r"`([^`\n]+)`", rest)])


def test_the_documents_that_people_are_sent_to_exist() -> None:
    for name in ("README.md", "docs/changes.md", "docs/settings.md"):
        assert (ROOT / name).is_file(), name


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_every_relative_link_leads_to_a_file(document: Path) -> None:
    text = re.sub(r"^```.*?^```", "", document.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    links = re.findall(r"\]\(([^)\s]+)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    local = [link.partition("#")[0] for link in links if not re.match(r"[a-z]+:|#", link)]
    assert [link for link in local if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_every_script_that_is_named_exists(document: Path) -> None:
    named = set(re.findall(r"(?<![\w/.-])(script/[\w-]+|\.ci/run)", document.read_text("utf-8")))
    assert {name for name in named if not (ROOT / name).is_file()} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_every_command_that_is_named_exists_with_its_options(document: Path) -> None:
    wrong = []
    for line in code_in(document.read_text("utf-8")).splitlines():
        called = re.search(r"(?:^|[\s/$])(?:surveyapp ([a-z][\w-]*)|script/(server)\b)(.*)", line)
        if called is None:
            continue
        command = main.commands.get(called[1] or "serve")
        if isinstance(command, click.Group):
            word = called[3].split()[0] if called[3].split() else ""
            command = command.commands.get(word) or command.commands.get(getattr(command, "default", ""))
        options = {} if command is None else {o for p in command.params for o in p.opts}
        unknown = set(re.findall(r"(?<!\S)--[a-z][\w-]*", called[3])) - {*options, "--help"}
        if command is None or unknown:
            wrong.append(line)
    assert wrong == []


def test_every_command_is_documented() -> None:
    text = "\n".join(document.read_text("utf-8") for document in DOCUMENTS)
    assert isinstance(main, click.Group)
    names = list(main.commands)
    for group, command in main.commands.items():
        names += (
            [f"{group} {name}" for name, one in command.commands.items() if not one.hidden]
            if isinstance(command, click.Group)
            else []
        )
    assert [name for name in names if f"surveyapp {name}" not in text] == []


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    documented = set(re.findall(r"^\| *`([A-Z][A-Z_]+)`", text, re.MULTILINE))
    settings = {name.upper() for name in Settings.model_fields}
    assert settings - documented == set()
    assert documented - settings - OTHER_VARIABLES == set()


def test_decision_records_are_numbered_once_and_complete() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert records
    numbers = [record.name[:4] for record in records]
    assert numbers == [f"{number:04}" for number in range(1, len(records) + 1)]
    wanting = [
        f"{record.name}: {heading}"
        for record in records
        for heading in HEADINGS
        if not re.search(rf"^#+ {heading}\b", record.read_text("utf-8"), re.MULTILINE)
    ]
    assert wanting == []
    assert [record.name for record in records if not re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", record.name)] == []


def text_files() -> list[tuple[Path, str]]:
    """The text files of the checkout that are ours."""
    found = []
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        hidden = any(part.startswith(".") and part not in {".ci", ".gitignore"} for part in parts)
        if hidden or LEFT_OUT & set(parts) or not path.is_file():
            continue
        try:
            found.append((path, path.read_text("utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    machine = re.compile(r"(?<![\w.:/<>{}-])/(?:work|home|tmp|Users|root(?=/\.))/[\w.-]+")
    found = [
        f"{relative(path)}: {hit[0]}" for path, text in text_files() for hit in [machine.search(text)] if hit
    ]
    assert found == []


def test_no_file_names_the_address_of_a_package_registry() -> None:
    words = (
        "pypi" + ".org",
        "pythonhosted" + ".org",
        "npmjs" + ".org",
        "debian" + ".org",
        "tuna.tsing" + "hua",
    )
    options = ("--index" + "-url", "--find" + "-links", "--extra-index" + "-url")
    found = [
        f"{relative(path)}: {word}"
        for path, text in text_files()
        for word in (*words, *options)
        if word in text
    ]
    assert found == []
