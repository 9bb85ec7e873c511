"""The logic of a form as JSON for the browser: the same trees the server runs, never their text.

Only what the page needs is written: trees of conditions, the order of work, and the lists that a filter
reads. static/js/form.js turns it into closures.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from surveyapp.forms.dependencies import lists_read, steps
from surveyapp.forms.nodes import Node, text_of
from surveyapp.forms.shortening import short
from surveyapp.forms.spoken import spoken

if TYPE_CHECKING:
    from surveyapp.forms.definition import Form, Item, Question, SetValue
    from surveyapp.forms.expression import Expression

_LONG = 60


def browser_logic(form: Form) -> dict[str, Any]:
    """What static/js/form.js needs to run the form, ready for json.dumps.

    'grows' stands in forms with repeats, actions, attributes or many steps, which need static/js/growth.js.
    """
    rules = {item.path: rule for item in form.items.values() if (rule := _rule(item))}
    wanted = {name for rule in rules.values() for name in _instances_read(rule)}
    order = steps(form)
    actions = [_action(form, one) for one in form.actions if one.event != "first-load"]
    repeats = any(hasattr(item, "count") for item in form.items.values())
    attributes = _attributes(form, [rules, actions])
    grows = bool(actions) or repeats or len(order) >= _LONG or bool(attributes)
    found: dict[str, Any] = {
        "root": form.root_name,
        "tree": _tree(form.children),
        "rules": rules,
        "order": order if grows else [step[:2] for step in order],
        "instances": {name: _plain(holder) for name, holder in _holders(form, wanted)},
    }
    if actions:
        found["actions"] = actions
    if attributes:
        found["attributes"] = attributes
    if grows:
        found["grows"] = 1
    words = spoken(form)
    if words:
        found["words"] = {**words, "default": form.default_language}
    return found


def _attributes(form: Form, logic: Any) -> dict[str, dict[str, str]]:
    """The attributes of the record's elements by path, '' for its root; {} when no condition reads any."""
    if not _reads_attributes(logic):
        return {}
    found = {item.path: dict(getattr(item, "attributes", {})) for item in form.items.values()}
    found[""] = {"id": form.form_id, "version": form.version}
    return {path: held for path, held in found.items() if held}


def _reads_attributes(part: Any) -> bool:
    if isinstance(part, dict):
        return any(map(_reads_attributes, part.values()))
    if not isinstance(part, list):
        return False
    return part[:1] == ["attribute"] or part[:2] == ["f", "version"] or any(map(_reads_attributes, part))


def _action(form: Form, action: SetValue) -> list[Any]:
    """['v'alue changed or 'n'ew repeat, target, tree, source, type of the target]."""
    kind = getattr(form.items.get(action.target), "bind_type", "string")
    return [action.event[0], action.target, short(action.value.tree), action.source, kind]


def _holders(form: Form, wanted: set[str]) -> list[tuple[str, Node]]:
    """The root elements of the wanted instances, by id."""
    found = ((name, form.instances[name].elements()) for name in sorted(wanted & set(form.instances)))
    return [(name, roots[0]) for name, roots in found if roots]


def _tree(items: tuple[Item, ...]) -> list[Any]:
    """[name] for a question, [name, children] for a group; a repeat adds 1 + its first count."""
    found: list[Any] = []
    for item in items:
        children = getattr(item, "children", None)
        if children is None:
            default = getattr(item, "default", "")
            found.append([item.name, default] if default else [item.name])
        else:
            initial: int | None = getattr(item, "initial", None)
            found.append([item.name, _tree(children), *([] if initial is None else [initial + 1])])
    return found


def _rule(item: Item) -> dict[str, Any]:
    """The conditions of one item under short names: r(elevant) q(required) c(onstraint) k (calculation)."""
    rule: dict[str, Any] = {}
    for key, attribute in (
        ("r", "relevant"),
        ("q", "required"),
        ("c", "constraint"),
        ("k", "calculate"),
        ("w", "soft"),
    ):
        found: Expression | None = getattr(item, attribute, None)
        if found is not None:
            rule[key] = short(found.tree)
    count: Expression | None = getattr(item, "count", None)
    if count is not None:
        rule["n"] = short(count.tree)
    if hasattr(item, "bind_type"):
        _question_rule(item, rule)  # type: ignore[arg-type]
    return rule


def _question_rule(question: Question, rule: dict[str, Any]) -> None:
    if question.type not in ("text", "select_one", "select_multiple", "note", "hidden") and rule is not None:
        rule["t"] = question.type
    if question.bind_type in ("int", "date") and "k" in rule:
        rule["b"] = question.bind_type
    if question.calculate is not None and question.calculate.keeps_value:
        rule["o"] = 1
    itemset = question.itemset
    if itemset is None or not itemset.instance or not (itemset.predicate_trees or itemset.randomized):
        return
    if itemset.seed is not None:
        rule["s"] = short(itemset.seed.tree)
    elif itemset.randomized:
        rule["z"] = 1
    rule["f"] = [short(tree) for tree in itemset.predicate_trees]
    rule["l"] = [list(itemset.names), itemset.value_ref]
    rule["i"] = itemset.instance


def _instances_read(rule: Any) -> Iterator[str]:
    """The ids of the instances a rule reads."""
    if isinstance(rule, dict):
        if "i" in rule:
            yield rule["i"]
        for part in rule.values():
            yield from _instances_read(part)
    else:
        yield from lists_read(rule)


def _plain(node: Node) -> list[Any]:
    """[name, text] of a leaf or [name, children] of an element."""
    children = node.elements()
    return [node.name, [_plain(child) for child in children] if children else text_of(node)]
