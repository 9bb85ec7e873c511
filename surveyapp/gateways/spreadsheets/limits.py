"""How large a table may be that somebody uploads; what is larger is refused before it is unpacked."""

from __future__ import annotations

from dataclasses import dataclass

from surveyapp.gateways.refusal import Refusal


@dataclass(frozen=True)
class Limits:
    """Bytes of the file, bytes once unpacked, the extent of each sheet, and the cells of all of them."""

    file_bytes: int = 10 * 2**20
    unpacked_bytes: int = 60 * 2**20
    parts: int = 500
    sheets: int = 30
    rows: int = 50_000
    columns: int = 300
    cells: int = 1_000_000


LIMITS = Limits()


def too_large(limits: Limits) -> Refusal:
    """The file has too many bytes."""
    return Refusal.of(
        "table-too-large",
        f"文件超过 {limits.file_bytes // 2**20} MB，请删去多余的工作表、图片和格式后再上传。",
        f"The file is larger than {limits.file_bytes // 2**20} MB. "
        "Remove sheets, pictures and formats that are not needed and upload it again.",
    )


def unpacks_too_large(limits: Limits) -> Refusal:
    """The file is small and its content is not."""
    return Refusal.of(
        "table-unpacks-too-large",
        f"文件解压后超过 {limits.unpacked_bytes // 2**20} MB，不予打开；请把需要的内容复制到新工作簿后上传。",
        f"The file unpacks to more than {limits.unpacked_bytes // 2**20} MB and is not opened. "
        "Copy what is needed into a new workbook and upload that.",
    )


def too_many_cells(limits: Limits, place: str) -> Refusal:
    """A sheet reaches too far down or to the right; `place` names it."""
    return Refusal.of(
        "table-too-many-cells",
        f"{place}超过 {limits.rows} 行、{limits.columns} 列或 {limits.cells} 个单元格，"
        "请检查表格右侧和下方是否有多余的内容。",
        f"{place} has more than {limits.rows} rows, {limits.columns} columns or {limits.cells} cells. "
        "Look for stray content to the right of the table and below it.",
    )
