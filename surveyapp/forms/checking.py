"""Whether a single answer has the form its type asks for, and how it is written when it has."""

import re
from collections.abc import Callable, Mapping

from surveyapp.forms.dates import parse_moment, time_of_day, zone_text
from surveyapp.forms.definition import Question
from surveyapp.forms.functions.geometry import parse_point
from surveyapp.forms.problem import Problem
from surveyapp.forms.values import number_text
from surveyapp.forms.wording import problem

_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
MOST_POINTS = 10_000
_LONGEST_NUMBER = 15
Outcome = str | Problem


def normal(question: Question, text: str, path: str, offset: int) -> Outcome:
    """The answer in its lexical form, or the problem with it. `text` is not blank."""
    check = _CHECKS.get(question.type) or _BIND_CHECKS.get(question.bind_type)
    return text if check is None else check(question, text.strip(), path, offset)


def _integer(question: Question, text: str, path: str, offset: int) -> Outcome:
    if not _INTEGER.fullmatch(text):
        return problem("integer", path)
    if len(text) > _LONGEST_NUMBER:
        return problem("number_too_long", path)
    return str(int(text))


def _decimal(question: Question, text: str, path: str, offset: int) -> Outcome:
    if not _DECIMAL.fullmatch(text):
        return problem("decimal", path)
    if len(text) > 2 * _LONGEST_NUMBER or abs(float(text)) >= 1e15:
        return problem("number_too_long", path)
    return text.removeprefix("+")


def _range(question: Question, text: str, path: str, offset: int) -> Outcome:
    found = _integer(question, text, path, offset) if question.bind_type == "int" else None
    found = found if found is not None else _decimal(question, text, path, offset)
    if isinstance(found, Problem):
        return found
    bounds = sorted(float(question.parameters.get(name, standard)) for name, standard in _ENDS)
    if not bounds[0] <= float(found) <= bounds[1]:
        return problem("range", path, start=number_text(bounds[0]), end=number_text(bounds[1]))
    start, step = (float(question.parameters.get(name, "1")) for name in ("start", "step"))
    steps = (float(found) - start) / step
    if abs(steps - round(steps)) > _CLOSE:
        return problem("range_step", path, start=number_text(start), step=number_text(abs(step)))
    return found


_CLOSE = 1e-6
_ENDS = (("start", "1"), ("end", "10"))


def _date(question: Question, text: str, path: str, offset: int) -> Outcome:
    if "month-year" in question.appearance and _MONTH.fullmatch(text):
        text = f"{text}-01"
    elif "year" in question.appearance and _YEAR.fullmatch(text):
        text = f"{text}-01-01"
    if not _DAY.fullmatch(text[:10]) or text < "1000":
        return problem("date", path)
    found = parse_moment(text, offset)
    return problem("date", path) if found is None else text[:10]


def _datetime(question: Question, text: str, path: str, offset: int) -> Outcome:
    if not _DAY.fullmatch(text[:10]) or "T" not in text or parse_moment(text, offset) is None:
        return problem("datetime", path)
    return text if len(text) > 16 else f"{text[:11]}{_full_time(text[11:], offset)}"


def _time(question: Question, text: str, path: str, offset: int) -> Outcome:
    if time_of_day(text, offset) is None:
        return problem("time", path)
    return text if len(text) > 5 else _full_time(text, offset)


def _full_time(text: str, offset: int) -> str:
    """'HH:MM:00.000+08:00' of 'HH:MM', which is what browsers send; a time with seconds stays as it is."""
    return f"{text}:00.000{zone_text(offset)}"


def _geopoint(question: Question, text: str, path: str, offset: int) -> Outcome:
    return " ".join(text.split()) if parse_point(text) is not None else problem("geopoint", path)


def _geotrace(question: Question, text: str, path: str, offset: int) -> Outcome:
    return _points(text, path, 2, False)


def _geoshape(question: Question, text: str, path: str, offset: int) -> Outcome:
    return _points(text, path, 4, True)


def _points(text: str, path: str, fewest: int, closed: bool) -> Outcome:
    """Points parted by ';', each 'latitude longitude [altitude [accuracy]]'; a shape ends where it begins."""
    parts = [part for part in text.split(";") if part.strip()]
    if len(parts) > MOST_POINTS:
        return problem("points_many", path, most=MOST_POINTS)
    points = [parse_point(part) for part in parts]
    if None in points or len(points) < fewest:
        return problem("geoshape" if closed else "geotrace", path)
    if closed and points[0] != points[-1]:
        return problem("geoshape", path)
    return text  # as its client wrote it, so that a record goes back unchanged


def _file(question: Question, text: str, path: str, offset: int) -> Outcome:
    wrong = len(text) > 255 or re.search(r"[/\\<>:\"|?*]", text) or text.startswith(".")
    return problem("file", path) if wrong else text


def _acknowledge(question: Question, text: str, path: str, offset: int) -> Outcome:
    return "OK" if text in ("OK", "true", "1") else problem("acknowledge", path)


def _one_word(question: Question, text: str, path: str, offset: int) -> Outcome:
    return problem("one_answer", path) if len(text.split()) > 1 else text


def _words(question: Question, text: str, path: str, offset: int) -> Outcome:
    words = text.split()
    return " ".join(words) if len(set(words)) == len(words) else problem("choice_twice", path)


_CHECKS: Mapping[str, Callable[[Question, str, str, int], Outcome]] = {
    "integer": _integer, "decimal": _decimal, "range": _range, "date": _date, "datetime": _datetime,
    "time": _time, "geopoint": _geopoint, "geotrace": _geotrace,
    "geoshape": _geoshape, "image": _file, "audio": _file, "video": _file, "file": _file,
    "acknowledge": _acknowledge, "select_one": _one_word, "select_multiple": _words, "rank": _words,
}  # fmt: skip
_BIND_CHECKS: Mapping[str, Callable[[Question, str, str, int], Outcome]] = {
    "int": _integer, "decimal": _decimal, "date": _date, "dateTime": _datetime, "time": _time,
}  # fmt: skip
