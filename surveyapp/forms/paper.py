"""A questionnaire on paper: numbered questions, boxes with their codes, and in words which ones to skip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from surveyapp.forms.condition_words import ConditionWords, plain
from surveyapp.forms.definition import Form, Group, Item, Media, Question, Repeat

BOXES = {"select_one": "one", "select_multiple": "many", "rank": "rank"}
_SKIPS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "if": "如{0}，答{1}；否则{2}。", "one": "第 {0} 题", "range": "第 {0}–{1} 题", "go": "跳到第 {0} 题",
        "end": "到此结束", "note": "如{0}，看下面的说明。",
        "repeat": "以下各题（{0}）每一项填写一遍，不够时另附纸。",
    },
    "en": {
        "if": "If {0}, answer {1}; otherwise {2}.", "one": "question {0}", "range": "questions {0}–{1}",
        "go": "go to question {0}", "end": "stop here", "note": "If {0}, read the note below.",
        "repeat": "Answer these ({0}) once for each item; take another sheet when there are more.",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One thing on the paper. `kind`: 'section', 'skip', 'note' or 'question'.

    A question has a number, the way it is answered ('one', 'many' or 'rank' of `options`, else its type),
    its options as (code, label), and `media`: its files by kind.
    """

    kind: str
    text: str
    number: int = 0
    hint: str = ""
    answer: str = ""
    required: bool = False
    options: tuple[tuple[str, str], ...] = ()
    media: tuple[tuple[str, str], ...] = ()


def paper_lines(form: Form, language: str) -> tuple[Line, ...]:
    """The questionnaire as a person reads it on paper, in one language. Options from registers are blank."""
    asked = [item for item in form.questions if _is_asked(item)]
    numbers = {item.path: number for number, item in enumerate(asked, start=1)}
    return tuple(_Paper(form, numbers, language).lines(form.children))


def _is_asked(item: Item) -> bool:
    """Whether a person answers it: shown, no note, not worked out."""
    return isinstance(item, Question) and item.shown and item.type != "note" and item.calculate is None


class _Paper:
    def __init__(self, form: Form, numbers: Mapping[str, int], language: str) -> None:
        self.form, self.numbers, self.language = form, numbers, language
        self.wording = ConditionWords(form, numbers, language)
        self.words = _SKIPS["zh" if language == "zh" else "en"]

    def lines(self, items: Sequence[Item]) -> Iterator[Line]:
        """The lines of neighbours; those under the same condition share one instruction."""
        at = 0
        while at < len(items):
            condition = items[at].relevant
            end = at + 1
            while condition is not None and end < len(items) and _same(items[at], items[end]):
                end += 1
            run = items[at:end]
            if condition is not None and (said := self._skip(run)):
                yield Line("skip", said)
            for item in run:
                yield from self._item(item)
            at = end

    def _skip(self, run: Sequence[Item]) -> str:
        """'If ..., answer questions 4-6; otherwise go to question 7.'; '' when nobody sees any of them."""
        found = run[0].relevant
        inside = [number for item in run for number in self._numbers(item)]
        if found is None or (not inside and not any(_is_seen(item) for item in run)):
            return ""
        condition = self.wording.condition(found)
        if not inside:
            return self.words["note"].format(condition)
        first, last = min(inside), max(inside)
        which = self.words["one" if first == last else "range"].format(first, last)
        onward = self.words["go"].format(last + 1) if last < len(self.numbers) else self.words["end"]
        return self.words["if"].format(condition, which, onward)

    def _numbers(self, item: Item) -> Iterator[int]:
        if isinstance(item, Group):
            for child in item.children:
                yield from self._numbers(child)
        elif item.path in self.numbers:
            yield self.numbers[item.path]

    def _item(self, item: Item) -> Iterator[Line]:
        label = plain(item.labels, self.form, self.language, self.wording.says)
        if isinstance(item, Group):
            if label and _is_seen(item):
                yield Line("section", label)
            if isinstance(item, Repeat):
                yield Line("skip", self.words["repeat"].format(label or item.name))
            yield from self.lines(item.children)
        elif item.path in self.numbers:
            yield self._question(item, label)
        elif item.type == "note" and label:
            yield Line("note", label, media=self._media(item.media))

    def _question(self, item: Question, label: str) -> Line:
        choices = item.itemset.choices if item.itemset is not None else ()
        says = self.wording.says
        return Line(
            "question",
            label or item.name,
            self.numbers[item.path],
            plain(item.hints, self.form, self.language, says),
            BOXES.get(item.type, item.type) if choices else item.type,
            item.required is not None,
            tuple(
                (one.value, plain(one.labels, self.form, self.language, says) or one.value) for one in choices
            ),
            self._media(item.media),
        )

    def _media(self, files: Media) -> tuple[tuple[str, str], ...]:
        found = []
        for kind, names in files.items():
            if name := names.get(self.language) or names.get(self.form.default_language):
                found.append((kind, name))
        return tuple(found)


def _same(one: Item, other: Item) -> bool:
    return (
        one.relevant is not None and other.relevant is not None and one.relevant.text == other.relevant.text
    )


def _is_seen(item: Item) -> bool:
    return any(_is_seen(child) for child in item.children) if isinstance(item, Group) else item.shown
