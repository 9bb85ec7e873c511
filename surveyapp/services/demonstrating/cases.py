"""The made-up list of handled cases of a hall: as good as the hall, with the oddities such lists have."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

from surveyapp.gateways.spreadsheets import csv_lines
from surveyapp.services.demonstrating.answers import between
from surveyapp.services.demonstrating.stage import Hall, Stage
from surveyapp.services.extracting import CASES, Extract, Handed, calendar, find_extract, keep_extract

COUNTED_ON = dt.date(2018, 10, 31)
FIRST = dt.date(2018, 1, 2)
INSTANT, PROMISED, RECENT, DAYS, MINUTES = 200, 150, 12, 10, 30
REASON = "不符合《营业性演出管理条例》第七条"


def add_case_list(stage: Stage, hall: Hall) -> Extract:
    """Hand in the list of a hall and draw 30 of its files."""
    header = [column.label["zh"] for column in CASES.columns]
    content = b"".join(csv_lines(header, list(_rows(stage.rng, hall))))
    handed = Handed(f"{hall.name}办件.csv", content, COUNTED_ON, seed=f"demonstration-{hall.code}")
    kept = keep_extract(stage.platform, stage.people["lead"], stage.round_id, hall.unit_id, handed)
    found = find_extract(stage.platform, kept.id, ("/",))
    if found is None:
        raise ValueError(f"{hall.name}: {kept.problems[0].sentence['en']}")
    return found


def _rows(rng: random.Random, hall: Hall) -> Iterator[list[str]]:
    worked = [day for day in calendar().days if FIRST <= day <= COUNTED_ON]
    for number in range(1, INSTANT + 1):
        yield _instant(rng, hall, f"J{number:04}", worked)
    for number in range(1, PROMISED + 1):
        yield _promised(rng, hall, f"C{number:04}", worked)
    for number in range(1, RECENT + 1):
        begun = _moment(rng, worked[-rng.randint(1, DAYS - 2)], 9, 16)
        yield [f"N{number:04}", "承诺件", _written(begun), "", "在办", "", str(DAYS), "", ""]


def _instant(rng: random.Random, hall: Hall, number: str, worked: list[dt.date]) -> list[str]:
    place = rng.randrange(len(worked) - 1)
    begun = _moment(rng, worked[place], 9, 16)
    if rng.random() < between([0.97, 0.7], hall.quality):
        ended = begun + dt.timedelta(minutes=rng.randint(4, MINUTES))
    elif rng.random() < 0.5:
        ended = begun + dt.timedelta(minutes=rng.randint(MINUTES + 5, 55))
    else:
        ended = _moment(rng, worked[place + 1], 9, 16)
    return [number, "即办件", _written(begun), _written(ended), "办成", "", "", str(MINUTES), ""]


def _promised(rng: random.Random, hall: Hall, number: str, worked: list[dt.date]) -> list[str]:
    place = rng.randrange(len(worked) - 3 * DAYS)
    kept = rng.random() < between([0.97, 0.65], hall.quality)
    used = rng.randint(3, DAYS) if kept else rng.randint(DAYS + 1, DAYS + 6)
    stops = ""
    if rng.random() < 0.08:
        stops = f"补正 {worked[place + 1]}~{worked[place + 2]}"
        used += 2
    begun, ended = _moment(rng, worked[place], 9, 16), _moment(rng, worked[place + used], 9, 17)
    chance = rng.random()
    if chance < 0.04:
        result, reason = "不予办理", REASON
    else:
        result, reason = ("办成" if chance < between([0.99, 0.85], hall.quality) else "未办成"), ""
    return [number, "承诺件", _written(begun), _written(ended), result, reason, str(DAYS), "", stops]


def _moment(rng: random.Random, day: dt.date, first: int, last: int) -> dt.datetime:
    at = dt.time(rng.randrange(first, last), rng.randrange(60))
    return dt.datetime.combine(day, at)


def _written(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
