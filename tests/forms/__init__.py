"""Tests of surveyapp.forms."""
