"""Differences between the options of a question in two versions, written in the questionnaire or attached.

Options of a register are those of the round and of no version; answers of the record are no options.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from surveyapp.forms.attached_lists import register_of
from surveyapp.forms.changes import Change, change, plain_text
from surveyapp.forms.definition import Form, Question

Options = Mapping[str, Mapping[str, str]]
_MOST_NAMED = 5


def of_options(earlier: Form, later: Form, old: Question, new: Question) -> Iterator[Change]:
    """One change an option of the questionnaire's own lists, one in all for an attached list."""
    file = _attached(later, new) or _attached(earlier, old)
    before, after = _options(earlier, old), _options(later, new)
    if file:
        yield from _of_list(old.path, new.name, file, before, after)
    else:
        yield from _each(old.path, new.name, before, after)
    if old.itemset is not None and new.itemset is not None:
        if old.itemset.predicate_trees != new.itemset.predicate_trees:
            yield change("choice_filter", old.path, name=new.name)
        if old.itemset.randomized != new.itemset.randomized:
            yield change("randomized", old.path, name=new.name)
        yield from _ways_out(earlier, later, old, new)


def _each(path: str, name: str, before: Options, after: Options) -> Iterator[Change]:
    gone = {code: texts for code, texts in before.items() if code not in after}
    fresh = {code: texts for code, texts in after.items() if code not in before}
    for code, texts in gone.items():
        heir = next((other for other, said in fresh.items() if texts and said == texts), "")
        if heir:
            del fresh[heir]
            yield change("option_recoded", path, code, name=name, code=code, new=heir)
        else:
            yield change("option_removed", path, code, name=name, code=code)
    for code in fresh:
        yield change("option_added", path, code, name=name, code=code)
    for code, texts in before.items():
        for language in sorted({*texts} & {*after.get(code, {})}):
            if texts[language] != after[code][language]:
                words = {"language": language, "old": texts[language], "new": after[code][language]}
                yield change("option_label", path, code, name=name, code=code, **words)


def _of_list(path: str, name: str, file: str, before: Options, after: Options) -> Iterator[Change]:
    gone = [code for code in before if code not in after]
    fresh = [code for code in after if code not in before]
    said = [code for code in before if code in after and before[code] != after[code]]
    if gone or fresh or said:
        words = {"gone": _named(gone), "fresh": _named(fresh), "said": _named(said)}
        yield replace(change("list", path, name=name, file=file, **words), options=frozenset((*gone, *said)))


def _named(codes: list[str]) -> str:
    """'3 (a b c)': how many, and the first of them."""
    if not codes:
        return "0"
    shown = " ".join(code[:20] for code in codes[:_MOST_NAMED])
    return f"{len(codes)} ({shown}{' …' if len(codes) > _MOST_NAMED else ''})"


def _ways_out(earlier: Form, later: Form, old: Question, new: Question) -> Iterator[Change]:
    """Options that became, or are no longer, set apart or exclusive."""
    was, now = _kinds(earlier, old), _kinds(later, new)
    for code, kind in was.items():
        if code in now and now[code] != kind:
            yield change("option_kind", old.path, code, name=new.name, code=code)


def _kinds(form: Form, question: Question) -> dict[str, tuple[bool, bool]]:
    itemset = question.itemset
    if itemset is None or itemset.source is not None:
        return {}
    return {one.value: (one.apart, one.exclusive) for one in itemset.choices}


def _attached(form: Form, question: Question) -> str:
    """The file the options come from, '' for the questionnaire's own lists and for registers."""
    file = form.external.get(question.itemset.instance, "") if question.itemset else ""
    return "" if register_of(file) else file


def _options(form: Form, question: Question) -> dict[str, dict[str, str]]:
    """The labels of each option by code; none for registers and answers of the record."""
    itemset = question.itemset
    if itemset is None or itemset.source is not None:
        return {}
    if register_of(form.external.get(itemset.instance, "")):
        return {}
    return {
        one.value: {language: plain_text(form, text) for language, text in one.labels.items()}
        for one in itemset.choices
    }
