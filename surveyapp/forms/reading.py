"""Reads a stored XForm into a Form. Refuses what cannot be run, each mistake with its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from surveyapp.forms.actions import read_actions
from surveyapp.forms.attached_lists import read_list
from surveyapp.forms.bindings import JR, SA, attributes_of, bind_type, parameters, preload, shown_type
from surveyapp.forms.controls import Controls, qualified
from surveyapp.forms.definition import Form, Group, Item, Question, Repeat
from surveyapp.forms.expression import Expression, Path, expression
from surveyapp.forms.nodes import DOCUMENT, Node, from_lxml
from surveyapp.forms.ordering import ordered
from surveyapp.forms.problem import BadExpression, BadForm, Problem
from surveyapp.forms.references import missing_files, placed, reference_problems
from surveyapp.forms.secure_xml import parse_xml
from surveyapp.forms.texts import TITLE_ID, XF, Translations

MOST_ITEMS = 10_000
_H = "{http://www.w3.org/1999/xhtml}"


def load_form(xform: str, files: Mapping[str, bytes] | None = None, *, strict: bool = True) -> Form:
    """The form of an XForm. Raises BadForm with every problem found.

    `files` are those published beside it, by name: lists are read from them, and what is missing is a
    problem, our own registers aside (see `registers`). Without `files` such lists are empty. With `strict`
    off, cycles and references to nothing are borne: a cycle is cut where it closes.
    """
    return _Reading(parse_xml(xform), files, strict).form()


class _Reading:
    """One reading of one XForm; gathers problems on its way."""

    def __init__(self, document: etree._Element, files: Mapping[str, bytes] | None, strict: bool) -> None:
        self.files, self.strict = files, strict
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
        self.actions = read_actions(document, self.problems)
        self.loads = self._loads()
        self.items: dict[str, Item] = {}

    def form(self) -> Form:
        """The finished form, or BadForm."""
        children = self._children(self.root, (self.root_name,), "")
        children = self._with_instance_id(children)
        form_id = self.root.get("id") or self.root_name
        in_order = {item.path: item for item in _flat(children)}
        if len(in_order) > MOST_ITEMS:
            zh, en = (
                f"问卷超过 {MOST_ITEMS} 题，请拆分。",
                f"The form exceeds {MOST_ITEMS} questions; split it.",
            )
            raise BadForm((Problem("questions_many", "", {"zh": zh, "en": en}),))
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
            self.actions,
            self._settings(),
            self._external(),
        )
        if self.strict:
            self.problems.extend(cycles)
            self.problems.extend(reference_problems(form))
            if self.files is not None:
                self.problems.extend(missing_files(form, self.files))
            if self.problems:
                raise BadForm(tuple(self.problems))
        return form

    def _translations(self) -> Translations:
        try:
            return Translations(self.model)
        except BadExpression as error:
            raise BadForm((error.problem,)) from error

    def _instances(self) -> dict[str, Node]:
        """The secondary instances: each a document node over its root element, from the form or a file."""
        found: dict[str, Node] = {}
        for instance in self.model.findall(f"{XF}instance")[1:]:
            inside = next((child for child in instance if isinstance(child.tag, str)), None)
            name = (instance.get("src") or "").rpartition("/")[2]
            holder = Node(DOCUMENT) if inside is None else from_lxml(inside)
            if name and inside is None and self.files is not None and name in self.files:
                try:
                    holder = read_list(name, self.files[name])
                except BadForm as error:
                    self.problems.extend(error.problems)
            found[instance.get("id") or ""] = holder
        return found

    def _external(self) -> dict[str, str]:
        """The secondary instances that are files beside the form: id -> file name."""
        sources = {
            one.get("id") or "": one.get("src") or "" for one in self.model.findall(f"{XF}instance")[1:]
        }
        return {name: source.rpartition("/")[2] for name, source in sources.items() if source}

    def _binds(self) -> dict[Path, etree._Element]:
        found = {}
        for bind in self.model.findall(f"{XF}bind"):
            path = tuple((bind.get("nodeset") or "").strip().strip("/").split("/"))
            found[path] = bind
        return found

    def _loads(self) -> dict[str, Expression]:
        """What a question holds in a new record or a new instance of its repeat, by path."""
        return {one.target: one.value for one in self.actions if one.event != "value-changed"}

    def _settings(self) -> dict[str, str]:
        """What the settings say beside form id, version and title; only what is given."""
        body = self.document.find(f"{_H}body")
        submission = self.model.find(f"{XF}submission")
        found = {
            "style": body.get("class") if body is not None else None,
            "clients": self.model.get(f"{SA}clients"),
            "public_key": submission.get("base64RsaPublicKey") if submission is not None else None,
        }
        return {name: value for name, value in found.items() if value}

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
        shown = self.controls.group(full)
        notes = self.translations.message(attributes_of(bind).get(f"{SA}interviewer"))
        if repeat is None:
            return Group(path, name, children, relevant=relevant, interviewer=notes, **shown)
        count = repeat.get(f"{JR}count")
        parsed = self._parse(count, "repeat_count", full) if count else None
        siblings = [one for one in element.getparent() if one.tag == element.tag]
        initial = sum(1 for one in siblings if one.get(f"{JR}template") is None)
        return Repeat(
            path,
            name,
            children,
            relevant=relevant,
            interviewer=notes,
            count=parsed,
            initial=initial,
            **shown,
        )

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
        attributes = attributes_of(bind)
        kind, readonly = shown_type(attributes, shown.get("type"), name)
        required = self._expression(bind, "required", full)
        said = self.translations.message
        fields: dict[str, Any] = {key: value for key, value in shown.items() if key != "type"}
        fields["parameters"] = fields.get("parameters", {}) | parameters(attributes)
        return Question(
            path=path,
            name=name,
            type=kind,
            bind_type=bind_type(attributes),
            required=None if required is not None and required.is_always_false else required,
            relevant=relevant,
            constraint=self._expression(bind, "constraint", full),
            calculate=self._calculation(bind, path, full),
            constraint_messages=said(attributes.get(f"{JR}constraintMsg")),
            required_messages=said(attributes.get(f"{JR}requiredMsg")),
            readonly=readonly,
            default="".join(element.itertext()).strip(),
            first_load=self.loads.get(path),
            preload=preload(attributes),
            interviewer=said(attributes.get(f"{SA}interviewer")),
            soft=self._expression(bind, f"{SA}soft", full),
            soft_messages=said(attributes.get(f"{SA}softMsg")),
            attributes={str(key): str(value) for key, value in element.attrib.items() if key[0] != "{"},
            consent=attributes.get(f"{SA}consent") == "true()",
            **fields,
        )

    def _calculation(self, bind: etree._Element | None, path: str, home: Path) -> Expression | None:
        """The calculation of a node. One that reads nothing gives way to an action, which runs after it."""
        found = self._expression(bind, "calculate", home)
        load = self.loads.get(path)
        return load if found is not None and load is not None and not found.references else found

    def _expression(self, bind: etree._Element | None, attribute: str, home: Path) -> Expression | None:
        text = bind.get(attribute) if bind is not None else None
        return self._parse(text, attribute, home) if text and text.strip() else None

    def _parse(self, text: str, attribute: str, home: Path) -> Expression | None:
        try:
            return expression(text, home)
        except BadExpression as error:
            self.problems.append(placed(error.problem, home, attribute))
            return None

    def _with_instance_id(self, children: tuple[Item, ...]) -> tuple[Item, ...]:
        """A form without meta/instanceID gets one, as the ODK XForms specification asks."""
        if any(item.name in ("meta", "orx:meta") for item in children):
            return children
        prefix = "orx:" if "orx" in self.root.nsmap else ""
        path, name = f"{prefix}meta/{prefix}instanceID", f"{prefix}instanceID"
        question = Question(path, name, "hidden", preload="uid")
        return (*children, Group(f"{prefix}meta", f"{prefix}meta", (question,)))


def _flat(children: tuple[Item, ...]) -> list[Item]:
    found: list[Item] = []
    for item in children:
        found.append(item)
        if isinstance(item, Group):
            found.extend(_flat(item.children))
    return found


def _no_model() -> Problem:
    return Problem(
        "xform_without_model",
        "",
        {
            "zh": "文件里没有 XForm 的 model 和 instance，请检查。",
            "en": "There is no XForm model with an instance.",
        },
    )
