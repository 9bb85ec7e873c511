"""Reads a stored XForm into a Form. Refuses what cannot be run, each mistake with its place."""

from __future__ import annotations

from typing import Any

from lxml import etree

from surveyapp.forms.controls import JR, Controls, qualified
from surveyapp.forms.definition import Form, Group, Item, Question, Repeat, unknown_question
from surveyapp.forms.expression import Expression, Path, expression
from surveyapp.forms.nodes import DOCUMENT, Node, from_lxml
from surveyapp.forms.ordering import ordered
from surveyapp.forms.problem import BadExpression, BadForm, Problem
from surveyapp.forms.secure_xml import parse_xml
from surveyapp.forms.texts import XF, Translations

TITLE_ID = "form_title"
_H = "{http://www.w3.org/1999/xhtml}"


def load_form(xform: str, *, strict: bool = True) -> Form:
    """The form of an XForm. Raises BadForm with every problem found.

    With `strict` off, cycles and references to nothing are borne: a cycle is cut where it closes.
    """
    return _Reading(parse_xml(xform), strict).form()


class _Reading:
    """One reading of one XForm; gathers problems on its way."""

    def __init__(self, document: etree._Element, strict: bool) -> None:
        self.strict = strict
        self.problems: list[Problem] = []
        model = document.find(f".//{XF}model")
        primary = model.find(f"{XF}instance") if model is not None else None
        if model is None or primary is None or not len(primary):
            raise BadForm((_no_model(),))
        self.document, self.model = document, model
        self.root = next(child for child in primary if isinstance(child.tag, str))
        self.root_name = qualified(self.root)
        self.translations = self._translations()
        self.instances = self._instances()
        self.binds = self._binds()
        self.controls = Controls(document, self.translations, self.instances, self.root_name, self.problems)
        self.first_load = self._first_load()
        self.items: dict[str, Item] = {}

    def form(self) -> Form:
        """The finished form, or BadForm."""
        children = self._children(self.root, (self.root_name,), "")
        children = self._with_instance_id(children)
        form_id = self.root.get("id") or self.root_name
        in_order = {item.path: item for item in _flat(children)}
        order, cycles = ordered(in_order, self.root_name)
        form = Form(
            form_id,
            self.root.get("version") or "",
            self.root_name,
            self._titles(),
            tuple(self.translations.languages),
            self.translations.default,
            children,
            in_order,
            order,
            self.instances,
            self.translations.texts,
        )
        if self.strict:
            self.problems.extend(cycles)
            self._check_references(form)
            if self.problems:
                raise BadForm(tuple(self.problems))
        return form

    def _translations(self) -> Translations:
        try:
            return Translations(self.model)
        except BadExpression as error:
            raise BadForm((error.problem,)) from error

    def _instances(self) -> dict[str, Node]:
        """The secondary instances: each a document node over its root element."""
        found: dict[str, Node] = {}
        for instance in self.model.findall(f"{XF}instance")[1:]:
            holder = Node(DOCUMENT)
            for child in instance:
                if isinstance(child.tag, str):
                    holder = from_lxml(child)
                    break
            found[instance.get("id") or ""] = holder
        return found

    def _binds(self) -> dict[Path, etree._Element]:
        found = {}
        for bind in self.model.findall(f"{XF}bind"):
            path = tuple((bind.get("nodeset") or "").strip().strip("/").split("/"))
            found[path] = bind
        return found

    def _first_load(self) -> dict[Path, tuple[str, str]]:
        """Values set when a record begins or a repeat is added: path -> (event, expression)."""
        found: dict[Path, tuple[str, str]] = {}
        for element in self.document.iter(f"{XF}setvalue"):
            event = element.get("event") or element.get("{http://www.w3.org/2001/xml-events}event") or ""
            path = tuple((element.get("ref") or "").strip().strip("/").split("/"))
            value = element.get("value") or repr((element.text or "").strip())
            if "first-load" in event or "new-repeat" in event:
                found[path] = (event, value)
        return found

    def _titles(self) -> dict[str, str]:
        title = self.document.findtext(f".//{_H}title") or ""
        titles = {self.translations.default: title}
        for language, parts in self.translations.texts.get(TITLE_ID, {}).items():
            titles[language] = "".join(part for part in parts if isinstance(part, str))
        return titles

    def _children(self, element: etree._Element, home: Path, below: str) -> tuple[Item, ...]:
        found: dict[str, Item] = {}
        for child in element:
            if not isinstance(child.tag, str):
                continue
            name = qualified(child)
            if name not in found:
                path = f"{below}/{name}" if below else name
                found[name] = self._item(child, name, path, (*home, name))
        return tuple(found.values())

    def _item(self, element: etree._Element, name: str, path: str, full: Path) -> Item:
        bind = self.binds.get(full)
        relevant = self._expression(bind, "relevant", full)
        relevant = None if relevant is not None and relevant.is_always_true else relevant
        repeat = self.controls.repeats.get(full)
        if repeat is None and not any(isinstance(child.tag, str) for child in element):
            return self._question(element, name, path, full, bind, relevant)
        children = self._children(element, full, path)
        labels, appearance = self.controls.group(full)
        if repeat is None:
            return Group(path, name, children, labels, relevant, appearance)
        count = repeat.get(f"{JR}count")
        parsed = self._parse(count, "repeat_count", full) if count else None
        siblings = [one for one in element.getparent() if one.tag == element.tag]
        initial = sum(1 for one in siblings if one.get(f"{JR}template") is None)
        return Repeat(path, name, children, labels, relevant, appearance, parsed, initial)

    def _question(
        self,
        element: etree._Element,
        name: str,
        path: str,
        full: Path,
        bind: etree._Element | None,
        relevant: Expression | None,
    ) -> Question:
        shown = self.controls.question(full)
        attributes: dict[str, str] = dict(bind.attrib) if bind is not None else {}
        kind, readonly = _type_of(attributes, shown.get("type"))
        required = self._expression(bind, "required", full)
        load = self.first_load.get(full)
        shown_fields: dict[str, Any] = {key: value for key, value in shown.items() if key != "type"}
        return Question(
            path=path,
            name=name,
            type=kind,
            bind_type=attributes.get("type", "string").rpartition(":")[2],
            required=None if required is not None and required.is_always_false else required,
            relevant=relevant,
            constraint=self._expression(bind, "constraint", full),
            calculate=self._expression(bind, "calculate", full),
            constraint_messages=self.translations.message(attributes.get(f"{JR}constraintMsg")),
            required_messages=self.translations.message(attributes.get(f"{JR}requiredMsg")),
            readonly=readonly,
            default="".join(element.itertext()).strip(),
            first_load=self._parse(load[1], "default", full) if load else None,
            preload=_preload(attributes),
            **shown_fields,
        )

    def _expression(self, bind: etree._Element | None, attribute: str, home: Path) -> Expression | None:
        text = bind.get(attribute) if bind is not None else None
        return self._parse(text, attribute, home) if text and text.strip() else None

    def _parse(self, text: str, attribute: str, home: Path) -> Expression | None:
        try:
            return expression(text, home)
        except BadExpression as error:
            self.problems.append(_placed(error.problem, home, attribute))
            return None

    def _with_instance_id(self, children: tuple[Item, ...]) -> tuple[Item, ...]:
        """A form without meta/instanceID gets one, as the ODK XForms specification asks."""
        if any(item.name in ("meta", "orx:meta") for item in children):
            return children
        prefix = "orx:" if "orx" in self.root.nsmap else ""
        path, name = f"{prefix}meta/{prefix}instanceID", f"{prefix}instanceID"
        question = Question(path, name, "hidden", preload="uid")
        return (*children, Group(f"{prefix}meta", f"{prefix}meta", (question,)))

    def _check_references(self, form: Form) -> None:
        for item in form.items.values():
            names = ("relevant", "required", "constraint", "calculate", "count", "first_load")
            for attribute in names:
                found = getattr(item, attribute, None)
                for reference in found.references if isinstance(found, Expression) else ():
                    if reference.exact and not form.has(reference.path):
                        problem = unknown_question("/" + "/".join(reference.path))
                        self.problems.append(_placed(problem, (self.root_name, item.path), attribute))


