"""Lists that change while a form does not: our registers, put into a form whenever it is filled in.

A form asks for them by the names units.csv, sites.csv, lines.csv and items.csv; nobody types them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from surveyapp.forms.attached_lists import register_of, rows_as_list
from surveyapp.forms.definition import Choice, Form, Group, Item, Itemset
from surveyapp.forms.nodes import Node, text_of

Rows = Sequence[Mapping[str, str]]


def registers_wanted(form: Form) -> tuple[str, ...]:
    """The registers a form reads, by their short names such as 'units'."""
    found = (register_of(name) for name in form.external.values())
    return tuple(dict.fromkeys(name for name in found if name))


def with_registers(form: Form, rows: Mapping[str, Rows]) -> Form:
    """The form with its registers filled: rows by short name, each row at least 'name' and 'label'.

    A register without rows is an empty list. The form itself when it reads no register.
    """
    filled = {
        instance: rows_as_list(rows.get(register_of(name), ()))
        for instance, name in form.external.items()
        if register_of(name)
    }
    if not filled:
        return form
    lists: dict[tuple[str, ...], Itemset] = {}
    children = tuple(_filled(item, filled, lists) for item in form.children)
    return replace(
        form,
        children=children,
        items={item.path: item for item in _flat(children)},
        instances={**form.instances, **filled},
        lookups={},
    )


def _filled(item: Item, instances: Mapping[str, Node], lists: dict[tuple[str, ...], Itemset]) -> Item:
    if isinstance(item, Group):
        children = tuple(_filled(child, instances, lists) for child in item.children)
        changed = any(new is not old for new, old in zip(children, item.children, strict=True))
        return replace(item, children=children) if changed else item
    if item.itemset is None or item.itemset.instance not in instances:
        return item
    return replace(item, itemset=_itemset(item.itemset, instances[item.itemset.instance], lists))


def _itemset(itemset: Itemset, holder: Node, lists: dict[tuple[str, ...], Itemset]) -> Itemset:
    key = (itemset.instance, itemset.value_ref, itemset.label_ref)
    if key not in lists:
        choices = tuple(_choice(node, itemset) for root in holder.elements() for node in root.elements())
        by_value: dict[str, tuple[Choice, ...]] = {}
        for choice in choices:
            by_value[choice.value] = (*by_value.get(choice.value, ()), choice)
        lists[key] = replace(itemset, choices=choices, by_value=by_value)
    made = lists[key]
    return replace(itemset, choices=made.choices, by_value=made.by_value)


def _choice(node: Node, itemset: Itemset) -> Choice:
    value, label = node.child(itemset.value_ref), node.child(itemset.label_ref)
    text = text_of(value) if value is not None else ""
    return Choice(text, {"": (text_of(label) if label is not None else text,)}, node=node)


def _flat(children: Sequence[Item]) -> list[Item]:
    found: list[Item] = []
    for item in children:
        found.append(item)
        if isinstance(item, Group):
            found.extend(_flat(item.children))
    return found
