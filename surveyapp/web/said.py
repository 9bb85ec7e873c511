"""A label as parts for the templates: words, outputs and the safe styles of Markdown. Never markup itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from surveyapp.forms.expression import Expression
from surveyapp.forms.markdown import Block, Piece, parsed
from surveyapp.web.page_views import Said

_MARKS = re.compile(r"[*_#\[\\\n]|<br|^\s*(?:[+-]|\d{1,3}[.)])\s")
Show = Callable[[Expression], Said]


def said_parts(parts: Sequence[str | Expression], show: Show) -> tuple[Said, ...]:
    """The parts of a text; `show` gives the part for an output. Most labels hold no marks at all."""
    if not any(isinstance(part, str) and _MARKS.search(part) for part in parts):
        return tuple(Said(part) if isinstance(part, str) else show(part) for part in parts)
    blocks: tuple[Block[Expression], ...] = parsed(parts)
    found: list[Said] = []
    number = 0
    for at, block in enumerate(blocks):
        number = number + 1 if block.kind == "numbered" else 0
        lead = {"bullet": "• ", "numbered": f"{number}. "}.get(block.kind, "")
        pieces = list(_pieces(block.pieces, block.kind == "heading", show))
        if lead:
            pieces.insert(0, Said(lead))
        if at and pieces:
            pieces[0] = replace(pieces[0], breaks=True)
        found += pieces
    return tuple(found)


def _pieces(pieces: Iterable[Piece[Expression]], heading: bool, show: Show) -> Iterable[Said]:
    for piece in pieces:
        part = Said(piece.text) if piece.output is None else show(piece.output)
        yield replace(part, strong=piece.strong or heading, emphasis=piece.emphasis, link=piece.link)
