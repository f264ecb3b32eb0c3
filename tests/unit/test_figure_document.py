"""A figure's document is written out by hand for speed: the schema that describes it must describe just this."""

from datetime import date
from typing import Any

import pytest
from marshmallow import RAISE, Schema, fields

from domain.measures.registry import measure_named
from domain.standpoint import Standpoint
from projections.standings.engine import Figure, Waiting
from projections.standings.slices import Slice
from projections.store.submissions import Coverage
from web.schemas.figure import FigureSchema, figure_document

AS_OF, KNOWN_AT = date(2017, 7, 31), date(2017, 8, 15)
WINDOW = {"first_day": date(2016, 8, 1), "last_day": AS_OF}
WHOLE = Coverage(("H0001", "H0002"), (), "final")
FIGURES = (
    Figure(measure_named("4.0"), "1", Slice(), Standpoint(AS_OF, KNOWN_AT, 48211), 24, 438, coverage=WHOLE, **WINDOW),
    Figure(
        measure_named("4.0"),
        "1",
        Slice("EX01B", "H0001", True, True),
        Standpoint(AS_OF, None, 0),
        0,
        0,
        coverage=Coverage(("H0001",), ("H0001",), "incomplete"),
        matured=0,
        erased=2,
        **WINDOW,
    ),
    Figure(
        measure_named("N.open"),
        "1",
        Slice(),
        Standpoint(AS_OF, KNOWN_AT, 7),
        3,
        None,
        coverage=WHOLE,
        parts={"opiate": 1, "alcohol": 2},
        waiting=Waiting(1, 20),
        **WINDOW,
    ),
    Figure(
        measure_named("N.open"),
        "1",
        Slice(),
        Standpoint(AS_OF, KNOWN_AT, 7),
        0,
        None,
        coverage=WHOLE,
        waiting=Waiting(0, None),
        **WINDOW,
    ),
)


@pytest.mark.parametrize("figure", FIGURES)
def test_the_schema_describes_the_document(figure: Figure) -> None:
    document, schema = figure_document(figure), FigureSchema(unknown=RAISE)
    assert schema.dump(schema.load(document)) == document
    check_names(schema, document)


def check_names(schema: Schema, document: dict[str, Any]) -> None:
    """The same names in the same order, down to the innermost."""
    assert list(document) == list(schema.fields)
    for name, field in schema.fields.items():
        if isinstance(field, fields.Nested) and document[name] is not None:
            check_names(field.schema, document[name])
