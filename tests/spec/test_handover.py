"""Handover of a caseload

When a caseload passes from one agency to another, the old one's open episodes end on that day by an administrative
transfer (83), dated and reversible: else inherited clients could never complete.
"""

from .conftest import FigureOf

ON_BOTH_DATABASES = True

INHERITED = """
    client | episode | agency | event       | occurred_on | known_on   | detail
    Ann    | 1       | H0001  | started     | 2015-01-01  | 2016-10-12 | opiate
    Bob    | 2       | H0001  | started     | 2015-01-01  | 2016-10-12 | opiate
    Bob    | 2       | H0001  | exited      | 2016-10-01  | 2016-10-12 | 80
           |         | H0001  | handed over | 2017-03-31  | 2017-04-05 | to=H0002
    Ann    | 3       | H0002  | started     | 2017-04-01  | 2017-05-05 | opiate
    Ann    | 3       | H0002  | exited      | 2017-06-30  | 2017-07-05 | 80
    Ann    | 1       | H0001  | exited      | 2017-07-20  | 2017-07-25 | 85
"""


def test_open_episodes_end_on_the_day_of_the_handover(figure_of: FigureOf) -> None:
    """Open episodes end as transferred on the day of the handover; those discharged before are not touched."""
    assert figure_of(INHERITED, measure="N.exits", as_of="2017-03-31", known_at="2017-04-05").cohort == ("Ann", "Bob")
    exits = figure_of(INHERITED, measure="N.exits", as_of="2017-03-31", known_at="2017-04-05")
    assert exits.parts == ("transferred", "successful")
    assert figure_of(INHERITED, measure="N.open", as_of="2017-03-30", known_at="2017-04-05").cohort == ("Ann",)
    assert figure_of(INHERITED, measure="N.open", as_of="2017-03-31", known_at="2017-04-04").cohort == ("Ann",)


def test_inherited_clients_can_complete(figure_of: FigureOf) -> None:
    """The journey goes on at the new agency and ends there; both agencies count it."""
    assert figure_of(INHERITED, known_at="2017-07-05").counts == (2, 2)
    assert figure_of(INHERITED, known_at="2017-07-05", agency="H0001").counts == (2, 2)
    assert figure_of(INHERITED, known_at="2017-07-05", agency="H0002").counts == (1, 1)


def test_a_real_discharge_undoes_the_transfer(figure_of: FigureOf) -> None:
    """A real discharge takes the transfer's place, and its day."""
    assert figure_of(INHERITED, known_at="2017-07-25").counts == (1, 2)
    assert figure_of(INHERITED, measure="N.open", as_of="2017-07-19", known_at="2017-07-25").cohort == ("Ann",)
    assert figure_of(INHERITED, measure="N.exits", known_at="2017-07-25").parts == ("unplanned", "successful")
