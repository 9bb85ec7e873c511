"""The safe part of Markdown that labels may hold, read into plain parts: never HTML, never images.

Bold, italics, headings, links, line breaks and lists; everything else stays the text it is. The page turns
parts into elements and escapes every text, so nothing an author writes reaches a browser as markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Output = TypeVar("Output")
_LINE_BREAK = re.compile(r"\n|<br\s*/?>")
_HEADING = re.compile(r"(#{1,6}) +(.+?)(?: +#+)?")
_BULLET = re.compile(r"[*+-] +(.+)")
_NUMBERED = re.compile(r"\d{1,3}[.)] +(.+)")
_ALLOWED = re.compile(r"(?:https?://|tel:|mailto:)[^\s<>\"'\x00-\x20]+", re.IGNORECASE)
_LONGEST_ADDRESS = 2_000
# One mark that opens what follows: escaped sign, strong, emphasis, link. Underscores only at word edges.
_MARK = re.compile(
    r"\\(?P<escaped>[\\`*_{}\[\]()#+.!-])"
    r"|(?P<strong>\*\*|(?<!\w)__)(?=\S)"
    r"|(?P<emphasis>\*|(?<!\w)_)(?=\S)"
    r"|(?<!!)\[(?P<words>[^\[\]\n]{1,500})\]\((?P<address>[^()\s]{1,2000})\)"
)
_PLACE = re.compile("\ue210(\\d+)\ue211")
_PRIVATE = re.compile("[\ue210\ue211]")


@dataclass(frozen=True)
class Piece(Generic[Output]):
    """Words in one style, or an output of the form in `output`. `link` is an allowed address or ''."""

    text: str = ""
    strong: bool = False
    emphasis: bool = False
    link: str = ""
    output: Output | None = None


@dataclass(frozen=True)
class Block(Generic[Output]):
    """A line of text: `kind` is 'text', 'heading', 'bullet' or 'numbered'; `level` is 1 to 6 for headings."""

    kind: str
    pieces: tuple[Piece[Output], ...]
    level: int = 0


def parsed(parts: Sequence[str | Output]) -> tuple[Block[Output], ...]:
    """The blocks of a text whose parts are strings or outputs; an output may stand inside any style.

    Lines end at a line break or at <br>. A link to anything but http, https, tel and mailto stays text.
    Marks that do not close are text. Linear in the length of the text.
    """
    outputs: list[Output] = []
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += _PRIVATE.sub("", part)
        else:
            text += f"\ue210{len(outputs)}\ue211"
            outputs.append(part)
    lines = (line.strip(" \t") for line in _LINE_BREAK.split(text))
    return tuple(_block(line, outputs) for line in lines if line)


def is_plain(blocks: Sequence[Block[Output]]) -> bool:
    """Whether the text is one line of words and outputs without any style, as most labels are."""
    return len(blocks) == 1 and blocks[0].kind == "text" and not any(_styled(one) for one in blocks[0].pieces)


def plain_text(text: str) -> str:
    """A text without outputs stripped of its marks, for places that show words alone."""
    none: Sequence[str] = (text,)
    blocks: tuple[Block[str], ...] = parsed(none)
    return " ".join("".join(piece.text for piece in block.pieces) for block in blocks)


def _styled(piece: Piece[Output]) -> bool:
    return piece.strong or piece.emphasis or bool(piece.link)


def _block(line: str, outputs: Sequence[Output]) -> Block[Output]:
    heading = _HEADING.fullmatch(line)
    if heading:
        return Block("heading", _pieces(heading[2], outputs), len(heading[1]))
    for kind, pattern in (("bullet", _BULLET), ("numbered", _NUMBERED)):
        item = pattern.fullmatch(line)
        if item:
            return Block(kind, _pieces(item[1], outputs))
    return Block("text", _pieces(line, outputs))


def _pieces(line: str, outputs: Sequence[Output]) -> tuple[Piece[Output], ...]:
    return tuple(_merged(_styles(line, Piece(), outputs)))


def _merged(pieces: Iterator[Piece[Output]]) -> Iterator[Piece[Output]]:
    """The pieces with neighbours of one style put together."""
    held: Piece[Output] | None = None
    for piece in pieces:
        if held is not None and _style(held) == _style(piece) and held.output is None is piece.output:
            held = _worded(held, held.text + piece.text)
            continue
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield held


def _style(piece: Piece[Output]) -> tuple[bool, bool, str]:
    return piece.strong, piece.emphasis, piece.link


def _worded(style: Piece[Output], text: str, output: Output | None = None) -> Piece[Output]:
    return Piece(text, style.strong, style.emphasis, style.link, output)


def _styles(line: str, style: Piece[Output], outputs: Sequence[Output]) -> Iterator[Piece[Output]]:
    """The pieces of a line in a style; each mark nests at most once, so depth is bounded by two styles."""
    at = 0
    open_for_ever: set[str] = set()
    while match := _MARK.search(line, at):
        yield from _words(line[at : match.start()], style, outputs)
        at = match.end()
        if match["escaped"]:
            yield _worded(style, match["escaped"])
        elif match["words"] is not None:
            yield from _link(match, style, outputs)
        else:
            mark = match["strong"] or match["emphasis"]
            inner, at = (None, at) if mark in open_for_ever else _inside(line, at, mark, style)
            if inner is None:
                open_for_ever.add(mark)  # where one does not close, none after it does
                yield from _words(mark, style, outputs)
            else:
                yield from _styles(inner[0], inner[1], outputs)
    yield from _words(line[at:], style, outputs)


def _inside(
    line: str, at: int, mark: str, style: Piece[Output]
) -> tuple[tuple[str, Piece[Output]] | None, int]:
    """What an opening mark encloses with its new style and where to go on; None when it never closes."""
    strong, emphasis = len(mark) == 2, len(mark) == 1
    if (strong and style.strong) or (emphasis and style.emphasis):
        return None, at
    end = _closing(line, at, mark)
    if end < 0:
        return None, at
    made = Piece[Output]("", style.strong or strong, style.emphasis or emphasis, style.link)
    return (line[at:end], made), end + len(mark)


def _closing(line: str, at: int, mark: str) -> int:
    """Where the mark closes: after a sign that is no space, not in the middle of a longer mark; else -1."""
    found = line.find(mark, at + 1)
    while found >= 0:
        after = line[found + len(mark) : found + len(mark) + 1]
        before = line[found - 1]
        doubled = len(mark) == 1 and (after == mark or before == mark)
        joined = mark[0] == "_" and after.isalnum()
        if not before.isspace() and before != "\\" and not doubled and not joined:
            return found
        found = line.find(mark, found + 1)
    return -1


def _link(match: re.Match[str], style: Piece[Output], outputs: Sequence[Output]) -> Iterator[Piece[Output]]:
    address = match["address"]
    if style.link or len(address) > _LONGEST_ADDRESS or not _ALLOWED.fullmatch(address):
        yield from _words(match[0], style, outputs)
        return
    yield from _styles(match["words"], Piece("", style.strong, style.emphasis, address), outputs)


def _words(text: str, style: Piece[Output], outputs: Sequence[Output]) -> Iterator[Piece[Output]]:
    """Words with the outputs that stand among them."""
    at = 0
    for match in _PLACE.finditer(text):
        if match.start() > at:
            yield _worded(style, text[at : match.start()])
        yield _worded(style, "", outputs[int(match[1])])
        at = match.end()
    if at < len(text):
        yield _worded(style, text[at:])
