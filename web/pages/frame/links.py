"""Addresses: every state of a page is in its address, so that a link shows again what was seen."""

import re
from typing import Any, Final

from flask import request, url_for

_OWN_PATH: Final = re.compile(r"/(?!/)[!-\[\]-~]*")
"""A path of this service: no second slash, which would begin the name of a host, and no backslash, which browsers
take for one."""


def here(**changes: Any) -> str:
    """The address of this page with some of its questions changed; None leaves a question out."""
    parameters: dict[str, Any] = {name: values for name, values in request.args.lists() if name not in changes}
    parameters |= {name: value for name, value in changes.items() if value is not None}
    return url_for(request.endpoint or "", **{**parameters, **(request.view_args or {})})


def own_path(text: Any, otherwise: str) -> str:
    """The path to go on to, if it is one of ours."""
    return text if isinstance(text, str) and _OWN_PATH.fullmatch(text) else otherwise
