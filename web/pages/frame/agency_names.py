"""How a page writes an agency: by its name, where it has one."""

from collections.abc import Mapping

from flask import g

from web.auth.guard import snapshot
from web.queries.administration.accounts import agency_names


def named(code: str) -> str:
    """The name of an agency with its code; the code alone, where it has no name."""
    name = names().get(code)
    return f"{name} ({code})" if name else code


def name_alone(code: str) -> str:
    """The name of an agency without its code, for a wall; the code, where it has no name."""
    return names().get(code, code)


def names() -> Mapping[str, str]:
    """Every name, by code."""
    if "agency_names" not in g:
        g.agency_names = agency_names(snapshot().connection)
    names: Mapping[str, str] = g.agency_names
    return names
