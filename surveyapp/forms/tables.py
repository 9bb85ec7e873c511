"""Reads a questionnaire written as unpadded Markdown tables: sheets of rows with their line numbers."""

import re
from dataclasses import dataclass, field

_LINE_END = re.compile(r"\r\n|\n|\r")
_CELL = re.compile(r"(?<!\\)\|")


@dataclass
class Sheet:
    """One sheet: its header and its rows as (line number from 1, cells); `again`: where it comes anew."""

    name: str
    header: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    again: list[int] = field(default_factory=list)

    def records(self) -> list[tuple[int, dict[str, str]]]:
        """The rows as mappings from column name to cell, with their lines; missing cells are ''."""
        return [
            (
                line,
                {name: cells[at] if at < len(cells) else "" for at, name in enumerate(self.header) if name},
            )
            for line, cells in self.rows
        ]


def cells_of(line: str) -> list[str]:
    """The cells of one table line, `\\|` standing for a pipe."""
    inner = line.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [cell.strip().replace("\\|", "|") for cell in _CELL.split(inner)]


def lines_of(text: str) -> list[str]:
    """The lines of a text, ended by LF, CRLF or CR and by no other sign: a cell may hold U+2028."""
    return _LINE_END.split(text)


def is_rule(line: str) -> bool:
    """Whether a table line is a rule such as `|---|` or nothing but blanks, which say nothing."""
    return re.fullmatch(r"[\s:|-]+", line) is not None


def read_sheets(text: str) -> dict[str, Sheet]:
    """The sheets of a Markdown questionnaire by name; lines outside tables are passed over."""
    sheets: dict[str, Sheet] = {}
    current: Sheet | None = None
    for number, line in enumerate(lines_of(text), 1):
        if not line.lstrip().startswith("|") or is_rule(line):
            continue
        cells = cells_of(line)
        if cells[0]:
            if cells[0] in sheets:
                sheets[cells[0]].again.append(number)
            current = sheets.setdefault(cells[0], Sheet(cells[0]))
        elif current is not None and any(cells[1:]):
            if current.header:
                current.rows.append((number, cells[1:]))
            else:
                current.header = cells[1:]
    return sheets


def written(sheet: Sheet) -> str:
    """The sheet as Markdown again."""
    lines = [f"| {sheet.name} |", _line(sheet.header)]
    lines.extend(_line(cells) for _, cells in sheet.rows)
    return "\n".join(lines)


def _line(cells: list[str]) -> str:
    return "| | " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def trimmed(sheet: Sheet) -> None:
    """Cut blank cells beyond the header, which mean nothing."""
    sheet.rows = [(line, cells[: len(sheet.header)]) for line, cells in sheet.rows]
