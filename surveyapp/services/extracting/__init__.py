"""Take in lists of handled cases: read safely, counted, drawn for file review, kept with their hash.

What they count begins a document review; the record names the list it was made from.
"""

from surveyapp.services.extracting.citing import Cited, Citing, cited_by, citing, differences, evidence_of
from surveyapp.services.extracting.columns import CASES
from surveyapp.services.extracting.keeping import (
    DEFAULT_SAMPLE,
    LARGEST_SAMPLE,
    Extract,
    Handed,
    Kept,
    calendar,
    find_extract,
    keep_extract,
    list_extracts,
    newest_extract,
)

__all__ = [
    "CASES",
    "DEFAULT_SAMPLE",
    "LARGEST_SAMPLE",
    "Cited",
    "Citing",
    "Extract",
    "Handed",
    "Kept",
    "calendar",
    "cited_by",
    "citing",
    "differences",
    "evidence_of",
    "find_extract",
    "keep_extract",
    "list_extracts",
    "newest_extract",
]
