"""Flags of single records, documents, claims of self-assessments, lists of cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from surveyapp.evaluation.cases.quality import ODDITIES
from surveyapp.evaluation.flags import DOOR_FLAGS, FLAGS
from surveyapp.evaluation.quality.model import Filed, Finding, Listing, finding, grouped
from surveyapp.evaluation.quality.rules import RULES, SUSPECT_FLAGS
from surveyapp.stats.alikeness import alike_pairs, shingles


def flag_findings(records: Iterable[Filed]) -> Iterator[Finding]:
    """One finding a unit, instrument and flag, for the flags that throw doubt on a record."""
    flagged = [((one.unit, one.kind, flag), one) for one in records for flag in one.flags]
    for (unit, kind, flag), mine in grouped(flagged).items():
        if flag in SUSPECT_FLAGS:
            words = FLAGS.get(flag) or DOOR_FLAGS[flag]
            yield finding(
                "record_flag",
                unit,
                f"{unit}:{kind}:{flag}",
                [one.root_id for one in mine],
                f"{len(mine)} 条记录带有标记“{words['zh']}”。",
                f"{len(mine)} records carry the flag “{words['en']}”.",
                number=len(mine),
                flag=flag,
                kind=kind,
            )


def paper_findings(records: Iterable[Filed]) -> Iterator[Finding]:
    """Documents and self-assessments of a round."""
    kept = list(records)
    documents = [one for one in kept if one.kind == "document"]
    selves = [one for one in kept if one.kind == "self"]
    yield from _made_for_review(documents)
    yield from _same_document(documents)
    yield from _claims(selves)
    yield from _copied(selves)


def _made_for_review(documents: Sequence[Filed]) -> Iterator[Finding]:
    late = [one for one in documents if one.leaf.get("made") in MADE_LATE]
    for unit, mine in grouped((one.unit, one) for one in late).items():
        yield finding(
            "made_for_review",
            unit,
            unit,
            [one.root_id for one in mine],
            f"{len(mine)} 份材料是评估通知以后补做的。",
            f"{len(mine)} papers were made after the notice of the evaluation.",
            number=len(mine),
        )


def _digests(record: Filed) -> set[str]:
    told = [item.get(name, "") for item in record.items for name in ("ev_sha256", "proof_sha256")]
    return {file.sha256 for file in record.files} | {digest.lower() for digest in told if digest}


def _same_document(documents: Sequence[Filed]) -> Iterator[Finding]:
    for digest, mine in grouped((digest, one) for one in documents for digest in _digests(one)).items():
        units = {one.unit for one in mine}
        if len(units) > 1:
            yield finding(
                "same_document",
                mine[0].unit,
                digest,
                [one.root_id for one in mine],
                f"同一个文件用作 {len(units)} 个单位的凭据。",
                f"The same file is evidence for {len(units)} units.",
                units=len(units),
                sha256=digest,
            )


def _claims(selves: Sequence[Filed]) -> Iterator[Finding]:
    for one in selves:
        claimed = {
            name.removeprefix("claimed_")
            for name, said in one.leaf.items()
            if name.startswith("claimed_") and name[8:9].isdigit() and said not in ("0", "0.0", "0.00")
        }
        proven = {
            item.get("proof_leaf", "").replace(".", "_")
            for item in one.items
            if item.get("proof_file") or item.get("proof_sha256")
        }
        bare = sorted(claimed - proven)
        if bare:
            yield finding(
                "claims_without_files",
                one.unit,
                one.root_id,
                [one.root_id],
                f"自评给分的 {len(claimed)} 项中，{len(bare)} 项没有附文件。",
                f"Of {len(claimed)} rows with claimed points {len(bare)} come without a file.",
                bare=len(bare),
                of=len(claimed),
            )


def _copied(selves: Sequence[Filed]) -> Iterator[Finding]:
    limit = RULES["copied_text"].limits
    texts = [(one, "".join(item.get("proof_what", "") for item in one.items)) for one in selves]
    read = [(one, text) for one, text in texts if len(text) >= limit["least_characters"]]
    passages = [shingles(text, int(limit["length"])) for _, text in read]
    for (at, to), share in alike_pairs(passages, limit["jaccard"]).items():
        one, other = read[at][0], read[to][0]
        if one.unit != other.unit:
            yield finding(
                "copied_text",
                one.unit,
                f"{one.root_id}:{other.root_id[:8]}",
                [one.root_id, other.root_id],
                f"两个单位的说明文字有 {share:.0%} 相同。",
                f"The explanations of two units are {share:.0%} the same.",
                jaccard=share,
            )


def case_findings(listings: Iterable[Listing]) -> Iterator[Finding]:
    """What a unit's list of cases shows; it names no record."""
    for one in listings:
        for code, number, base in one.oddities:
            words = ODDITIES[code]
            yield finding(
                "odd_cases",
                one.unit,
                f"{one.unit}:{code}",
                [],
                f"办件数据中 {base} 件里有 {number} 件：{words['zh']}。",
                f"In the list of cases {number} of {base}: {words['en']}.",
                number=number,
                of=base,
            )


MADE_LATE = ("after",)
