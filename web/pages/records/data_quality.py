"""Data quality: which files were due, received and late; what of them was rejected; which fields are filled in."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from marshmallow import fields, validate

from domain.periods import last_day_of_month
from domain.submission import ANOTHER_PERSON, SAME_RECORD, SAME_RECORD_ELSEWHERE
from projections.performance.trend import months_before
from projections.worklists.data_quality import (
    DUE_AFTER_DAYS,
    AgencyMonth,
)
from projections.worklists.fields_filled import COMPLETENESS_MONTHS, FieldFilled
from projections.worklists.lists import SAME_RECORD as SAME_RECORD_LIST
from web.auth import guard
from web.auth.roles import Right
from web.files.checks import REJECTIONS
from web.pages.frame.agency_names import named
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup, here
from web.pages.frame.page import PageContext, Pages, SeenFrom
from web.presenters import text
from web.presenters.records import data_quality as words
from web.presenters.tables import Column, Link, Month, Table
from web.queries.performance.figure import standpoint_result
from web.queries.records import data_quality as queries
from web.queries.records.data_quality import DataQualityQuery, DataQualityResult

PAGE: Final = "data_quality_pages.quality"
MONTHS: Final = (6, 12, 24)
"""How far back one may look."""

blueprint = Pages(
    "data_quality_pages",
    __name__,
    Place(
        "Data quality",
        PAGE,
        Right.SUBMISSIONS,
        PlaceGroup.DATA,
        "Whose files came, whether in time, and what was wrong with them.",
        seen_from=True,
    ),
)


class QualityAddress(SeenFrom):
    """Over how many months."""

    months = fields.Integer(load_default=12, validate=validate.OneOf(MONTHS))


@blueprint.seen_from("/data-quality", Right.SUBMISSIONS, QualityAddress)
def quality(context: PageContext) -> Page:
    """Files and fields by agency, over the months that end by `as_of`."""
    count = context.args["months"]
    result = _quality(context, months_before(context.as_of, count - 1).replace(day=1))
    return Page(
        "data-quality.html",
        "Data quality",
        tables(result),
        context=context,
        lead=words.lead(result),
        wrong=words.what_is_wrong(result, named),
        months=[Link(f"{one} months", here(months=one), one == count) for one in MONTHS],
        due_after=DUE_AFTER_DAYS,
        to_same=context.to("worklist-pages.one", name=SAME_RECORD_LIST),
        completeness_months=COMPLETENESS_MONTHS,
    )


def _quality(context: PageContext, first_day: date) -> DataQualityResult:
    viewer = guard.viewer(Right.SUBMISSIONS, context.slice_)
    if last_day_of_month(first_day) > context.as_of:
        # Before the first month's end there is no month to tell of.
        return DataQualityResult(standpoint_result(context.standpoint), (), ())
    query = DataQualityQuery(first_day, context.as_of, context.known_at, context.slice_.agency)
    return queries.quality(context.snapshot, viewer, query)


def tables(result: DataQualityResult) -> dict[str, Table | None]:
    """Files, what of them was left out, how soon things are reported, and which fields are filled in."""
    facts = [_facts_row(one) for one in reversed(result.months) if one.files]
    same = [_same_row(one) for one in reversed(result.months) if any(one.notices.get(code) for code in SAME_CODES)]
    every = {
        "files": Table(
            FILES_COLUMNS,
            [_file_row(one) for one in reversed(result.months)],
            "Monthly files, the newest month first",
        ),
        "reasons": Table(REASONS_COLUMNS, reasons(result), "In these months; a row may have several things wrong"),
        "same": Table(SAME_COLUMNS, same, "Episodes of the files of each month, when they came first"),
        "facts": Table(FACTS_COLUMNS, facts, "What the files of each month brought"),
        "fields": Table(fields_columns(result.fields), field_rows(result.fields), "Filled in, of how many"),
    }
    return {name: table if table.rows else None for name, table in every.items()}


FILES_COLUMNS: Final = (
    Column("Month", whole=True),
    Column("Agency"),
    Column("Due", aside=True),
    Column("Received", aside=True),
    Column("File"),
    Column("Rows", number=True, aside=True),
    Column("Left out", number=True),
    Column("Not in the file", number=True, aside=True),
)


def _file_row(one: AgencyMonth) -> tuple[Any, ...]:
    rate = one.rejection_rate
    return (
        Month(one.month.replace(day=1)),
        named(one.agency),
        one.due_on,
        one.received_on,
        file_words(one),
        one.rows if one.files else None,
        f"{one.rejected_rows:,} ({text.percent(rate)})" if rate is not None else None,
        one.not_in_file if one.files else None,
    )


def file_words(one: AgencyMonth) -> str:
    """Whether a month's file was there, in words."""
    late = f", {text.plural(one.days_late, 'day')}" if one.days_late else ""
    return f"{one.state}{late}"


SAME_CODES: Final = (SAME_RECORD, SAME_RECORD_ELSEWHERE, ANOTHER_PERSON)
SAME_COLUMNS: Final = (
    Column("Month"),
    Column("Agency"),
    Column("Probably known under another reference", number=True),
    Column("Probably known at another agency", number=True),
    Column("Reference of another person before", number=True),
)


def _same_row(one: AgencyMonth) -> tuple[Any, ...]:
    counts = (one.notices.get(code, 0) for code in SAME_CODES)
    return (Month(one.month.replace(day=1)), named(one.agency), *counts)


FACTS_COLUMNS: Final = (
    Column("Month", whole=True),
    Column("Agency"),
    Column("New facts", number=True),
    Column("Changed", number=True, aside=True),
    Column("Withdrawn", number=True, aside=True),
    Column("Half reported within", number=True),
    Column("Nine in ten within", number=True, aside=True),
)


def _facts_row(one: AgencyMonth) -> tuple[Any, ...]:
    days = one.days_to_report
    return (
        Month(one.month.replace(day=1)),
        named(one.agency),
        one.new,
        one.amended,
        one.withdrawn,
        text.plural(days.median, "day") if days else None,
        text.plural(days.ninetieth, "day") if days else None,
    )


def fields_columns(filled: Sequence[FieldFilled]) -> list[Column]:
    """A column for each agency."""
    return [Column("Field"), Column("Of", aside=True), *(Column(named(one), number=True) for one in _agencies(filled))]


def field_rows(filled: Sequence[FieldFilled]) -> list[tuple[Any, ...]]:
    """How many records have each field, by agency."""
    sentence = {
        (one.agency, one.column): f"{text.percent(one.percentage)} of {one.records:,}" for one in filled if one.records
    }
    rows = {one.column: one.of for one in filled}
    return [
        (column, meaning, *(sentence.get((agency, column)) for agency in _agencies(filled)))
        for column, meaning in rows.items()
    ]


def _agencies(filled: Sequence[FieldFilled]) -> list[str]:
    return sorted({one.agency for one in filled})


REASONS_COLUMNS: Final = (Column("What was wrong"), Column("Agency"), Column("Rows", number=True))


def reasons(result: DataQualityResult) -> list[tuple[str, str, int]]:
    """For what rows were left out, the commonest first."""
    counts: dict[tuple[str, str], int] = {}
    for one in result.months:
        for code, count in one.rejected.items():
            counts[code, one.agency] = counts.get((code, one.agency), 0) + count
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(REJECTIONS.get(code, code), named(agency), count) for (code, agency), count in ordered]
