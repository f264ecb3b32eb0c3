"""A figure as an answer: the result is the JSON, and the API's description is made from it."""

from datetime import date

import msgspec
import pytest

from domain.measures.registry import measure_named
from domain.standpoint import Standpoint
from projections.standings.engine import Figure, Waiting
from projections.standings.slices import Slice
from projections.store.submissions import Coverage
from web.api.openapi import components
from web.queries.performance.figure import FigureResult, figure_result

AS_OF, KNOWN_AT = date(2017, 7, 31), date(2017, 8, 15)
WINDOW = {"first_day": date(2016, 8, 1), "last_day": AS_OF}
WHOLE = Coverage(("H0001", "H0002"), (), "complete")
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
        erased_records=2,
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
def test_a_figure_is_read_back_from_its_json(figure: Figure) -> None:
    result = figure_result(figure)
    assert msgspec.json.decode(result.encoded(), type=FigureResult) == result
    assert msgspec.json.decode(result.encoded()) == result.document()


def test_the_description_is_made_from_the_result() -> None:
    described = components([FigureResult])["FigureResult"]
    optional = ["not_recorded", "suppression", "withheld", "notice"]
    assert list(described["properties"]) == [*figure_result(FIGURES[0]).document(), *optional]
    assert set(described["properties"]) - set(described["required"]) == set(optional)
