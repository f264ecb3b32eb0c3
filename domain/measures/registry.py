"""The measures by their codes: name, what they are parted by, polarity, frequency, source.

A measure is what people ask for: one or more parts of a family (`families`). So PHOF 2.15ii is the parts non-opiate and
non-opiate-and-alcohol of one family, and another grouping is another choice of parts.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np

from ..definition import Definition
from ..errors import WrongUse
from . import families
from .columns import Columns, Rule
from .families import Family


@dataclass(frozen=True)
class Measure:
    """What people ask for by its code.

    `kind` is "proportion" or "count"; `polarity` says which direction is better ("higher", "lower"; None for a
    count); `adults` that it counts adults unless young people are asked for (else it counts all ages);
    `frequency` how often a contract looks at it.
    """

    code: str
    name: str
    family: Family
    parts: tuple[int, ...]
    kind: str
    polarity: str | None
    frequency: tuple[str, ...]
    source: str
    adults: bool = True
    immature: bool = False

    def __hash__(self) -> int:
        # Measures are in the keys of dictionaries and caches: by all their fields it takes thirty times as long.
        return hash(self.code)

    @property
    def part_codes(self) -> tuple[int, ...]:
        """The numbers of the stored parts whose standings add up to this measure."""
        return tuple(self.family.code(part) for part in self.parts)

    def under(self, definition: Definition) -> "Measure":
        """The measure with the parts that a definition gives it."""
        if definition.phof_ii_with_alcohol or self.parts != (_NON_OPIATE, _BOTH):
            return self
        return replace(self, parts=(_NON_OPIATE,))


_APPENDIX_C: Final = "Herefordshire, Appendix C"
_LOCAL: Final = "local"
_OPIATE, _NON_OPIATE, _ALCOHOL, _BOTH = range(4)
_IN_WORDS: Final = ("opiate", "non-opiate", "alcohol", "alcohol and non-opiate")


def _phof() -> list[Measure]:
    rows = (
        ("1.0", "i opiate", (_OPIATE,)),
        ("2.0", "ii non-opiate", (_NON_OPIATE, _BOTH)),
        ("3.0", "iii alcohol", (_ALCOHOL,)),
    )
    return [
        Measure(code, f"PHOF 2.15{words}", families.PHOF, parts, "proportion", "higher", ("quarterly",), _APPENDIX_C)
        for code, words, parts in rows
    ]


def _by_group(
    family: Family,
    prefix: str,
    suffix: str,
    name: str,
    polarity: str,
    frequency: tuple[str, ...],
    immature: bool = False,
) -> list[Measure]:
    return [
        Measure(
            f"{prefix}.{group}{suffix}",
            f"{name}: {words}",
            family,
            (group,),
            "proportion",
            polarity,
            frequency,
            _APPENDIX_C,
            immature=immature,
        )
        for group, words in enumerate(_IN_WORDS)
    ]


def _proportion(code: str, name: str, family: Family, polarity: str, adults: bool = True) -> Measure:
    parts = tuple(range(len(family.parts)))
    return Measure(code, name, family, parts, "proportion", polarity, ("monthly",), _LOCAL, adults)


def _count(code: str, name: str, family: Family) -> Measure:
    return Measure(
        code, name, family, tuple(range(len(family.parts))), "count", None, ("monthly",), _LOCAL, adults=False
    )


MEASURES: Final = (
    *_phof(),
    *_by_group(families.COMPLETIONS, "4", "", "Successful completions", "higher", ("monthly", "quarterly")),
    *_by_group(families.RE_PRESENTATIONS, "5", "", "Re-presentations", "lower", ("quarterly",)),
    *_by_group(
        families.RE_PRESENTATIONS_UNLAGGED,
        "5",
        "u",
        "Re-presentations, not lagged",
        "lower",
        ("monthly",),
        immature=True,
    ),
    _proportion("T.start", "Start TOPs within 14 days", families.START_TOPS, "higher"),
    _proportion("T.review", "Review TOPs on day 29 to 182", families.REVIEW_TOPS, "higher"),
    _proportion("T.exit", "Exit TOPs within 14 days", families.EXIT_TOPS, "higher"),
    _proportion("R.plan", "Recovery plans reviewed in 84 days", families.RECOVERY_PLANS, "higher", adults=False),
    _proportion("R.risk", "Risk assessments reviewed in 84 days", families.RISK_ASSESSMENTS, "higher", adults=False),
    _proportion("W.offered", "Intervention offered within 21 days", families.OFFERED_IN_TIME, "higher", adults=False),
    _proportion("W.started", "Treatment started within 21 days", families.STARTED_IN_TIME, "higher", adults=False),
    _count("W.waiting", "People still waiting", families.WAITING),
    _proportion("E.early", "Early unplanned exits", families.EARLY_EXITS, "lower"),
    _proportion("E.effective", "Effective treatment", families.EFFECTIVE_TREATMENT, "higher"),
    _proportion("B.hepb", "Hepatitis B vaccination offered", families.HEPATITIS_B, "higher"),
    _proportion("B.hepc", "Tested for hepatitis C", families.HEPATITIS_C, "higher"),
    _proportion("H.housing", "No housing problem at exit", families.HOUSING, "higher"),
    _proportion("H.work", "In paid work at exit", families.PAID_WORK, "higher"),
    _count("N.treatment", "People in treatment in 12 months", families.PEOPLE_IN_TREATMENT),
    _count("N.open", "People open on the day", families.PEOPLE_OPEN),
    _count("N.new", "Journeys started in 12 months", families.JOURNEYS_STARTED),
    _count("N.exits", "Journeys ended in 12 months", families.JOURNEYS_ENDED),
)
MEASURE_OF: Final = {measure.code: measure for measure in MEASURES}
APPENDIX_C: Final = tuple(measure for measure in MEASURES if measure.source == _APPENDIX_C)


def measure_named(code: str) -> Measure:
    """The measure with this code. Raises WrongUse, naming those there are."""
    try:
        return MEASURE_OF[code]
    except KeyError:
        raise WrongUse(f"There is no measure '{code}'. There are {', '.join(MEASURE_OF)}.") from None


def definition_terms(measure: Measure, definition: Definition) -> dict[str, Any]:
    """All that a definition says of a measure, as plain data: its rules in words, its window, and every parameter."""
    measure = measure.under(definition)
    family = measure.family
    cohort, counted = rules_in_words(family, definition)
    return {
        "measure": measure.code,
        "name": measure.name,
        "kind": measure.kind,
        "better": measure.polarity,
        "counts_adults": measure.adults,
        "groups": [family.parts[part] for part in measure.parts],
        "window": {"first": asdict(family.window.first), "after": asdict(family.window.after)},
        "cohort": cohort,
        "counted": counted,
        "parameters": as_plain_data(definition),
    }


def rules_in_words(family: Family, definition: Definition) -> tuple[list[str], list[str]]:
    """The rules of a family's cohort, and those by which it is counted, in the words that certificates carry."""
    rules = family.rules(_nobody(), definition)
    return _words(rules.cohort), _words(rules.counted)


