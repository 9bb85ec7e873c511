"""One difference between two versions of a questionnaire, and how conditions and texts are shown in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from surveyapp.forms.comparing_words import sentence
from surveyapp.forms.definition import Form, Text
from surveyapp.forms.expression import Expression

NONE = "—"
_OF_RULES = frozenset(
    {
        "required", "relevant", "constraint", "soft", "calculate", "default", "parameters", "readonly",
        "consent", "repeat_count", "actions", "choice_filter", "randomized", "option_kind", "setting",
        "language_added", "language_removed",
    }
)  # fmt: skip
_OF_WORDING = frozenset({"wording", "label", "option_label", "appearance", "file"})


@dataclass(frozen=True)
class Change:
    """One difference. `path` is that of the question in the earlier version, in the later one when it is new.

    `kind` is such as 'removed' or 'option_recoded'; `option` is the code of an option in the earlier
    version, '' when the change is of the question; `options` are the codes when a whole list changed.
    `sentence` says in 'zh' and 'en' what happens to stored answers.
    """

    kind: str
    path: str
    option: str
    sentence: Mapping[str, str]
    options: frozenset[str] = frozenset()

    @property
    def subject(self) -> str:
        """What it is about: 'answers', the stored ones or their columns; 'rules'; 'measures'; 'wording'."""
        if self.kind.startswith("measure_"):
            return "measures"
        if self.kind in _OF_RULES:
            return "rules"
        return "wording" if self.kind in _OF_WORDING else "answers"


def change(kind: str, path: str, option: str = "", **words: str) -> Change:
    """A change with its sentence made of `words`."""
    return Change(kind, path, option, sentence(kind, words))


def condition_text(form: Form, found: Expression | None) -> str:
    """The condition as its author wrote it, `${name}` for a question; '' for none."""
    if found is None or (found.is_always_true and not found.text):
        return ""
    path = re.compile(rf"\s*/{re.escape(form.root_name)}/(?:[\w.-]+/)*([\w.-]+)\s*")
    return " ".join(path.sub(r" ${\1} ", found.text).split())


def plain_text(form: Form, text: Text) -> str:
    """The text as its author wrote it, `${name}` where an answer is put in."""
    return "".join(part if isinstance(part, str) else condition_text(form, part) for part in text)


def both(earlier: Form, later: Form, old: Expression | None, new: Expression | None) -> dict[str, str]:
    """The words 'old' and 'new' of two conditions."""
    return {"old": condition_text(earlier, old) or NONE, "new": condition_text(later, new) or NONE}
