"""A measure under a definition, as plain data: what a certificate carries, so that others can read what was counted."""

from dataclasses import asdict
from typing import Any

import numpy as np

from ..definition import Definition
from .columns import Columns, Rule
from .registry import Measure


def definition_terms(measure: Measure, definition: Definition) -> dict[str, Any]:
    """All that a definition says of a measure, as plain data: its rules in words, its window, and every parameter."""
    measure = measure.under(definition)
    family = measure.family
    rules = family.rules(_nobody(), definition)
    return {
        "measure": measure.code,
        "name": measure.name,
        "kind": measure.kind,
        "better": measure.polarity,
        "counts_adults": measure.adults,
        "groups": [family.parts[part] for part in measure.parts],
        "window": {"first": asdict(family.window.first), "after": asdict(family.window.after)},
        "cohort": _words(rules.cohort),
        "counted": _words(rules.counted),
        "parameters": _plain(definition),
    }


def _nobody() -> Columns:
    """One row in which everything is 0: the words of the rules do not depend on the rows."""
    return Columns(_Zeros(), *(np.zeros(1, np.int64) for _ in range(3)))


class _Zeros(dict[str, Any]):
    def __missing__(self, name: str) -> Any:
        return np.zeros(1, np.int64)


def _words(rules: tuple[Rule, ...]) -> list[str]:
    return [rule.words for rule in rules]


def _plain(definition: Definition) -> dict[str, Any]:
    in_force_from = definition.in_force_from
    return asdict(definition) | {
        "in_force_from": in_force_from.isoformat() if in_force_from else None,
        "gap_anchor": str(definition.gap_anchor),
        "successful": sorted(definition.successful),
        "other_exits_owing_top": sorted(map(str, definition.other_exits_owing_top)),
    }
