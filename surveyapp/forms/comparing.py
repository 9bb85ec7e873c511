"""What differs between two versions of a questionnaire, and what that does to answers stored already.

Answers are read by name and exported by path; nothing stored is ever rewritten. A choice list attached as a
file or register is not compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from surveyapp.forms.comparing_words import sentence
from surveyapp.forms.definition import Form, Question, Repeat, Text
from surveyapp.forms.expression import Expression

_CONDITIONS = ("required", "relevant", "constraint", "soft", "calculate")
_META = "meta/"


@dataclass(frozen=True)
class Change:
    """One difference. `path` is that of the question in the earlier version, in the later one when it is new.

    `kind` is such as 'removed' or 'option_recoded'; `option` is the code of an option in the earlier
    version, '' when the change is of the question. `sentence` says in 'zh' and 'en' what
    happens to stored answers.
    """

    kind: str
    path: str
    option: str
    sentence: Mapping[str, str]


def compare(earlier: Form, later: Form) -> tuple[Change, ...]:
    """Every difference in the order of the later version, what was removed last; () when nothing differs."""
    before = {one.name: one for one in earlier.questions() if not one.path.startswith(_META)}
    after = {one.name: one for one in later.questions() if not one.path.startswith(_META)}
    found: list[Change] = []
    for name, question in after.items():
        old = before.get(name)
        if old is None:
            found.append(_change("added", question.path, name=name, type=question.type))
        else:
            found.extend(_of_question(earlier, later, old, question))
    found += [
        _change("removed", old.path, name=name, type=old.type)
        for name, old in before.items()
        if name not in after
    ]
    return (*_of_form(earlier, later), *_of_repeats(earlier, later), *found)


def _of_form(earlier: Form, later: Form) -> Iterator[Change]:
    if earlier.form_id != later.form_id:
        yield _change("other_form", "", old=earlier.form_id, new=later.form_id)
    for language in sorted({*earlier.languages} - {*later.languages}):
        yield _change("language_removed", "", language=language)
    for language in sorted({*later.languages} - {*earlier.languages}):
        yield _change("language_added", "", language=language)


def _of_repeats(earlier: Form, later: Form) -> Iterator[Change]:
    """Groups that were answered once and now many times, or the other way round, and sections' conditions."""
    for path, item in later.items.items():
        old = earlier.items.get(path)
        if old is None or isinstance(old, Question) or isinstance(item, Question):
            continue
        if isinstance(old, Repeat) != isinstance(item, Repeat):
            yield _change("repeat", path, name=item.name)
        if _text_of(earlier, old.relevant) != _text_of(later, item.relevant):
            yield _change(
                "relevant", path, name=item.name, **_both(earlier, later, old.relevant, item.relevant)
            )


def _of_question(earlier: Form, later: Form, old: Question, new: Question) -> Iterator[Change]:
    name = new.name
    if old.type != new.type:
        yield _change("type", old.path, name=name, old=old.type, new=new.type)
    if old.path != new.path:
        yield _change("moved", old.path, name=name, old=old.path, new=new.path)
    for kind in _CONDITIONS:
        was, now = getattr(old, kind), getattr(new, kind)
        if _text_of(earlier, was) != _text_of(later, now):
            yield _change(kind, old.path, name=name, **_both(earlier, later, was, now))
    for language in sorted({*old.labels} & {*new.labels}):
        was_said, now_said = _plain(earlier, old.labels[language]), _plain(later, new.labels[language])
        if was_said != now_said:
            yield _change("label", old.path, name=name, language=language, old=was_said, new=now_said)
    yield from _of_options(earlier, later, old, new)


def _of_options(earlier: Form, later: Form, old: Question, new: Question) -> Iterator[Change]:
    before, after = _options(earlier, old), _options(later, new)
    gone = {code: texts for code, texts in before.items() if code not in after}
    fresh = {code: texts for code, texts in after.items() if code not in before}
    for code, texts in gone.items():
        heir = next((other for other, said in fresh.items() if texts and said == texts), "")
        if heir:
            del fresh[heir]
            yield _change("option_recoded", old.path, code, name=new.name, code=code, new=heir)
        else:
            yield _change("option_removed", old.path, code, name=new.name, code=code)
    for code in fresh:
        yield _change("option_added", old.path, code, name=new.name, code=code)
    for code, texts in before.items():
        for language in sorted({*texts} & {*after.get(code, {})}):
            if texts[language] != after[code][language]:
                words = {"language": language, "old": texts[language], "new": after[code][language]}
                yield _change("option_label", old.path, code, name=new.name, code=code, **words)


def _options(form: Form, question: Question) -> dict[str, dict[str, str]]:
    """The labels of each option by code; none for lists that are attached or answers of the record."""
    itemset = question.itemset
    if itemset is None or itemset.source is not None or itemset.instance in form.external:
        return {}
    return {
        one.value: {language: _plain(form, text) for language, text in one.labels.items()}
        for one in itemset.choices
    }


def _both(earlier: Form, later: Form, old: Expression | None, new: Expression | None) -> dict[str, str]:
    return {"old": _text_of(earlier, old) or "—", "new": _text_of(later, new) or "—"}


def _text_of(form: Form, found: Expression | None) -> str:
    """The condition as its author wrote it, `${name}` for a question; '' for none."""
    if found is None or (found.is_always_true and not found.text):
        return ""
    path = re.compile(rf"\s*/{re.escape(form.root_name)}/(?:[\w.-]+/)*([\w.-]+)\s*")
    return " ".join(path.sub(r" ${\1} ", found.text).split())


def _plain(form: Form, text: Text) -> str:
    return "".join(part if isinstance(part, str) else _text_of(form, part) for part in text)


def _change(kind: str, path: str, option: str = "", **words: str) -> Change:
    return Change(kind, path, option, sentence(kind, words))


def values_at(answers: Mapping[str, Any], path: str) -> Iterator[Any]:
    """The answers of a question in one record, one for each instance of the repeats around it."""
    name, _, rest = path.partition("/")
    found = answers.get(name)
    if not rest:
        if found not in (None, "", [], {}):
            yield found
        return
    for one in found if isinstance(found, list) else [found]:
        if isinstance(one, Mapping):
            yield from values_at(one, rest)


def concerns(change: Change, answers: Mapping[str, Any]) -> bool:
    """Whether a stored record holds an answer that the change is about."""
    for value in values_at(answers, change.path):
        words = value if isinstance(value, list) else str(value).split()
        if not change.option or change.option in words:
            return True
    return False
