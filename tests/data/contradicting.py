"""A round in which officials and citizens say opposite things about one row, for tests."""

from __future__ import annotations

from surveyapp.services import folding
from surveyapp.services.installation import Platform
from tests.data.rounds import Round, citizen_submission, confirmed, interview_submission

FINDING = "2.4.1:内部访谈~服务对象抽查"


def contradict(platform: Platform, made: Round, citizens: int = 14, talks: int = 6) -> list[str]:
    """Interviews give the best level, citizens say that nobody checked by themselves; ids of the records."""
    sent = [citizen_submission(made, self_check="no") for _ in range(citizens)]
    sent += [interview_submission(made, platform, "4") for _ in range(talks)]
    roots = [confirmed(platform, made, submission) for submission in sent]
    folding.fold_round(platform, made.id)
    return roots