def _flat(children: tuple[Item, ...]) -> list[Item]:
    found: list[Item] = []
    for item in children:
        found.append(item)
        if isinstance(item, Group):
            found.extend(_flat(item.children))
    return found


def _type_of(attributes: dict[str, str], control: str | None) -> tuple[str, bool]:
    """The type we show and whether it is read-only, from the bind and the control."""
    readonly = attributes.get("readonly", "").strip() == "true()"
    if control is None:
        return ("calculate" if "calculate" in attributes else "hidden"), readonly
    bind_type = attributes.get("type", "string").rpartition(":")[2]
    if control == "input":
        if readonly and "calculate" not in attributes and bind_type == "string":
            return "note", True
        return _INPUTS.get(bind_type, "text"), readonly
    return control, readonly


_INPUTS = {
    "int": "integer", "integer": "integer", "decimal": "decimal", "date": "date", "dateTime": "datetime",
    "time": "time", "geopoint": "geopoint", "geotrace": "geotrace", "geoshape": "geoshape",
    "barcode": "barcode", "boolean": "text",
}  # fmt: skip


def _preload(attributes: dict[str, str]) -> str:
    kind = attributes.get(f"{JR}preload", "")
    return f"{kind}:{attributes.get(f'{JR}preloadParams', '')}".strip(":") if kind else ""


def _placed(problem: Problem, home: Path, attribute: str) -> Problem:
    path = "/".join(home[1:]) + f"@{attribute}"
    sentence = {
        "zh": f"{home[-1]} 的 {attribute}：{problem.sentence['zh']}",
        "en": f"{attribute} of {home[-1]}: {problem.sentence['en']}",
    }
    return Problem(problem.code, path, sentence)


def _no_model() -> Problem:
    return Problem(
        "xform_without_model",
        "",
        {
            "zh": "文件里没有 XForm 的 model 和 instance，请检查。",
            "en": "There is no XForm model with an instance.",
        },
    )
