"""Evaluated units: their own newest snapshot, read-only. Never records, never free text, never others."""

from surveyapp.web.unit.results import blueprint

__all__ = ["blueprint"]
