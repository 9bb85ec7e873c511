"""The tests: a mirror of surveyapp/, and journeys, browser, faults and data beside it."""
