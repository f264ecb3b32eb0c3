"""The registry: what is measured, by which rules, and the versions of the definitions; the same in every database."""

from datetime import date

import msgspec

from domain.definition import DEFINITIONS, Definition
from domain.measures.calendar import Window
from domain.measures.registry import MEASURES, Measure, definition_terms
from web.queries.result import Result


class MeasureRules(Result, frozen=True):
    """What one version of the definitions says of a measure: its rules in words, in their order."""

    version: str
    groups: list[str]
    cohort: list[str]
    counted: list[str]


class MeasureResult(Result, frozen=True):
    """A measure of the registry, with its rules under every version of the definitions."""

    code: str = msgspec.field(name="measure")
    name: str
    kind: str
    polarity: str | None
    family: str
    window: Window
    frequency: tuple[str, ...]
    source: str
    counts_adults: bool
    immature: bool
    definitions: list[MeasureRules]


class MeasuresResult(Result, frozen=True):
    """The measures, in the order of every list of figures."""

    measures: list[MeasureResult]


def measures() -> MeasuresResult:
    """The measures, each with its rules under every version of the definitions."""
    return MeasuresResult(list(map(_measure, MEASURES)))


def _measure(measure: Measure) -> MeasureResult:
    family = measure.family
    return MeasureResult(
        measure.code,
        measure.name,
        measure.kind,
        measure.polarity,
        family.name,
        family.window,
        measure.frequency,
        measure.source,
        measure.adults,
        measure.immature,
        [_rules(measure, definition) for definition in DEFINITIONS],
    )


def _rules(measure: Measure, definition: Definition) -> MeasureRules:
    terms = definition_terms(measure, definition)
    return MeasureRules(definition.version, terms["groups"], terms["cohort"], terms["counted"])


class DefinitionResult(Result, frozen=True):
    """A version of the definitions; `in_force_from` is null for a variant, and for the first version.

    `structured` are the modalities (MODAL) of structured treatment, `criminal_justice` the referral sources (RFLS) of
    the criminal-justice system.
    """

    version: str
    words: str
    in_force_from: date | None
    structured: list[int | str]
    criminal_justice: list[int]


class DefinitionsResult(Result, frozen=True):
    """The versions of the definitions."""

    definitions: list[DefinitionResult]


def definitions() -> DefinitionsResult:
    """The versions, from when each is in force."""
    return DefinitionsResult(list(map(_definition, DEFINITIONS)))


def _definition(one: Definition) -> DefinitionResult:
    lists = one.structured_listed, sorted(one.criminal_justice)
    return DefinitionResult(one.version, one.words, _in_force_from(one), *lists)


def _in_force_from(definition: Definition) -> date | None:
    first_day = definition.in_force_from
    return first_day if first_day and first_day > date.min else None
