"""Bodies in JSON, read strictly: what is ambiguous, endless or no text is refused (400), and nothing of it is repeated.

Python's own reader takes NaN, the last of two equal names, half of a surrogate pair and numbers of any length; each of
these has failed somewhere behind it.
"""

import json
import math
from typing import Any, Final, NoReturn

from flask import Request
from webargs import core
from webargs.flaskparser import FlaskParser, is_json_request

DEEPEST: Final = 20
"""Values within values; no request of ours has more than four."""
LONGEST_NUMBER: Final = 40
"""Digits and signs of a number."""


class JsonParser(FlaskParser):
    """Reads what is sent to the API."""

    def _raw_load_json(self, req: Request) -> Any:
        return strict_json(req.get_data(cache=True)) if is_json_request(req) else core.missing


def strict_json(data: bytes) -> Any:
    """The value that is written.

    Raises:
        JSONDecodeError: it is no JSON in UTF-8, or one of what this module is for.
    """
    try:
        value = _DECODER.decode(data.decode())
    except UnicodeDecodeError:
        _refuse("no text in UTF-8")
    except RecursionError:
        _refuse("too deep")
    _check(value)
    return value


def _check(value: Any) -> None:
    """Each text has whole characters, and nothing lies too deep."""
    waiting = [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > DEEPEST:
            _refuse("too deep")
        if isinstance(one, str):
            try:
                one.encode()
            except UnicodeEncodeError:
                _refuse("half a character")
        elif isinstance(one, dict):
            waiting += [(part, depth + 1) for pair in one.items() for part in pair]
        elif isinstance(one, list):
            waiting += [(part, depth + 1) for part in one]


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        _refuse("a name twice")
    return value


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        _refuse("a number too long")
    return int(text)


def _broken(text: str) -> float:
    number = float(text) if len(text) <= LONGEST_NUMBER else math.inf
    if not math.isfinite(number):
        _refuse("a number too large")
    return number


def _refuse(what: str) -> NoReturn:
    # A document that is not empty: of an empty one everything is only missing.
    raise json.JSONDecodeError(what, "?", 0)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_int=_whole, parse_float=_broken, parse_constant=_refuse
)
