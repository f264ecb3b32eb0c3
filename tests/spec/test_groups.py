"""Substance groups

A journey's group comes from the drugs of all its seen episodes. The four groups are separate: nobody is in two.
"""

import pytest

from .conftest import FigureOf

_MEASURES = {"opiate": "4.0", "non-opiate": "4.1", "alcohol": "4.2", "non-opiate-and-alcohol": "4.3"}


@pytest.mark.parametrize(
    ("drugs", "group"),
    [
        ("1000", "opiate"),
        ("1999", "opiate"),
        ("2000", "non-opiate"),
        ("6999", "non-opiate"),
        ("7000", "alcohol"),
        ("7999", "alcohol"),
        ("8000", "non-opiate"),
        ("9995", "non-opiate"),
        ("9996", "none"),
        ("9999", "none"),
        ("7000,9998", "alcohol"),
        ("7000,3000", "non-opiate-and-alcohol"),
        ("3000,7000,9997", "non-opiate-and-alcohol"),
        ("3000,7000,1500", "opiate"),
        ("7000,1000", "opiate"),
    ],
)
def test_the_group_of_the_drugs(figure_of: FigureOf, drugs: str, group: str) -> None:
    """Any opiate makes it `opiate`; else a non-opiate with alcohol, else a non-opiate, else alcohol.

    Codes 9996 to 9999 mean none. A journey with none is in no group and counted in none, but is in treatment.
    """
    history = f"""
        client | event   | occurred_on | detail
        Ann    | started | 2016-09-01  | drugs={drugs}
    """
    found = {name for name, measure in _MEASURES.items() if figure_of(history, measure=measure).cohort}
    assert found == ({group} if group != "none" else set())
    assert figure_of(history, measure="N.treatment").parts == (group.replace("none", "no group"),)


def test_drugs_of_all_episodes_count(figure_of: FigureOf) -> None:
    """The drugs of all episodes of the journey count together."""
    history = """
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2016-09-01  | alcohol
        Ann    | 2       | started | 2016-10-01  | non-opiate
    """
    assert figure_of(history, measure="4.3").cohort == ("Ann",)


def test_drugs_of_an_episode_after_as_of_do_not_regroup(figure_of: FigureOf) -> None:
    """An episode that starts after `as_of` does not regroup the journey."""
    history = """
        client | episode | event   | occurred_on | detail
        Ann    | 1       | started | 2016-09-01  | alcohol
        Ann    | 2       | started | 2017-07-15  | opiate
    """
    assert figure_of(history, measure="4.2", as_of="2017-07-14").cohort == ("Ann",)
    assert figure_of(history, measure="4.0", as_of="2017-07-14").cohort == ()
    assert figure_of(history, measure="4.0", as_of="2017-07-15").cohort == ("Ann",)


def test_phof_ii_takes_both_kinds_of_non_opiate(figure_of: FigureOf) -> None:
    """PHOF 2.15ii counts non-opiate journeys with and without alcohol; a variant leaves those with alcohol out."""
    history = """
        client | event   | occurred_on | detail
        Ann    | started | 2016-09-01  | non-opiate
        Bob    | started | 2016-09-01  | non-opiate-and-alcohol
        Cas    | started | 2016-09-01  | alcohol
        Dan    | started | 2016-09-01  | opiate
    """
    assert figure_of(history, measure="1.0").cohort == ("Dan",)
    assert figure_of(history, measure="2.0").cohort == ("Ann", "Bob")
    assert figure_of(history, measure="3.0").cohort == ("Cas",)
    assert figure_of(history, measure="2.0", definition="1-phof-separate").cohort == ("Ann",)


def test_corrected_drugs_regroup_from_the_day_they_became_known(figure_of: FigureOf) -> None:
    """Corrected drugs move a client to another group, as known from the day of the correction."""
    history = """
        client | event   | occurred_on | known_on   | detail
        Ann    | started | 2016-09-01  | 2016-10-15 | alcohol
        Ann    | started | 2016-09-01  | 2017-05-15 | opiate
    """
    assert figure_of(history, measure="4.2", as_of="2017-04-30", known_at="2017-05-14").cohort == ("Ann",)
    assert figure_of(history, measure="4.2", as_of="2017-04-30", known_at="2017-05-15").cohort == ()
    assert figure_of(history, measure="4.0", as_of="2017-04-30", known_at="2017-05-15").cohort == ("Ann",)
