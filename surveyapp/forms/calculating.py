"""Works out relevance, calculated values and counts of repeats over the tree of one record."""

from __future__ import annotations

from surveyapp.forms.building import MOST_INSTANCES, Built, add_instances
from surveyapp.forms.dates import Moment, moment_text
from surveyapp.forms.definition import Form, Group, Question, Repeat, SetValue, Unit
from surveyapp.forms.expression import Expression
from surveyapp.forms.nodes import ELEMENT, Node, text_of
from surveyapp.forms.problem import BadExpression
from surveyapp.forms.values import Context, Environment, Value, to_boolean, to_number, to_text

_NO_VALUE = {"NaN", "Invalid Date"}


def value_at(expression: Expression, node: Node, root: Node, environment: Environment) -> Value:
    """The value of an expression at a node; '' when data made it impossible to work out."""
    environment.grant()
    try:
        return expression.run(Context(node, environment, node, root))
    except (BadExpression, RecursionError, OverflowError, MemoryError):
        return ""


def calculate(
    form: Form, built: Built, environment: Environment, keep_random: bool, ended: bool = True
) -> None:
    """Run every unit of the form's order over all its nodes, once. `ended`: the record has its end time."""
    for unit in form.order:
        if unit.kind == "relevant":
            _relevance(form, built, unit, environment)
        elif unit.kind == "count":
            _count(form, built, unit, environment)
        else:
            _value(form, built, unit, environment, keep_random, ended)


def fire_triggers(form: Form, built: Built, environment: Environment, keep_random: bool) -> None:
    """Write what answers set that came without anybody having seen them change: pages without a script.

    Only a blank target of an answered, relevant source is written; a value that came stays as it came.
    """
    actions = [action for action in form.actions if action.event == "value-changed"]
    for _ in actions:
        if not sum(_fired(form, built, action, environment) for action in actions):
            return
        calculate(form, built, environment, keep_random)


def _fired(form: Form, built: Built, action: SetValue, environment: Environment) -> bool:
    target = form.items.get(action.target)
    if not isinstance(target, Question):
        return False
    fired = False
    for place, source in built.places.get(action.source, ()):
        if not text_of(source):
            continue
        start = _shared(place, action.source, action.target)
        for spot, node in built.places.get(action.target, ()):
            if f"{spot}/".startswith(start) and not node.children:
                value = value_at(action.value, node, built.root, environment)
                node.set_text(_written(target, value, environment))
                fired = fired or bool(node.children)
    return fired


def _shared(place: str, path: str, other: str) -> str:
    """The innermost repeat instance around a place that also surrounds the other path; '' for none."""
    last, parts = 0, place.split("/")
    for number, (first, second) in enumerate(zip(path.split("/"), other.split("/"), strict=False), 1):
        if first != second:
            break
        if parts[number - 1].endswith("]"):
            last = number
    return "/".join(parts[:last]) + "/" if last else ""


def _relevance(form: Form, built: Built, unit: Unit, environment: Environment) -> None:
    condition = form.items[unit.path].relevant
    for _, node in built.places.get(unit.path, ()):
        parent = node.parent
        relevant = parent is None or parent.relevant
        if relevant and condition is not None:
            node.relevant = True
            relevant = to_boolean(value_at(condition, node, built.root, environment))
        node.relevant = relevant


def _count(form: Form, built: Built, unit: Unit, environment: Environment) -> None:
    """Give each parent of the repeat as many instances as its count says."""
    item = form.items[unit.path]
    if not isinstance(item, Repeat) or item.count is None:
        return
    parent_path = unit.path.rpartition("/")[0]
    parents = built.places[parent_path] if parent_path else [("", built.root.children[0])]
    around = form.items.get(parent_path)
    siblings = around.children if isinstance(around, Group) else form.children
    for place, parent in parents:
        present = [child for child in parent.children if child.name == item.name]
        anchor = present[0] if present else Node(ELEMENT, item.name, parent=parent)
        wanted = to_number(value_at(item.count, anchor, built.root, environment), environment)
        count = int(max(0, min(MOST_INSTANCES, wanted))) if wanted == wanted else 0
        path = f"{place}/{item.name}" if place else item.name
        if count > len(present):
            add_instances(built, parent, siblings, item, path, count)
        for surplus in present[count:]:
            _remove(built, parent, surplus)


def _remove(built: Built, parent: Node, surplus: Node) -> None:
    parent.children = [child for child in parent.children if child is not surplus]
    inside = {id(surplus)}
    pending = [surplus]
    while pending:
        children = pending.pop().children
        inside.update(id(child) for child in children)
        pending.extend(children)
    for path, pairs in built.places.items():
        built.places[path] = [(place, node) for place, node in pairs if id(node) not in inside]
        for place, node in pairs:
            if id(node) in inside:
                del built.at[place]


def _value(
    form: Form, built: Built, unit: Unit, environment: Environment, keep_random: bool, ended: bool
) -> None:
    item = form.items[unit.path]
    if not isinstance(item, Question):
        return
    for place, node in built.places.get(unit.path, ()):
        if item.calculate is not None:
            _calculated(item, item.calculate, built, node, environment, keep_random)
        elif item.first_load is not None and place not in built.given:
            node.set_text(
                _written(item, value_at(item.first_load, node, built.root, environment), environment)
            )
        elif item.preload and not text_of(node) and (ended or item.type != "end"):
            node.set_text(_preloaded(item.preload, environment))


def _calculated(
    item: Question,
    expression: Expression,
    built: Built,
    node: Node,
    environment: Environment,
    keep_random: bool,
) -> None:
    if not node.relevant or (keep_random and expression.keeps_value and text_of(node)):
        return
    node.set_text(_written(item, value_at(expression, node, built.root, environment), environment))


def _written(item: Question, value: Value, environment: Environment) -> str:
    """The lexical form of a calculated value for the type of its node; no value is ''."""
    text = to_text(value, environment)
    if text in _NO_VALUE:
        return ""
    if item.bind_type == "int" and text:
        number = to_number(value, environment)
        return to_text(float(int(number)), environment) if abs(number) < 1e15 else ""
    if item.bind_type == "date" and isinstance(value, Moment):
        return moment_text(value, environment.offset)[:10]
    return text


def _preloaded(preload: str, environment: Environment) -> str:
    moment = Moment(environment.now_ms, False)
    if preload.startswith("date"):
        return moment_text(moment, environment.offset)[:10]
    return moment_text(moment, environment.offset) if preload.startswith("timestamp") else ""
