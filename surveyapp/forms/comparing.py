"""What differs between two versions of a questionnaire, and what that does to answers stored already.

Answers are read by name and exported by path; nothing stored is ever rewritten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from surveyapp.forms import comparing_texts
from surveyapp.forms.changes import NONE, Change, both, change, condition_text, plain_text
from surveyapp.forms.comparing_lists import of_options
from surveyapp.forms.definition import Form, Question, Repeat
from surveyapp.forms.expression import Expression

__all__ = ["Change", "compare", "concerns", "values_at"]

_CONDITIONS = ("required", "relevant", "constraint", "soft", "calculate")
_META, _COUNT = "meta/", "_count"


def compare(earlier: Form, later: Form) -> tuple[Change, ...]:
    """Every difference in the order of the later version, what was removed last; () when nothing differs."""
    before, after = _compared(earlier), _compared(later)
    found: list[Change] = []
    for name, question in after.items():
        old = before.get(name)
        if old is None:
            found.append(change("added", question.path, name=name, type=question.type))
        else:
            found.extend(_of_question(earlier, later, old, question))
    found += [
        change("removed", old.path, name=name, type=old.type)
        for name, old in before.items()
        if name not in after
    ]
    actions = _of_actions(earlier, later)
    return (*_of_form(earlier, later), *_of_groups(earlier, later), *found, *actions)


def _compared(form: Form) -> dict[str, Question]:
    """The questions by name, but for those of the record itself and the counts the converter adds."""
    counts = {f"{item.path}{_COUNT}" for item in form.items.values() if isinstance(item, Repeat)}
    return {
        one.name: one
        for one in form.questions
        if not one.path.startswith(_META) and not (one.path in counts and one.type == "calculate")
    }


def _count(form: Form, repeat: Repeat) -> Expression | None:
    """How often a repeat occurs: its count is a calculation of its own unless it is one question."""
    added = form.items.get(f"{repeat.path}{_COUNT}")
    if isinstance(added, Question) and added.type == "calculate":
        return added.calculate
    return repeat.count


def _of_form(earlier: Form, later: Form) -> Iterator[Change]:
    if earlier.form_id != later.form_id:
        yield change("other_form", "", old=earlier.form_id, new=later.form_id)
    for language in sorted({*earlier.languages} - {*later.languages}):
        yield change("language_removed", "", language=language)
    for language in sorted({*later.languages} - {*earlier.languages}):
        yield change("language_added", "", language=language)
    yield from comparing_texts.of_titles(earlier, later)
    yield from comparing_texts.of_settings(earlier, later)


def _of_groups(earlier: Form, later: Form) -> Iterator[Change]:
    """Groups answered once and now many times, or the other way round; their conditions and texts."""
    for path, item in later.items.items():
        old = earlier.items.get(path)
        if old is None or isinstance(old, Question) or isinstance(item, Question):
            continue
        if isinstance(old, Repeat) != isinstance(item, Repeat):
            yield change("repeat", path, name=item.name)
        if condition_text(earlier, old.relevant) != condition_text(later, item.relevant):
            yield change(
                "relevant", path, name=item.name, **both(earlier, later, old.relevant, item.relevant)
            )
        if isinstance(old, Repeat) and isinstance(item, Repeat):
            counts = both(earlier, later, _count(earlier, old), _count(later, item))
            if counts["old"] != counts["new"]:
                yield change("repeat_count", path, name=item.name, **counts)
        yield from comparing_texts.of_group(earlier, later, old, item)


def _of_question(earlier: Form, later: Form, old: Question, new: Question) -> Iterator[Change]:
    name = new.name
    if old.type != new.type:
        yield change("type", old.path, name=name, old=old.type, new=new.type)
    if old.path != new.path:
        yield change("moved", old.path, name=name, old=old.path, new=new.path)
    for kind in _CONDITIONS:
        was, now = getattr(old, kind), getattr(new, kind)
        if condition_text(earlier, was) != condition_text(later, now):
            yield change(kind, old.path, name=name, **both(earlier, later, was, now))
    for language in sorted({*old.labels} & {*new.labels}):
        was_said, now_said = (
            plain_text(earlier, old.labels[language]),
            plain_text(later, new.labels[language]),
        )
        if was_said != now_said:
            yield change("label", old.path, name=name, language=language, old=was_said, new=now_said)
    yield from comparing_texts.of_question(earlier, later, old, new)
    yield from of_options(earlier, later, old, new)


def _of_actions(earlier: Form, later: Form) -> Iterator[Change]:
    """What the form fills in by itself, by the question that is filled in."""
    was, now = _actions(earlier), _actions(later)
    for target in dict.fromkeys((*now, *was)):
        if was.get(target, "") != now.get(target, ""):
            name = target.rpartition("/")[2]
            old, new = was.get(target, "") or NONE, now.get(target, "") or NONE
            yield change("actions", target, name=name, old=old, new=new)


def _actions(form: Form) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for action in form.actions:
        said = " ".join((action.event, action.source, condition_text(form, action.value)))
        found.setdefault(action.target, []).append(" ".join(said.split()))
    return {target: "; ".join(sorted(said)) for target, said in found.items()}


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


def concerns(one: Change, answers: Mapping[str, Any]) -> bool:
    """Whether a stored record holds an answer that the change is about."""
    for value in values_at(answers, one.path):
        words = value if isinstance(value, list) else str(value).split()
        if one.options:
            if not one.options.isdisjoint(words):
                return True
        elif not one.option or one.option in words:
            return True
    return False
