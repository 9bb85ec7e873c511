"""surveyapp: evidence about public services, and scores that open down to it."""
