"""The first start: an empty installation with one admin, or the demonstration round and its sign-ins."""

from surveyapp.services.demonstrating.access import Access, welcome
from surveyapp.services.demonstrating.starting import Interrupted, prepare

__all__ = ["Access", "Interrupted", "prepare", "welcome"]
