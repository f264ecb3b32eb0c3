"""Addresses: every state of a page is in its address, so that a link shows again what was seen."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for


@dataclass(frozen=True, slots=True)
class Link:
    """Words and where they lead; `current` where one is already there."""

    text: str
    href: str
    current: bool = False


def here(**changes: Any) -> str:
    """The address of this page with some of its questions changed; None leaves a question out."""
    asked: dict[str, Any] = {name: values for name, values in request.args.lists() if name not in changes}
    asked |= {name: value for name, value in changes.items() if value is not None}
    return url_for(request.endpoint or "", **{**asked, **(request.view_args or {})})
