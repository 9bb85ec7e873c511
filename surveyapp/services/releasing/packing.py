"""A release as a folder of plain files: CSV, JSON, the script, and a manifest with the hash of each."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from surveyapp.config import resource
from surveyapp.services.releasing.gathering import Released

OBSERVATION = (
    "indicator",
    "method",
    "measure",
    "root_id",
    "revision",
    "value",
    "weight",
    "cluster",
    "stratum",
)
RECORD = ("unit", "root_id", "revision", "kind", "version_id", "day", "body_sha256")
SCRIPT = "recompute.py"


class FolderInUse(Exception):
    """The folder for the release exists already and holds something."""


def require_free(folder: Path) -> None:
    """Refuse a folder that holds something. Raises FolderInUse."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderInUse(str(folder))


def write_release(released: Released, folder: Path) -> Path:
    """Write the release to `folder`, whole or not at all; returns the folder. Raises FolderInUse, OSError."""
    require_free(folder)
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    files = _files(released)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    try:
        for name, content in (files | {"manifest.json": _json({"files": hashes})}).items():
            path = partial / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if folder.exists():
            folder.rmdir()
        os.replace(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def _files(released: Released) -> dict[str, bytes]:
    observations = [
        [unit, *(getattr(one, name) for name in OBSERVATION)] for unit, one in released.observations
    ]
    return {
        "about.json": _json(released.about),
        "rules.json": _json(released.rules),
        "published.json": _json(released.published),
        "contradictions.json": _json({"contradictions": [one.to_json() for one in released.contradictions]}),
        "data/observations.csv": _csv(("unit", *OBSERVATION), observations),
        "data/records.csv": _csv(RECORD, [[row[name] for name in RECORD] for row in released.records]),
        "README.md": _readme(released).encode(),
        SCRIPT: (resource("static") / "release" / SCRIPT).read_bytes(),
    }


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Rows with every digit: numbers as Python writes them, which reads back the same."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([repr(cell) if isinstance(cell, float) else cell for cell in row] for row in rows)
    return text.getvalue().encode()


def _planned(plans: Sequence[Mapping[str, Any]]) -> str:
    """A line that names the first sampling plan by its hash, and how many there are; '' without one."""
    if not plans:
        return ""
    first = plans[0]
    return (
        f"\n抽样计划第 1 版（SHA-256）：{first['sha256']}，此前已收到 {first['received_before']} 条记录；"
        f"共 {len(plans)} 版，停止规则列在 about.json。"
    )


def _readme(released: Released) -> str:
    about = released.about
    warning = "**演示数据，非真实评估。Demonstration data, no real evaluation.**"
    mark = f"\n\n{warning}" if about["is_demonstration"] else ""
    head = f"# {about['title']}（{about['round']}）{mark}"
    registered = about["registered"][0]["sha256"] if about["registered"] else "–"
    return f"""{head}

发布单位：{about["issuer"]}；方案 {about["profile"]}；规则 {about["rule_version"]}；
程序 {about["code_version"]}；生成时间 {about["made_at"]}。{_planned(about["sampling_plans"])}
事前登记的规则（SHA-256）：{registered}；其后的改动 {len(about["deviations"])} 处，列在 about.json。

本文件夹给出每个公布的数和得出它所用的全部数据与规则。安装 Python 3.11 以上和 numpy、scipy 后运行：

    python {SCRIPT}

脚本不联网，不用评估平台的任何代码，按公布的模型把每个数重算一遍，列出不同之处；完全一致时返回 0。

| 文件 | 内容 |
|---|---|
| about.json | 轮次、方案、规则版本 |
| rules.json | 指标、权重、缺失证据的处理、测量方法、已作的决定 |
| data/observations.csv | 已确认记录在各测量上的取值、权重、群和层（群换成编号），均为质量决定之前 |
| data/records.csv | 记录编号、修订、收到日期和原始内容的 SHA-256；不含任何答案 |
| contradictions.json | 方法之间超出偶然的矛盾，每处的差、区间和裁定（采信谁或为何并存、理由、时间） |
| published.json | 公布的全部数：得分、区间、缺失证据的上下界、名次区间 |
| manifest.json | 每个文件的 SHA-256 |

对个别记录的质量决定连同理由列在 rules.json；每个分数另给出有标记的记录全部计入和全部不计入的结果。
尚未决定的按“保留”计入。名次只以区间给出：区间相交的单位，数据分不出先后。

---

This folder holds every published number with all data and rules it came from. With Python 3.11 or newer,
numpy and scipy, `python {SCRIPT}` computes each of them again without any code of the platform and without a
network, lists what differs, and returns 0 only when nothing does. Decisions on
single records stand in rules.json; beside every figure are those with all flagged records and without any of
them. A flagged record nobody decided on counts in full. Ranks are given as intervals only: units
whose intervals overlap cannot be told apart by the data.
"""
