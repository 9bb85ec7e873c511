"""Cases drawn for file review: which ones, by a seed that anybody can draw again from."""

import hashlib
import json
import random
from collections.abc import Iterable, Sequence

from surveyapp.evaluation.cases.model import Case


def drawn_cases(rng: random.Random, cases: Iterable[Case], number: int) -> tuple[str, ...]:
    """Numbers of `number` ended cases (all when there are fewer), drawn without replacement, sorted.

    Drawn from the sorted numbers, so that neither the order of the file nor its format matters.
    """
    ended = sorted(case.number for case in cases if case.finished is not None)
    return tuple(sorted(rng.sample(ended, min(number, len(ended)))))


def sample_hash(seed: str, file_sha256: str, numbers: Sequence[str]) -> str:
    """SHA-256 of the seed, the file's hash and the drawn numbers as canonical JSON."""
    body = {"cases": list(numbers), "file": file_sha256, "seed": seed}
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
