"""Response, cooperation, refusal and contact rates as defined by AAPOR.

A rate whose base is 0 is None ("n/a"), never 0. Not the connection rates of a department: there a dead number
counts against the department (evaluation.rates).
"""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Dispositions:
    """Final counts: interviews, partial ones, refusals, no contact, other, unknown household, unknown other,
    not eligible."""

    complete: int = 0
    partial: int = 0
    refusal: int = 0
    no_contact: int = 0
    other: int = 0
    unknown_household: int = 0
    unknown_other: int = 0
    not_eligible: int = 0


@dataclass(frozen=True, slots=True)
class ResponseRates:
    """The sixteen rates by AAPOR's names; None where a base is 0. `e` is the share taken as eligible."""

    rr1: float | None
    rr2: float | None
    rr3: float | None
    rr4: float | None
    rr5: float | None
    rr6: float | None
    coop1: float | None
    coop2: float | None
    coop3: float | None
    coop4: float | None
    ref1: float | None
    ref2: float | None
    ref3: float | None
    con1: float | None
    con2: float | None
    con3: float | None
    e: float | None


def response_rates(counts: Dispositions, eligible_share: float | None = None) -> ResponseRates:
    """All rates. `eligible_share` e of the unknown cases; left out: the share among the known cases.

    A negative count or an e outside 0..1 is a ValueError.
    Source: AAPOR Standard Definitions, 9th edition (2016), pp. 61-64.
    """
    if any(getattr(counts, one.name) < 0 for one in fields(counts)):
        raise ValueError("counts are not negative")
    if eligible_share is not None and not 0 <= eligible_share <= 1:
        raise ValueError("the eligible share lies between 0 and 1")
    done, answered = counts.complete, counts.complete + counts.partial
    reached = answered + counts.refusal + counts.other
    eligible = reached + counts.no_contact
    unknown = counts.unknown_household + counts.unknown_other
    e = _share(eligible, eligible + counts.not_eligible) if eligible_share is None else eligible_share
    # Where nothing is known, e has no value, and no rate that needs it for unknown cases has one.
    likely = eligible + e * unknown if e is not None else (0.0 if unknown else float(eligible))
    return ResponseRates(
        rr1=_share(done, eligible + unknown),
        rr2=_share(answered, eligible + unknown),
        rr3=_share(done, likely),
        rr4=_share(answered, likely),
        rr5=_share(done, eligible),
        rr6=_share(answered, eligible),
        coop1=_share(done, reached),
        coop2=_share(answered, reached),
        coop3=_share(done, answered + counts.refusal),
        coop4=_share(answered, answered + counts.refusal),
        ref1=_share(counts.refusal, eligible + unknown),
        ref2=_share(counts.refusal, likely),
        ref3=_share(counts.refusal, eligible),
        con1=_share(reached, eligible + unknown),
        con2=_share(reached, likely),
        con3=_share(reached, eligible),
        e=e,
    )


def _share(part: float, base: float) -> float | None:
    return part / base if base > 0 else None
