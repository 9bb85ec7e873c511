"""surveyapp: evidence about public services, and scores that open down to it."""

__version__ = "0.1.0"
