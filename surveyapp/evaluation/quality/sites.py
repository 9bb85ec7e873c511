"""Visits and hall checks held against each other: speed between places, photos, two observers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from surveyapp.evaluation.quality.model import Filed, FileFact, Finding, chains, finding, grouped
from surveyapp.evaluation.quality.rules import RULES
from surveyapp.evaluation.visits import haversine_km
from surveyapp.stats.agreement import krippendorff_alpha
from surveyapp.stats.alikeness import near_pairs

KINDS_AT_SITES = ("visit", "hall")


def site_findings(records: Iterable[Filed]) -> Iterator[Finding]:
    """What stands out among the visits and hall checks of a round."""
    kept = [one for one in records if one.kind in KINDS_AT_SITES]
    yield from _travel(kept)
    yield from _photo_times(kept)
    yield from _same_photos(kept)
    yield from _near_photos(kept)
    yield from _observers(kept)


def _position(record: Filed) -> tuple[float, float] | None:
    parts = record.leaf.get("position", "").split()
    try:
        found = float(parts[0]), float(parts[1])
    except (IndexError, ValueError):
        return None
    return found if all(map(math.isfinite, found)) and abs(found[0]) <= 90 else None


def _travel(records: Sequence[Filed]) -> Iterator[Finding]:
    """From the end of one visit to the beginning of the next, as the crow flies; short ways are left out."""
    limit = RULES["too_quick_travel"].limits
    for mine in grouped((one.collector, one) for one in records if one.collector).values():
        ordered = sorted(mine, key=_begin)
        for before, after in pairwise(ordered):
            here, there = _position(before), _position(after)
            if here is None or there is None:
                continue
            km = haversine_km(*here, *there)
            hours = (_begin(after) - (before.finished or before.received)).total_seconds() / 3600
            speed = km / hours if hours > 0 else math.inf
            if km >= limit["least_km"] and speed > limit["km_h"]:
                zh, en = (f"{speed:.0f} km/h", f"{speed:.0f} km/h") if hours > 0 else ("时间重叠", "at once")
                yield finding(
                    "too_quick_travel",
                    after.unit,
                    f"{before.root_id}:{after.root_id[:8]}",
                    [before.root_id, after.root_id],
                    f"两次到场相距 {km:.0f} 公里，间隔 {max(0, hours) * 60:.0f} 分钟（{zh}）。",
                    f"Two visits {km:.0f} km apart, {max(0, hours) * 60:.0f} minutes between them ({en}).",
                    km=km,
                    hours=hours,
                )


def _begin(record: Filed) -> datetime:
    return record.started or record.received


def _pictures(records: Iterable[Filed]) -> list[tuple[Filed, FileFact]]:
    return [(one, file) for one in records for file in one.files if file.is_picture]


def _photo_times(records: Sequence[Filed]) -> Iterator[Finding]:
    """The camera's time against the visit (begun to filed) with ten minutes to either side."""
    slack = timedelta(minutes=RULES["photo_time"].limits["minutes"])
    for one in records:
        shown = [file for file in one.files if file.is_picture]
        untimed = [file for file in shown if file.taken is None]
        if untimed:
            yield finding(
                "photo_no_time",
                one.unit,
                one.root_id,
                [one.root_id],
                f"{len(shown)} 张照片中 {len(untimed)} 张没有拍摄时间。",
                f"{len(untimed)} of {len(shown)} photos do not say when they were taken.",
                untimed=len(untimed),
                of=len(shown),
            )
        begin, end = one.started, one.finished or one.received
        outside = [
            file
            for file in shown
            if file.taken and (file.taken > end + slack or (begin and file.taken < begin - slack))
        ]
        if outside and outside[0].taken:
            yield finding(
                "photo_time",
                one.unit,
                one.root_id,
                [one.root_id],
                f"{len(outside)} 张照片（如 {outside[0].taken:%m-%d %H:%M}）不在到场时段前后 10 分钟内拍摄。",
                f"{len(outside)} photos were taken (as {outside[0].taken:%m-%d %H:%M}) more than ten minutes "
                "outside the visit.",
                outside=len(outside),
            )


def _same_photos(records: Sequence[Filed]) -> Iterator[Finding]:
    for digest, mine in grouped((file.sha256, one) for one, file in _pictures(records)).items():
        roots = sorted({one.root_id for one in mine})
        if len(roots) > 1:
            yield finding(
                "same_photo",
                mine[0].unit,
                digest,
                roots,
                f"同一个照片文件出现在 {len(roots)} 条记录里。",
                f"The very same photo file is in {len(roots)} records.",
                number=len(roots),
                sha256=digest,
            )


def _near_photos(records: Sequence[Filed]) -> Iterator[Finding]:
    """Photos linked by prints that differ in few bits, a chain of them being one finding."""
    limit = RULES["near_photo"].limits
    shown = [(one, file) for one, file in _pictures(records) if file.near]
    prints = [int(file.near, 16) for _, file in shown]
    pairs = {
        (at, to): distance
        for (at, to), distance in near_pairs(prints, int(limit["bits"])).items()
        if shown[at][0].root_id != shown[to][0].root_id and shown[at][1].sha256 != shown[to][1].sha256
    }
    for links, distances in chains(len(shown), pairs):
        roots = sorted({shown[at][0].root_id for at in links})
        yield finding(
            "near_photo",
            shown[links[0]][0].unit,
            min(shown[at][1].sha256 for at in links),
            roots,
            f"{len(roots)} 条记录的照片几乎相同（64 位指纹最少差 {min(distances)} 位）。",
            f"Photos of {len(roots)} records are almost the same ({min(distances)} of 64 bits apart).",
            bits=min(distances),
            number=len(roots),
        )


def _observers(records: Sequence[Filed]) -> Iterator[Finding]:
    """Krippendorff's α of each yes-or-no item over the places two observers saw on one day."""
    limit = RULES["observers_differ"].limits
    pairs = []
    for _place, mine in grouped(((one.site, one.received.date()), one) for one in records).items():
        seen = {one.leaf.get("observer", one.collector): one for one in mine if one.kind == "hall"}
        if len(seen) == 2:
            pairs.append(tuple(seen[name] for name in sorted(seen)))
    seen_items = [item for pair in pairs for one in pair for item in one.leaf.items()]
    names = sorted({name for name, said in seen_items if said in YES_NO})
    for name in names:
        both = [(_said(a, name), _said(b, name)) for a, b in pairs]
        both = [(a, b) for a, b in both if a is not None and b is not None]
        if len(both) < limit["least"]:
            continue
        alpha = krippendorff_alpha([[a for a, _ in both], [b for _, b in both]])
        if not math.isnan(alpha) and alpha < limit["alpha"]:
            yield finding(
                "observers_differ",
                pairs[0][0].unit,
                name,
                [one.root_id for pair in pairs for one in pair],
                f"检查项“{name}”：{len(both)} 处两人同看，α = {alpha:.3f}，低于 0.667。",
                f"Item “{name}”: seen by two at {len(both)} places, α = {alpha:.3f}, below 0.667.",
                alpha=alpha,
                places=len(both),
            )


YES_NO = ("yes", "no")


def _said(record: Filed, name: str) -> float | None:
    said = record.leaf.get(name)
    return None if said not in YES_NO else float(said == "yes")
