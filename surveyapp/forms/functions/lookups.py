"""Functions that look something up: instances, labels, other repeats, rows of a register."""

from surveyapp.forms.nodes import ATTRIBUTE, ELEMENT, Node, descendants, root_of, text_of
from surveyapp.forms.values import Context, Environment, Nodes, Value, text_at, to_number, to_text


def once(context: Context, arguments: list[Value]) -> Value:
    """once(x): the value the node already has, else x; NaN leaves it blank."""
    present = text_of(context.node)
    if present:
        return present
    value = arguments[0]
    return "" if isinstance(value, float) and value != value else value


def device_property(context: Context, arguments: list[Value]) -> Value:
    """property(name): what the device says of itself, '' where nobody has told."""
    return context.environment.properties.get(to_text(arguments[0], context.environment), "")


def current(context: Context, arguments: list[Value]) -> Value:
    """current(): the node the expression belongs to."""
    return [context.current]


def instance(context: Context, arguments: list[Value]) -> Value:
    """instance(id): what holds the root of that instance; nothing when there is none."""
    found = context.environment.instances.get(to_text(arguments[0], context.environment))
    return [] if found is None else [found]


def by_id(context: Context, arguments: list[Value]) -> Value:
    """id(x): the elements whose id attribute is one of the words of x."""
    value = arguments[0]
    texts = (
        [text_at(node, context.environment) for node in value]
        if isinstance(value, list)
        else [to_text(value, context.environment)]
    )
    wanted = {word for text in texts for word in text.split()}
    everything = list(descendants(root_of(context.node)))
    context.environment.spend(len(everything))
    return [node for node in everything if node.kind == ELEMENT and node.attribute("id") in wanted - {""}]


def lang(context: Context, arguments: list[Value]) -> Value:
    """lang(x): whether the nearest xml:lang is x or a variety of x."""
    wanted = to_text(arguments[0], context.environment).lower()
    node: Node | None = context.node
    while node is not None:
        spoken = node.attribute("xml:lang").lower()
        if spoken:
            return spoken == wanted or spoken.startswith(f"{wanted}-")
        node = node.parent
    return False


def _named(context: Context, arguments: list[Value]) -> Node | None:
    if not arguments:
        return context.node
    nodes = arguments[0]
    return nodes[0] if isinstance(nodes, list) and nodes else None


def name(context: Context, arguments: list[Value]) -> Value:
    """name(nodes?): the name as written."""
    node = _named(context, arguments)
    return "" if node is None else node.name


def local_name(context: Context, arguments: list[Value]) -> Value:
    """local-name(nodes?): the name without its prefix."""
    node = _named(context, arguments)
    return "" if node is None else node.name.rpartition(":")[2]


def namespace_uri(context: Context, arguments: list[Value]) -> Value:
    """namespace-uri(nodes?)."""
    node = _named(context, arguments)
    return node.namespace if node is not None and node.kind in (ELEMENT, ATTRIBUTE) else ""


def _below(node: Node, ancestor: Node) -> bool:
    walker: Node | None = node
    while walker is not None and walker is not ancestor:
        walker = walker.parent
    return walker is ancestor


def indexed_repeat(context: Context, arguments: list[Value]) -> Value:
    """indexed-repeat(target, repeat, index, ...): the targets inside the chosen instances of the repeats."""
    targets = arguments[0]
    found: Nodes = targets if isinstance(targets, list) else []
    for repeats, index in zip(arguments[1::2], arguments[2::2], strict=False):
        place = to_number(index, context.environment)
        instances: Nodes = repeats if isinstance(repeats, list) else []
        groups: dict[int, Nodes] = {}
        for node in instances:
            groups.setdefault(id(node.parent), []).append(node)
        context.environment.spend(len(instances) + len(found) * len(groups))
        chosen = [group[int(place) - 1] for group in groups.values() if 1 <= place <= len(group)]
        found = [node for node in found if any(_below(node, one) for one in chosen)]
    return found


def itext(context: Context, arguments: list[Value]) -> Value:
    """jr:itext(id): the text in the current language."""
    return context.environment.text(to_text(arguments[0], context.environment), context.environment.language)


def choice_name(context: Context, arguments: list[Value]) -> Value:
    """jr:choice-name(value, path): the label of the choice in the current language, '' when unknown."""
    look_up = context.environment.choice_label
    if look_up is None:
        return ""
    value, path = (to_text(argument, context.environment) for argument in arguments)
    return look_up(_absolute(path.strip(), context.node), value, context.environment.language) or ""


def _absolute(path: str, node: Node) -> str:
    """The path from the root of a path written from the node, as pyxform writes it inside repeats."""
    if path.startswith("/"):
        return path
    names: list[str] = []
    walker: Node | None = node
    while walker is not None and walker.kind == ELEMENT:
        names.insert(0, walker.name)
        walker = walker.parent
    for step in path.split("/"):
        if step == "..":
            names = names[:-1]
        elif step not in (".", ""):
            names.append(step)
    return "/" + "/".join(names)


def pulldata(context: Context, arguments: list[Value]) -> Value:
    """pulldata(register, column, key column, key): the first matching row's value, '' without one."""
    environment = context.environment
    register, column, key, wanted = (to_text(argument, environment) for argument in arguments)
    rows = environment.registers.get(register, ())
    environment.spend(len(rows))
    for row in rows:
        if row.get(key, "") == wanted:
            return row.get(column, "")
    holder = environment.instances.get(register)
    held = holder.elements() if holder is not None else []
    root = held[0] if held and holder is not None and holder.name in ("", "instance") else holder
    found = environment.lookups.get((register, key))
    if found is None:
        found = _indexed(root, key, environment)
        if found:  # names that an answer made up are not kept
            environment.lookups[register, key] = found
    row_found = found.get(wanted)
    return (_cell(row_found, column) or "") if row_found is not None else ""


def _indexed(root: Node | None, key: str, environment: Environment) -> dict[str, Node]:
    """The first row of a list for each value of its key column."""
    items = root.elements() if root is not None else []
    environment.spend(len(items))
    found: dict[str, Node] = {}
    for item in items:
        cell = _cell(item, key)
        if cell is not None:
            found.setdefault(cell, item)
    return found


def _cell(item: Node, column: str) -> str | None:
    """The text of a column of a row, '@name' standing for an attribute; None when the row lacks it."""
    if column.startswith("@"):
        held = next((one for one in item.attributes if one.name == column[1:]), None)
        return held.value if held is not None else None
    cell = item.child(column)
    return text_of(cell) if cell is not None else None


def version(context: Context, arguments: list[Value]) -> Value:
    """version(): the version of the form."""
    elements = context.root.elements()
    return elements[0].attribute("version") if elements else ""
