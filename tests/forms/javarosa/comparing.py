"""The state of a filled form as JavaRosa's driver prints it, and where the two differ."""

from collections.abc import Iterator
from dataclasses import dataclass

from surveyapp.forms.calculating import value_at
from surveyapp.forms.filling import Filling
from surveyapp.forms.form import Question
from surveyapp.forms.nodes import Node, text_of
from surveyapp.forms.values import to_boolean
from tests.forms.javarosa.oracle import State


@dataclass(frozen=True)
class Difference:
    """One thing on which the two engines differ: relevance, requirement, constraint or value at a path."""

    form: str
    path: str
    what: str
    ours: object
    theirs: object
    question: Question

    @property
    def expression(self) -> str:
        """The text of the expression the difference is about."""
        found = {
            "relevant": self.question.relevant,
            "required": self.question.required,
            "constraint": self.question.constraint,
            "value": self.question.calculate,
        }[self.what]
        return found.text if found is not None else ""


def states_of(filling: Filling) -> Iterator[tuple[str, Question, State]]:
    """(relevant, required, constraint holds, value) of every question a person or expression fills."""
    for question in filling.form.questions:
        if question.preload or question.path.rpartition("/")[0].endswith("meta"):
            continue
        for path, node in filling.built.places.get(question.path, ()):
            yield path, question, _state(filling, question, path, node)


def _state(filling: Filling, question: Question, path: str, node: Node) -> State:
    holds, text = True, text_of(node)
    if question.constraint is not None and text:
        holds = to_boolean(value_at(question.constraint, node, filling.root, filling.environment))
    return node.relevant, filling.required(path), holds, text


def differences(name: str, filling: Filling, theirs: dict[str, State]) -> Iterator[Difference]:
    """Every difference; what is not relevant in either has nothing else to compare."""
    for path, question, ours in states_of(filling):
        other = theirs.get(path)
        if other is None:
            yield Difference(name, path, "value", ours, None, question)
        elif ours[0] != other[0]:
            yield Difference(name, path, "relevant", ours[0], other[0], question)
        elif ours[0]:
            for place, what in ((1, "required"), (2, "constraint")):
                if ours[place] != other[place]:
                    yield Difference(name, path, what, ours[place], other[place], question)
            if not _same(ours[3], other[3]):
                yield Difference(name, path, "value", ours[3], other[3], question)


def _same(ours: str, theirs: str) -> bool:
    """The same words, numbers among them equal to a billionth."""
    first, second = ours.split(), theirs.split()
    return ours == theirs or (
        len(first) == len(second) > 0
        and all(one == other or _close(one, other) for one, other in zip(first, second, strict=True))
    )


def _close(ours: str, theirs: str) -> bool:
    try:
        first, second = float(ours), float(theirs)
    except ValueError:
        return False
    return abs(first - second) <= 1e-9 * max(1.0, abs(first))
