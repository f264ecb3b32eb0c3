"""The registry of measures as JSON: what each counts, by which rules, in words."""

from collections.abc import Sequence
from typing import Any

import msgspec

from domain.definition import DEFINITIONS, Definition
from domain.measures.registry import Measure, definition_terms

Document = dict[str, Any]


def measures(found: Sequence[Measure]) -> Document:
    """The measures, each with its rules under every version of the definitions."""
    return {"measures": [_measure(measure) for measure in found]}


def _measure(measure: Measure) -> Document:
    family = measure.family
    return {
        "measure": measure.code,
        "name": measure.name,
        "kind": measure.kind,
        "polarity": measure.polarity,
        "family": family.name,
        "window": msgspec.to_builtins(family.window),
        "frequency": list(measure.frequency),
        "source": measure.source,
        "counts_adults": measure.adults,
        "immature": measure.immature,
        "definitions": [_rules(measure, definition) for definition in DEFINITIONS],
    }


def _rules(measure: Measure, definition: Definition) -> Document:
    terms = definition_terms(measure, definition)
    return {"version": definition.version} | {name: terms[name] for name in ("groups", "cohort", "counted")}


def encoded(document: Document) -> bytes:
    """A document that is the same in every database."""
    return msgspec.json.encode(document)
