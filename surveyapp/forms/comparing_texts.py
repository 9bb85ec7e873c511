"""Differences of what people read around the questions, and of what a page begins with or looks like.

None of them touches a stored answer; authors, translators and reviewers want to see them all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from surveyapp.forms.changes import NONE, Change, change, condition_text, plain_text
from surveyapp.forms.definition import Form, Group, Media, Question, Texts

_PARTS: Mapping[str, tuple[str, str]] = {
    "hints": ("说明", "hint"),
    "guidance": ("补充说明", "guidance hint"),
    "interviewer": ("给访谈员的话", "note for interviewers"),
    "constraint_messages": ("超出限制时的提示", "constraint message"),
    "required_messages": ("未答时的提示", "required message"),
    "soft_messages": ("异常时的提示", "soft constraint message"),
}
_GROUP_PARTS: Mapping[str, tuple[str, str]] = {
    "labels": ("标题", "title"),
    "interviewer": _PARTS["interviewer"],
}
_MEDIA = ("图片或声音", "picture or sound")
_TITLE = ("标题", "title")


def of_question(earlier: Form, later: Form, old: Question, new: Question) -> Iterator[Change]:
    """Hints, messages and media of a question, its default, parameters and appearance."""
    for field, part in _PARTS.items():
        yield from _texts(earlier, later, old.path, part, getattr(old, field), getattr(new, field))
    yield from _media(old.path, old.name, old.media, new.media)
    was = (old.default or condition_text(earlier, old.first_load), old.preload)
    now = (new.default or condition_text(later, new.first_load), new.preload)
    if was != now:
        yield _pair("default", old, was[0] or was[1], now[0] or now[1])
    if dict(old.parameters) != dict(new.parameters):
        yield _pair("parameters", old, _settings(old.parameters), _settings(new.parameters))
    if old.appearance != new.appearance:
        yield _pair("appearance", old, " ".join(sorted(old.appearance)), " ".join(sorted(new.appearance)))
    if old.readonly != new.readonly:
        yield _pair("readonly", old, _truth(old.readonly), _truth(new.readonly))
    if old.consent != new.consent:
        yield _pair("consent", old, _truth(old.consent), _truth(new.consent))


def of_group(earlier: Form, later: Form, old: Group, new: Group) -> Iterator[Change]:
    """The title of a section, its notes and media."""
    for field, part in _GROUP_PARTS.items():
        yield from _texts(earlier, later, old.path, part, getattr(old, field), getattr(new, field))
    yield from _media(old.path, old.name, old.media, new.media)


def of_titles(earlier: Form, later: Form) -> Iterator[Change]:
    """The title of the questionnaire in the languages of both versions."""
    for language in sorted({*earlier.titles} & {*later.titles}):
        was, now = earlier.titles[language], later.titles[language]
        if was != now:
            yield _wording("", later.form_id, _TITLE, language, was, now)


def of_settings(earlier: Form, later: Form) -> Iterator[Change]:
    """Style, clients, key and default language."""
    was = {**earlier.settings, "default_language": earlier.default_language}
    now = {**later.settings, "default_language": later.default_language}
    for name in sorted({*was} | {*now}):
        if was.get(name, "") != now.get(name, ""):
            yield change(
                "setting", "", name=name, old=was.get(name, "") or NONE, new=now.get(name, "") or NONE
            )


def _texts(
    earlier: Form, later: Form, path: str, part: tuple[str, str], old: Texts, new: Texts
) -> Iterator[Change]:
    for language in sorted({*old} | {*new}):
        was = plain_text(earlier, old.get(language, ()))
        now = plain_text(later, new.get(language, ()))
        if was != now and language in {*earlier.languages} & {*later.languages}:
            yield _wording(path, path.rpartition("/")[2], part, language, was, now)


def _wording(path: str, name: str, part: tuple[str, str], language: str, was: str, now: str) -> Change:
    owner = (f"“{name}”", name) if path else ("问卷", "The questionnaire")
    words = {"owner_zh": owner[0], "owner_en": owner[1], "part_zh": part[0], "part_en": part[1]}
    return change("wording", path, **words, language=language, old=was or NONE, new=now or NONE)


def _media(path: str, name: str, old: Media, new: Media) -> Iterator[Change]:
    was, now = _files(old), _files(new)
    if was != now:
        yield _wording(path, name, _MEDIA, "*", " ".join(sorted(was - now)), " ".join(sorted(now - was)))


def _files(media: Media) -> set[str]:
    return {name for files in media.values() for name in files.values()}


def _pair(kind: str, question: Question, was: str, now: str) -> Change:
    return change(kind, question.path, name=question.name, old=was or NONE, new=now or NONE)


def _settings(parameters: Mapping[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in sorted(parameters.items()))


def _truth(value: bool) -> str:
    return "yes" if value else "no"