def _nobody() -> Columns:
    """One row in which everything is 0: the words of the rules do not depend on the rows."""
    return Columns(_Zeros(), *(np.zeros(1, np.int64) for _ in range(3)))


class _Zeros(dict[str, Any]):
    def __missing__(self, name: str) -> Any:
        return np.zeros(1, np.int64)


def _words(rules: tuple[Rule, ...]) -> list[str]:
    return [rule.words for rule in rules]


def as_plain_data(definition: Definition) -> dict[str, Any]:
    """Every parameter of a definition, as JSON has it."""
    in_force_from = definition.in_force_from
    return asdict(definition) | {
        "in_force_from": in_force_from.isoformat() if in_force_from else None,
        "gap_anchor": str(definition.gap_anchor),
        "successful": sorted(definition.successful),
        "structured": definition.structured_listed,
        "criminal_justice": sorted(definition.criminal_justice),
        "other_exits_owing_top": sorted(map(str, definition.other_exits_owing_top)),
        "hepatitis_b_given": sorted(definition.hepatitis_b_given),
        "hepatitis_b_offered": sorted(definition.hepatitis_b_offered),
        "hepatitis_b_immune": sorted(definition.hepatitis_b_immune),
        "hepatitis_c_tested": sorted(definition.hepatitis_c_tested),
    }
