"""Field work: today's tasks, test calls, visits, interview notes, corrections."""

from surveyapp.web.field import calls, corrections, notes, notes_json, today, work
from surveyapp.web.field.blueprint import blueprint

__all__ = ["blueprint", "calls", "corrections", "notes", "notes_json", "today", "work"]
