"""What the commands do that look at another party's figures: plausible, claim, check-table."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import click

from domain.definition import Definition, definition_in_force, definition_named
from domain.measures.registry import Measure, measure_named
from domain.standpoint import Standpoint
from projections.claim import Claim, ClaimSearch, Search, check_claim, measures_of, ways_of_asking
from projections.claim_list import Comparison, Listed, ListQuestion
from projections.figures import Figure, StandingsEngine
from projections.plausibility import Printed
from projections.plausibility import plausible as plausible_fractions
from projections.printed import check_table as findings_of
from projections.slices import Slice
from web.context import Question
from web.intake.claimed import read_list, read_table
from web.schemas import claims as documents
from web.terminal import claims as terminal

from .answering import answer, new_context, refusals

KnownAt = date | int | None

FOUND: Final = 1
"""The exit code of a check that found something."""


def plausible(
    *, percentage: str, decimals: int | None, denominator_min: int, denominator_max: int, as_json: bool
) -> None:
    """Which fractions a printed percentage could be."""
    with refusals(as_json=as_json):
        found = plausible_fractions(Printed.parse(percentage, decimals), denominator_min, denominator_max)
    answer(
        as_json=as_json,
        demonstration=False,
        document=lambda: documents.plausible(found),
        tables=lambda console: terminal.print_plausible(console, found),
    )


def claim(
    *,
    measure: str,
    as_of: date,
    known_at: KnownAt,
    numerator: int | None,
    denominator: int | None,
    percentage: str | None,
    decimals: int | None,
    members: Path | None,
    definition: str | None,
    as_json: bool,
    **where: Any,
) -> None:
    """Another party's figure beside ours."""
    asked, part = measure_named(measure), Slice(**where)
    _check_use(numerator, denominator, percentage, decimals, members)
    with refusals(as_json=as_json):
        listed = read_list(members) if members else []
        stated = _stated(asked, numerator, denominator, percentage, decimals, listed)
        with new_context().question() as question:
            standpoint = question.standpoint(as_of, known_at)
            version = definition_named(definition) if definition else definition_in_force(as_of)
            beside = _Beside(question, asked, standpoint, part, version)
            figure = beside.figure
            comparison = beside.comparison(listed, stated) if listed else None
            search, seconds = (None, 0.0)
            if not listed and not stated.fits(figure.numerator, figure.denominator):
                search, seconds = beside.search(stated)
            answer(
                as_json=as_json,
                demonstration=question.is_demonstration,
                document=lambda: documents.claim(stated, figure, search, seconds, comparison),
                tables=lambda console: terminal.print_claim(console, stated, figure, search, seconds, comparison),
            )


def _check_use(
    numerator: int | None, denominator: int | None, percentage: str | None, decimals: int | None, members: Path | None
) -> None:
    numbers = numerator is not None or denominator is not None
    if percentage is not None and numbers:
        raise click.UsageError("Give numbers, or a percentage, and not both.")
    if decimals is not None and percentage is None:
        raise click.UsageError("--decimals says how a --percentage was printed.")
    if percentage is None and not numbers and members is None:
        raise click.UsageError("Give --numerator and --denominator, or --percentage, or --members.")


def _stated(
    measure: Measure,
    numerator: int | None,
    denominator: int | None,
    percentage: str | None,
    decimals: int | None,
    listed: Sequence[Listed],
) -> Claim:
    """What is claimed: as said, else as the list has it."""
    if percentage is None and numerator is None and denominator is None:
        return _of_list(measure, listed)
    stated = Claim(numerator, denominator, Printed.parse(percentage, decimals) if percentage is not None else None)
    check_claim(stated, measure)
    return stated


def _of_list(measure: Measure, listed: Sequence[Listed]) -> Claim:
    if measure.kind == "count":
        return Claim(len(listed))
    says = any(one.counted is not None for one in listed)
    return Claim(sum(bool(one.counted) for one in listed) if says else None, len(listed))


class _Beside:
    """Ours, from one snapshot, to set beside a claim."""

    def __init__(
        self, question: Question, measure: Measure, standpoint: Standpoint, where: Slice, definition: Definition
    ) -> None:
        self.question, self.measure, self.standpoint, self.where = question, measure, standpoint, where
        self.definition = definition
        self.engine = self._engine()
        self.figure: Figure = self.engine.figure(measure, standpoint, where)

    def _engine(self) -> StandingsEngine:
        if self.definition != definition_in_force(self.standpoint.as_of):
            return StandingsEngine.under(self.question.connection, self.question.mapper, self.definition)
        return StandingsEngine.load(self.question.connection, measures_of(ways_of_asking(self.measure)))

    def comparison(self, listed: Sequence[Listed], stated: Claim) -> Comparison:
        """A list of people beside the members of our figure; it need not be the list of the numbers that are stated."""
        question, of_list = self.question, _of_list(self.measure, listed)
        _, members = question.members(self.measure, self.standpoint, self.where, self.definition.version)
        found = ListQuestion(
            question.connection,
            question.mapper,
            question.generation,
            self.measure,
            self.standpoint,
            self.where,
            self.definition,
        ).compare(listed, members)
        if stated.printed or of_list in {stated, replace(stated, numerator=None)}:
            return found
        notice = f"The claim is {terminal.claimed(stated)}; the list has {terminal.claimed(of_list)}."
        return replace(found, notices=(notice, *found.notices))

    def search(self, stated: Claim) -> tuple[Search, float]:
        """Where ours is what is claimed, and how many seconds that took."""
        started = perf_counter()
        found = ClaimSearch(
            self.question.connection,
            self.question.mapper,
            self.engine,
            self.definition,
            stated,
            self.measure,
            self.standpoint,
            self.where,
        ).run()
        return found, perf_counter() - started


def check_table(*, file: Path, as_json: bool) -> None:
    """What cannot stand beside the rest of a printed table; exit code 1 if there is anything."""
    with refusals(as_json=as_json):
        rows = read_table(file)
    found = findings_of(rows)
    answer(
        as_json=as_json,
        demonstration=False,
        document=lambda: documents.findings(len(rows), found),
        tables=lambda console: terminal.print_findings(console, len(rows), found),
    )
    if found:
        sys.exit(FOUND)
