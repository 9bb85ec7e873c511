"""The door to a questionnaire: `load_form` reads a stored XForm, `Form` is what it becomes."""

from surveyapp.forms.definition import Choice, Form, Group, Item, Itemset, Question, Repeat
from surveyapp.forms.reading import load_form

__all__ = ["Choice", "Form", "Group", "Item", "Itemset", "Question", "Repeat", "load_form"]
