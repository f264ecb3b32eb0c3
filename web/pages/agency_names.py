"""How a page writes an agency: by its name, where it has one; and a measure below a heading that says its kind."""

from collections.abc import Mapping

from flask import g

from domain.measures.registry import Measure
from web.auth.guard import snapshot
from web.queries.agency_names import agency_names


def named(code: str) -> str:
    """The name of an agency with its code; the code alone, where it has no name."""
    name = _names().get(code)
    return f"{name} ({code})" if name else code


def name_alone(code: str) -> str:
    """The name of an agency without its code, for a wall; the code, where it has no name."""
    return _names().get(code, code)


def of_group(measure: Measure) -> str:
    """The group that a measure is of, where its heading says what it counts: Opiate, of "Re-presentations: opiate"."""
    group = measure.name.rpartition(": ")[2]
    return group[0].upper() + group[1:]


def _names() -> Mapping[str, str]:
    if "agency_names" not in g:
        g.agency_names = agency_names(snapshot().connection)
    found: Mapping[str, str] = g.agency_names
    return found
