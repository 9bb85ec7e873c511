"""Release a round: its data, rules and published numbers as a folder anyone can compute again without us.

A release takes a snapshot of every unit from one consistent read; the folder holds the script that proves it.
"""

from pathlib import Path

from surveyapp.services.explaining import OpenContradictions
from surveyapp.services.installation import Platform
from surveyapp.services.releasing.comparing import Change, NotARelease, compare_releases
from surveyapp.services.releasing.gathering import NothingToRelease, Released, gather
from surveyapp.services.releasing.packing import FolderInUse, require_free, write_release

__all__ = [
    "Change",
    "FolderInUse",
    "NotARelease",
    "NothingToRelease",
    "OpenContradictions",
    "Released",
    "compare_releases",
    "release_round",
]


def release_round(platform: Platform, round_code: str, profile_code: str | None, folder: Path) -> Path:
    """Write the release of a round to an empty folder. Raises what gather and write_release raise."""
    require_free(folder)
    return write_release(gather(platform, round_code, profile_code, None), folder)
