"""The one way a questionnaire in Markdown is written, so that a change shows only what was changed.

Cells are not padded, an empty one is a single blank, a row is as long as its header; lines outside tables,
such as comments, stay as they are.
"""

import re
from collections.abc import Iterator

from surveyapp.forms.tables import cells_of, is_rule, lines_of

_MARK = "\ufeff"


def canonical(text: str) -> str:
    """The questionnaire in canonical Markdown. The canonical text itself comes back unchanged.

    Rows of blanks and rules such as `|---|` go, blank cells beyond the header go, cells that are not blank
    stay wherever they are. A text without a survey table is no questionnaire and comes back as it is.
    """
    lines = lines_of(text.removeprefix(_MARK))
    if not any(_opens(line) and cells_of(line)[0] == "survey" for line in lines):
        return text
    return "\n".join(_written(lines)).rstrip("\n") + "\n"


def row_line(cells: list[str], width: int = 0) -> str:
    """One row of a table, the cells up to `width` at least; blank cells beyond it are left out."""
    kept = [cell.strip().replace("|", "\\|") for cell in cells]
    while len(kept) > width and not kept[-1]:
        kept.pop()
    kept += [""] * (width - len(kept))
    return "| |" + "".join(f" {cell} |" if cell else " |" for cell in kept)


def _written(lines: list[str]) -> Iterator[str]:
    """Each line as it is written; `width` is that of the header, 0 before there is one."""
    width, inside = 0, False
    for line in lines:
        if not _opens(line):
            yield line
            continue
        cells = cells_of(line)
        if is_rule(line):
            # A rule or a row of blanks says nothing; before the first sheet it is somebody's text.
            if not inside:
                yield line
        elif cells[0]:
            width, inside = 0, True
            yield f"| {cells[0]} |" if not any(cells[1:]) else line.strip()
        elif not inside:
            yield line
        elif not width:
            header = row_line(cells[1:])
            width = len(cells_of(header)) - 1
            yield header
        else:
            yield row_line(cells[1:], width)


def _opens(line: str) -> bool:
    return bool(re.match(r"\s*\|", line))
