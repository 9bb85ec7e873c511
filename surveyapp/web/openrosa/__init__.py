"""OpenRosa: the door for ODK Collect, KoboCollect and Enketo. Its own guard, its own answers, no session."""

from surveyapp.web.openrosa import forms, submissions
from surveyapp.web.openrosa.blueprint import blueprint

__all__ = ["blueprint", "forms", "submissions"]
