"""The comparators of the papers: Appendix B whole, the ranges and averages that they print, and Wirral's cluster.

The papers do not print what single areas reached. The values of areas are invented (`invented-comparators.csv` says so
in each of its lines), so that the ranges of their top quartiles are those printed. The days on which all was released
are chosen: the papers give the quarters alone.
"""

from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from domain.contract_life.comparators import ValueKind
from domain.log.database import reading
from domain.register import Register
from projections.performance.beside.comparators import Comparators
from web.commands.agreement.comparator_values import enter_value, load_values
from web.commands.agreement.comparators import ComparatorDecision, ComparatorSetTerms, define_set
from web.files.agreement.comparator_values import SaidValue

SAID: Final = date(2017, 3, 1)
"""When the review of March 2017 had the groups, and the values of Q3 2016/17."""
APPENDIX_B: Final = "Herefordshire, Appendix B: grouped by Public Health England by complexity"
REVIEW: Final = "Herefordshire, performance review of March 2017"
WIRRAL: Final = "Wirral, performance action plan of July 2014"
INVENTED: Final = "Invented for the demonstration: no real area’s figures"
INVENTED_FILE: Final = Path(__file__).with_name("invented-comparators.csv")

OPIATE_AREAS: Final = (
    *("Brighton and Hove", "Bristol", "Calderdale", "Cambridgeshire"),
    *("Cheshire East UA", "Derby", "Derbyshire", "Dudley"),
    *("East Sussex", "Gateshead", "Hackney", "Halton"),
    *("Kirklees", "Knowsley", "Leicestershire", "Lincolnshire"),
    *("North Lincolnshire", "North Yorkshire", "Northamptonshire", "Nottinghamshire"),
    *("Portsmouth", "Reading", "Sheffield", "Southampton"),
    *("Southwark", "Stoke-on-Trent", "Suffolk", "Warrington"),
    *("Warwickshire", "Westminster", "Wigan", "York"),
)
OTHER_AREAS: Final = (
    *("Barking and Dagenham", "Birmingham", "Bracknell Forest", "Bradford"),
    *("Brighton and Hove", "Dorset", "Ealing", "East Sussex"),
    *("Enfield", "Essex", "Harrow", "Hartlepool"),
    *("Havering", "Kirklees", "Medway", "Merton"),
    *("Milton Keynes", "Nottingham", "Oldham", "Rochdale"),
    *("Sefton", "Southampton", "St Helens", "Stockport"),
    *("Stoke-on-Trent", "Sunderland", "Sutton", "Telford and Wrekin"),
    *("Trafford", "Walsall", "Warrington", "West Sussex"),
)

SETS: Final = (
    ComparatorSetTerms("Opiate clients", ("1.0", "4.0", "5.0"), OPIATE_AREAS, source=APPENDIX_B),
    ComparatorSetTerms(
        "Non-opiate and alcohol & non-opiate clients",
        ("2.0", "4.1", "4.3", "5.1", "5.3"),
        OTHER_AREAS,
        source=APPENDIX_B,
    ),
)
"""Both groups of Appendix B; there is none for alcohol, of which the national average is printed."""


class Printed(NamedTuple):
    """A value as a paper prints it; `to` is the upper end of a range."""

    measure: str
    period: str
    kind: ValueKind
    name: str
    percentage: str
    to: str
    source: str
    on: date


_TOP: Final = "top quartile of the comparator group"
_CLUSTER: Final = "cluster average"


def _top(measure: str, low: str, high: str, period: str = "Q3 2016/17", on: date = SAID) -> Printed:
    return Printed(measure, period, ValueKind.TOP_QUARTILE, _TOP, low, high, REVIEW, on)


def _national(measure: str, percentage: str) -> Printed:
    return Printed(measure, "Q3 2016/17", ValueKind.NATIONAL, "national average", percentage, "", REVIEW, SAID)


def _cluster(part: str, percentage: str) -> Printed:
    measure = f"profile.{part}.opiate"
    return Printed(measure, "2013", ValueKind.GROUP, _CLUSTER, percentage, "", WIRRAL, date(2014, 7, 31))


PRINTED: Final = (
    _top("2.0", "44.83", "52.53", "Q4 2015/16", date(2016, 6, 1)),
    _top("1.0", "7.36", "8.93"),
    _top("2.0", "45.61", "57.73"),
    _top("4.3", "42.59", "60.67"),
    _top("5.0", "3.45", "12.5"),
    _top("5.1", "0", "0"),
    _top("5.3", "0", "4.55"),
    _national("3.0", "38.3"),
    _national("4.2", "39.5"),
    _national("5.2", "8.8"),
    _cluster("six-years", "23"),
    _cluster("career", "21"),
    _cluster("first", "36"),
)
"""In the order in which they are entered."""


def set_comparators(register: Register, today: date, *, actor: str, role: str) -> None:
    """Say what is not said yet: a loading that was cut short goes on."""
    with reading(register.engine) as connection:
        there = Comparators.load(connection, register.mapper)
    for terms in SETS[len(there.sets) :]:
        define_set(register, terms, ComparatorDecision(actor, role, SAID, today))
    for one in PRINTED[len(there.releases) :]:
        said = SaidValue(one.name, one.measure, one.period, "", "", one.percentage, one.to, one.kind)
        enter_value(register, said, one.source, ComparatorDecision(actor, role, one.on, today))
    if len(there.releases) <= len(PRINTED):
        decision = ComparatorDecision(actor, role, SAID, today)
        load_values(register, INVENTED_FILE.read_bytes(), INVENTED_FILE.name, INVENTED, decision)
