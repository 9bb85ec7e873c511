"""What a bind says about its node: the type we show, parameters, where its value comes from by itself."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

JR = "{http://openrosa.org/javarosa}"
SA_NAMESPACE = "urn:surveyapp:xforms"
SA = f"{{{SA_NAMESPACE}}}"
_ODK = "{http://www.opendatakit.org/xforms}"
_ORX = "{http://openrosa.org/xforms}"
_INPUTS = {
    "int": "integer", "integer": "integer", "decimal": "decimal", "date": "date", "dateTime": "datetime",
    "time": "time", "geopoint": "geopoint", "geotrace": "geotrace", "geoshape": "geoshape",
    "barcode": "barcode", "boolean": "text",
}  # fmt: skip
_PROPERTIES = {
    "deviceid": "deviceid", "username": "username", "email": "email", "phonenumber": "phonenumber",
    "simserial": "simserial", "subscriberid": "subscriberid",
}  # fmt: skip
_PARAMETERS = {
    f"{_ORX}max-pixels": "max-pixels", f"{_ODK}quality": "quality",
    f"{_ODK}allow-mock-accuracy": "allow-mock-accuracy",
}  # fmt: skip


def attributes_of(bind: etree._Element | None) -> dict[str, str]:
    """The attributes of a bind as plain text; {} when there is no bind."""
    return {str(name): str(value) for name, value in bind.attrib.items()} if bind is not None else {}


def bind_type(attributes: Mapping[str, str]) -> str:
    """The type a bind names, without its prefix; 'string' when it names none."""
    return attributes.get("type", "string").rpartition(":")[2]


def shown_type(attributes: Mapping[str, str], control: str | None, name: str) -> tuple[str, bool]:
    """The type of a question and whether it is read-only, from its bind and its control."""
    readonly = attributes.get("readonly", "").strip() == "true()"
    if control is None:
        return _unasked(attributes, name), readonly
    if control == "input":
        if readonly and "calculate" not in attributes and bind_type(attributes) == "string":
            return "note", True
        return _INPUTS.get(bind_type(attributes), "text"), readonly
    return control, readonly


def _unasked(attributes: Mapping[str, str], name: str) -> str:
    """The type of a node no control asks for: metadata by its preload, a calculation, or hidden."""
    kind, _, detail = preload(attributes).partition(":")
    if kind == "timestamp":
        return "end" if detail == "end" else "start"
    if kind == "date":
        return "today"
    if kind == "property":
        return _PROPERTIES.get(detail, "hidden")
    if bind_type(attributes) == "binary":
        return "audit" if name == "audit" else "background-audio"
    return "calculate" if "calculate" in attributes else "hidden"


def parameters(attributes: Mapping[str, str]) -> dict[str, str]:
    """The parameters a bind holds, under the names they have in a questionnaire."""
    return {name: attributes[written] for written, name in _PARAMETERS.items() if written in attributes}


def preload(attributes: Mapping[str, str]) -> str:
    """'kind:detail' of a value that comes by itself, such as 'timestamp:start'; '' for none."""
    kind = attributes.get(f"{JR}preload", "")
    return f"{kind}:{attributes.get(f'{JR}preloadParams', '')}".strip(":") if kind else ""
