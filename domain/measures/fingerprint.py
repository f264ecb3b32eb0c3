"""What the standings that a database holds were counted by, in one short text.

Standings are stored by family and part. A family that is new in the program has none in a database that was filled
before it, and a rule that has changed has those of the old one: the first would read "0 of 0", the second be wrong, and
neither could be seen. So whoever fills a generation of standings writes this text beside it, and nobody reads one that
was filled by another.
"""

import hashlib
import json
from dataclasses import asdict
from functools import cache
from typing import Any, Final

from ..definition import IN_FORCE
from .families import FAMILIES, Family
from .registry import as_plain_data, rules_in_words

COUNTED_ANEW: Final = 1
"""Raise it when the same words are counted otherwise: when a column is read, or journeys are made, in another way."""


@cache
def fingerprint() -> str:
    """It changes with every family (its rules in words, its window, its parts, the days that it looks at), with the
    definitions in force, and with COUNTED_ANEW.
    """
    counted_by = [COUNTED_ANEW, [_family(family) for family in FAMILIES], [as_plain_data(one) for one in IN_FORCE]]
    return hashlib.sha256(json.dumps(counted_by, sort_keys=True).encode()).hexdigest()


def _family(family: Family) -> list[Any]:
    rules = [rules_in_words(family, definition) for definition in IN_FORCE]
    return [family.number, family.name, asdict(family.window), family.own_days, family.parts, family.unit, rules]
