"""What a questionnaire is and when an answer is right.

Reads XForms, evaluates their expressions and checks answers. Knows no clock, no file, no database and no
web request: whatever comes from outside arrives as an argument.
"""
