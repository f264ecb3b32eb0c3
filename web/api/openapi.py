"""The API's description of what queries give: a component for each result, made from the result itself."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from web.queries.result import Result

Component = dict[str, Any]

_REF: Final = "#/components/schemas/{name}"
_SUPPRESSED: Final = {
    "type": "object",
    "properties": {"suppressed": {"type": "boolean", "const": True}},
    "required": ["suppressed"],
    "additionalProperties": False,
}
_NOTICE: Final = {"type": "string", "description": "That nobody in the data is real."}


def reference(result: type[Result]) -> Component:
    """Where the description has a result."""
    return {"$ref": _REF.format(name=result.__name__)}


def components(results: Iterable[type[Result]]) -> dict[str, Component]:
    """The components of these results and of all that they hold, by name; each answer may carry the notice.

    In a document every name is there, but for those that a result leaves unset.
    """
    answers = list(dict.fromkeys(results))
    _, components = msgspec.json.schema_components(answers, ref_template=_REF)
    made = {name: _complete(schema) for name, schema in components.items()}
    for answer in answers:
        made[answer.__name__]["properties"]["notice"] = _NOTICE
    return made


def _complete(schema: Component) -> Component:
    """A component with all its names required, but for those that have no value at all where they are not given."""
    if "enum" in schema:
        return dict(_plain(schema))
    parts, needed = schema.get("properties", {}), schema.get("required", [])
    required = [name for name, part in parts.items() if name in needed or "default" in part]
    return {**_plain(schema), "properties": {name: _plain(part) for name, part in parts.items()}, "required": required}


def _plain(part: Any) -> Any:
    """A part of a description without Python's own: no defaults, no titles; suppressed where it may be."""
    if isinstance(part, list):
        return [_plain(one) for one in part]
    if not isinstance(part, dict):
        return part
    plain = {name: _plain(value) for name, value in part.items() if name not in {"default", "x-suppressible"}}
    if isinstance(plain.get("title"), str):
        del plain["title"]
    if isinstance(plain.get("description"), str):
        plain["description"] = " ".join(plain["description"].split())
    return {"anyOf": [plain, _SUPPRESSED]} if "x-suppressible" in part else plain
