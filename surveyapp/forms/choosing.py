"""The options of a question: which are offered now, and whether an answer is among them."""

import math

from surveyapp.forms.calculating import value_at
from surveyapp.forms.definition import Choice, Form, Itemset, Question, Text
from surveyapp.forms.functions.lists import seed_of_record, shuffled
from surveyapp.forms.nodes import Node, text_of
from surveyapp.forms.problem import BadExpression, Problem
from surveyapp.forms.texts import text_in
from surveyapp.forms.values import Context, Environment, to_number
from surveyapp.forms.wording import problem


def offered(question: Question, node: Node, root: Node, environment: Environment) -> list[Choice]:
    """Every option offered at a node, in the order of the list."""
    itemset = question.itemset
    if itemset is None:
        return []
    if itemset.source is not None:
        return _from_answers(itemset, node, root, environment)
    context = Context(node, environment, node, root)
    found = _passing(itemset, context) if itemset.predicate_trees else list(itemset.choices)
    return _shuffled(question, itemset, found, context) if itemset.randomized else found


def _passing(itemset: Itemset, context: Context) -> list[Choice]:
    """The options that pass the filter; none when the answers make it impossible to work out."""
    context.environment.grant()
    try:
        return itemset.filter.offered(context)
    except BadExpression:
        return []


def _holds(itemset: Itemset, choice: Choice, context: Context) -> bool:
    context.environment.grant()
    try:
        return itemset.filter.holds(choice, context)
    except BadExpression:
        return False


def _shuffled(question: Question, itemset: Itemset, choices: list[Choice], context: Context) -> list[Choice]:
    """The options in the order of the form's seed, else of the record's id; as listed without either."""
    environment = context.environment
    if itemset.seed is not None:
        seed = to_number(value_at(itemset.seed, context.node, context.root, environment), environment)
    else:
        seed = seed_of_record(environment.record_id, question.path)
    return shuffled(choices, seed) if math.isfinite(seed) else choices


def _from_answers(itemset: Itemset, node: Node, root: Node, environment: Environment) -> list[Choice]:
    """Options taken from answers of the same record; those without a value are left out."""
    nodes = value_at(itemset.source, node, root, environment) if itemset.source else []
    found = []
    for one in nodes if isinstance(nodes, list) else []:
        value, label = _below(one, itemset.value_ref), _below(one, itemset.label_ref)
        if value:
            found.append(Choice(value, {"": (label or value,)}))
    return found


def _below(node: Node, reference: str) -> str:
    for name in reference.removeprefix("./").split("/"):
        child = node.child(name) if name != "." else node
        if child is None:
            return ""
        node = child
    return text_of(node)


def choice_problem(
    question: Question, node: Node, root: Node, environment: Environment, place: str
) -> Problem | None:
    """What is wrong with the chosen options: unknown, not offered now, or excluding each other.

    Membership is looked up by value; the list itself is never gone through.
    """
    itemset = question.itemset
    if itemset is None or question.type not in ("select_one", "select_multiple", "rank"):
        return None
    words = text_of(node).split()
    found = _unknown(itemset, words, node, root, environment, place)
    if found is not None:
        return found
    if question.type == "rank" and len(words) < len(
        {choice.value for choice in offered(question, node, root, environment)}
    ):
        return problem("rank_incomplete", place)
    if len(words) > 1 and itemset.source is None:
        exclusive = [choice for word in words for choice in itemset.by_value[word] if choice.exclusive]
        if exclusive:
            return _excludes(exclusive[0], place)
    return None


def _unknown(
    itemset: Itemset, words: list[str], node: Node, root: Node, environment: Environment, place: str
) -> Problem | None:
    """The problem of a word that is no option now."""
    if itemset.source is not None:
        values = {choice.value for choice in _from_answers(itemset, node, root, environment)}
        return None if set(words) <= values else problem("choice_unknown", place)
    context = Context(node, environment, node, root)
    for word in words:
        known = itemset.by_value.get(word, ())
        if not any(_holds(itemset, choice, context) for choice in known):
            return problem("choice_unknown", place)
    return None


def _excludes(choice: Choice, place: str) -> Problem:
    said = {code: _plain(text_in(choice.labels, code, "zh")) for code in ("zh", "en")}
    both = {code: problem("choice_exclusive", place, label=label) for code, label in said.items()}
    return Problem("choice_exclusive", place, {code: both[code].sentence[code] for code in both})


def _plain(text: Text) -> str:
    return "".join(part for part in text if isinstance(part, str))


def choice_label(form: Form, path: str, value: str, language: str) -> str | None:
    """The label of a value of the question at an absolute path, None when there is none."""
    item = form.item("/".join(path.strip("/").split("/")[1:]))
    if not isinstance(item, Question) or item.itemset is None:
        return None
    known = item.itemset.by_value.get(value, ())
    return _plain(text_in(known[0].labels, language, form.default_language)) if known else None
