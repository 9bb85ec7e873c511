"""The indicator framework: what is evaluated, worth how many points, by which methods.

Read from a table by read_table; says nothing of how evidence becomes points (see scoring).
"""

from surveyapp.evaluation.framework.documented import add_documented
from surveyapp.evaluation.framework.model import Finding, Framework, Indicator, Reading, ReadingChoice
from surveyapp.evaluation.framework.table import read_table

__all__ = ["Finding", "Framework", "Indicator", "Reading", "ReadingChoice", "add_documented", "read_table"]
