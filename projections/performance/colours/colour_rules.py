"""The colour rules that were agreed, and which of them colours a figure at a standpoint.

In force is, of the rules whose first day is `as_of` or earlier, as they had been agreed by `known_at` and not withdrawn
by then, the one that begins last. A rule of the KPI goes before one of the contract, and of both one of the figure's
own agency before one of everybody.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count
from sys import maxsize
from typing import Final

import sqlalchemy as sa

from domain.contract_life.colour_rules import (
    ColourRuleEvent,
    ColourRuleSaid,
    ColourRuleWithdrawn,
    RuleScope,
    RuleTerms,
    colour_rule_stream,
)
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded, read_streams
from domain.measures.registry import Measure
from projections.performance.colours.colouring import WITHOUT_RULE, RuleInForce, RuleOrigin
from projections.standings.slices import Slice

AGREED, WITHDRAWN = "agreed", "withdrawn"
_AT_ONCE: Final = 40
"""Rules that are read with one query."""


@dataclass(frozen=True, slots=True)
class AgreedRule:
    """A colour rule with everything that was said of it, the oldest first."""

    recorded: tuple[Recorded, ...]

    @property
    def number(self) -> int:
        """Its ordinal."""
        event = self.recorded[0].event
        assert isinstance(event, ColourRuleEvent)
        return event.number

    @property
    def version(self) -> int:
        """That of its newest event."""
        return self.recorded[-1].event.originator_version

    @property
    def newest(self) -> Recorded:
        """What was said of it last, whatever it was."""
        return self.recorded[-1]

    @property
    def agreed(self) -> tuple[tuple[Recorded, RuleTerms], ...]:
        """Each time it was agreed, with the terms."""
        return tuple((one, one.event.terms) for one in self.recorded if isinstance(one.event, ColourRuleSaid))

    @property
    def terms(self) -> RuleTerms:
        """As it was agreed last."""
        return self.agreed[-1][1]

    @property
    def agreed_on(self) -> date:
        """The day on which its newest terms were agreed."""
        return self.agreed[-1][0].event.occurred_on

    @property
    def withdrawn(self) -> Recorded | None:
        """How it ended, if it did."""
        return self.newest if isinstance(self.newest.event, ColourRuleWithdrawn) else None

    @property
    def reason(self) -> str:
        """Why it was withdrawn; empty where nothing was said."""
        event = self.newest.event
        return event.reason if isinstance(event, ColourRuleWithdrawn) else ""

    @property
    def state(self) -> str:
        """AGREED or WITHDRAWN, as the table of steps calls it."""
        return WITHDRAWN if self.withdrawn else AGREED

    def known_at(self, known_at: date | None) -> RuleInForce | None:
        """As it had been agreed by that day; None before, and once it was withdrawn."""
        if known_at is None or (self.withdrawn and self.withdrawn.event.occurred_on <= known_at):
            return None
        known = [(one, terms) for one, terms in self.agreed if one.event.occurred_on <= known_at]
        if not known:
            return None
        newest, terms = known[-1]
        return RuleInForce(_origin(terms), terms, newest.event.occurred_on, self.number)


class ColourRules:
    """All rules that were ever agreed, the oldest first; `trials` are terms that are tried before they are agreed."""

    def __init__(self, recorded: Iterable[Recorded] = (), trials: Iterable[RuleInForce] = ()) -> None:
        of_number: dict[int, list[Recorded]] = {}
        for one in recorded:
            assert isinstance(one.event, ColourRuleEvent)
            of_number.setdefault(one.event.number, []).append(one)
        self._rules = tuple(AgreedRule(tuple(its)) for its in of_number.values())
        self._trials = tuple(trials)

    @classmethod
    def load(cls, connection: sa.Connection, mapper: JsonMapper) -> "ColourRules":
        """Those in the log, read by their numbers: that takes no look at the rest of it."""
        recorded: list[Recorded] = []
        for first in count(1, _AT_ONCE):
            streams = [colour_rule_stream(number) for number in range(first, first + _AT_ONCE)]
            events = read_streams(connection, mapper, streams)
            recorded += [one for stream in streams for one in events.get(stream, ())]
            if len(events) < _AT_ONCE:
                break
        return cls(recorded)

    def __iter__(self) -> Iterator[AgreedRule]:
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)

    def trying(self, terms: Iterable[RuleTerms], agreed_on: date, number: int | None = None) -> "ColourRules":
        """The rules with these terms agreed on a day, in place of the rule of this number, if one is named."""
        others = (one for rule in self._rules if rule.number != number for one in rule.recorded)
        return ColourRules(others, [RuleInForce(_origin(one), one, agreed_on, number) for one in terms])

    def in_force(self, measure: Measure, slice_: Slice, as_of: date, known_at: date | None) -> RuleInForce:
        """The rule of a figure, `WITHOUT_RULE` where none was agreed."""
        known = self._known(as_of, known_at)
        for scope in _nearest_first(measure, slice_):
            if of_it := [one for one in known if one.terms.scope == scope]:
                return max(
                    of_it, key=lambda one: (one.terms.first_day, one.agreed_on or date.min, one.number or maxsize)
                )
        return WITHOUT_RULE

    def _known(self, as_of: date, known_at: date | None) -> list[RuleInForce]:
        known = [its for rule in self._rules if (its := rule.known_at(known_at))]
        return [one for one in (*known, *self._trials) if one.terms.first_day <= as_of]


NO_RULES: Final = ColourRules()
"""Where none was ever agreed."""


def _origin(terms: RuleTerms) -> RuleOrigin:
    return RuleOrigin.KPI if terms.measure else RuleOrigin.CONTRACT


def _nearest_first(measure: Measure, slice_: Slice) -> Iterable[RuleScope]:
    agencies = dict.fromkeys((slice_.agency, None))
    return [RuleScope(code, agency) for code in (measure.code, None) for agency in agencies]


def _newest_last(rule: RuleInForce) -> tuple[date, date, int]:
    """The order of rules of one scope; one that is only tried goes after those that were agreed."""
    return rule.terms.first_day, rule.agreed_on or date.min, rule.number or maxsize
