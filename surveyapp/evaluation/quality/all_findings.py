"""Every check over one round, in the order of the rules."""

from __future__ import annotations

from collections.abc import Sequence

from surveyapp.evaluation.quality.arrivals import arrival_findings
from surveyapp.evaluation.quality.calls import call_findings
from surveyapp.evaluation.quality.collectors import interview_findings, panel_findings
from surveyapp.evaluation.quality.model import Attempt, Filed, Finding, Listing
from surveyapp.evaluation.quality.organised import organised_findings
from surveyapp.evaluation.quality.records import case_findings, flag_findings, paper_findings
from surveyapp.evaluation.quality.rules import RULES
from surveyapp.evaluation.quality.sites import site_findings
from surveyapp.evaluation.quality.surveys import survey_findings


def findings(
    records: Sequence[Filed], attempts: Sequence[Attempt] = (), listings: Sequence[Listing] = ()
) -> list[Finding]:
    """What the checks find in a round, by rule and subject; the same for the same records in any order."""
    kept = sorted(records, key=lambda one: (one.received, one.root_id))
    found = [
        *flag_findings(kept),
        *survey_findings(kept),
        *arrival_findings(kept),
        *organised_findings(kept, {one.unit: one.handled for one in listings}),
        *call_findings(kept, attempts),
        *site_findings(kept),
        *interview_findings(kept),
        *paper_findings(kept),
        *panel_findings(kept),
        *case_findings(listings),
    ]
    order = {code: at for at, code in enumerate(RULES)}
    return sorted(found, key=lambda one: (order[one.code], one.subject))
