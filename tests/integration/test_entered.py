"""Entered KPIs said to a real log: what is kept, what is refused, and that nothing else moves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from domain.contract_life.entered import ENTERED_EVENTS
from domain.contract_life.transitions import COMMISSIONER, PROVIDER
from domain.errors import ChangedMeanwhile, Refused
from domain.log.database import reading
from domain.log.mapper import JsonMapper
from domain.log.reading import last_position
from domain.periods import Period
from domain.register import Register
from projections.performance.entered import Entered, EnteredValue
from projections.store.submissions import Submissions
from tests.conftest import Clock
from web.auth.viewer import NotOwn
from web.commands.agreement.entered import KpiAuthor, KpiTerms, define_kpi, end_kpi
from web.commands.agreement.entered_values import (
    REFUSALS,
    Loaded,
    NewValue,
    ValueNumbers,
    confirm_value,
    correct_value,
    enter_value,
    enter_values,
    question_value,
    withdraw_value,
)
from web.files.entered_lists import entered_list_from
from web.files.evidence import evidence_of

TODAY = date(2017, 9, 1)
APRIL, MAY = Period(date(2017, 4, 1), date(2017, 4, 30)), Period(date(2017, 5, 1), date(2017, 5, 31))
FILE = evidence_of("return.txt", b"the return of May")


def council(on: date = TODAY) -> KpiAuthor:
    return KpiAuthor("cara", "commissioner", COMMISSIONER, on, TODAY)


def hub(agency: str = "H0001", on: date = TODAY) -> KpiAuthor:
    return KpiAuthor("pat", "provider", PROVIDER, on, TODAY, frozenset({agency}))


def terms(code: str = "X.bbv", **given: Any) -> KpiTerms:
    said: dict[str, Any] = {"name": "Tested", "wording": "", "kind": "proportion", "polarity": "higher"}
    said |= {"frequency": "monthly", "source": "", "needs_evidence": False, "agencies": ("H0001", "H0002")}
    return KpiTerms(code=code, **said | {"first_day": date(2017, 4, 1)} | given)


def new(numerator: int = 6, denominator: int | None = 10, **given: Any) -> NewValue:
    where = {"code": "X.bbv", "agency": "H0001", "period": APRIL} | given
    evidence = where.pop("evidence", None)
    return NewValue(**where, numbers=ValueNumbers(numerator, denominator, "", evidence))


@pytest.fixture
def register(engine: sa.Engine, clock: Clock) -> Register:
    register = Register(engine, ENTERED_EVENTS, (), clock)
    define_kpi(register, terms(), council(date(2017, 4, 1)))
    return register


def all_said(register: Register) -> Entered:
    with reading(register.engine) as connection:
        return Entered.load(connection, JsonMapper(ENTERED_EVENTS))


@pytest.fixture
def refuses(register: Register) -> Callable[[str], Any]:
    """A block in which something is refused with this code, and nothing is stored."""

    @contextmanager
    def refusing(code: str) -> Iterator[None]:
        before = all_said(register).position
        with pytest.raises(Refused) as refused:
            yield
        assert refused.value.code == code
        assert code in REFUSALS
        assert all_said(register).position == before

    return refusing


def test_a_value_is_kept_with_who_entered_it_and_changes_no_standpoint(register: Register) -> None:
    entered = enter_value(register, new(evidence=FILE), hub())
    [kept] = all_said(register).values
    assert kept == entered
    event = kept.entered
    assert (event.actor, event.party, event.occurred_on, event.evidence) == ("pat", "provider", TODAY, FILE)
    assert (kept.state, kept.version) == ("entered by the provider", 1)
    with reading(register.engine) as connection:
        assert last_position(connection) == 2
        assert Submissions.load(connection, 1).standpoint(TODAY).position == 0


def test_what_does_not_fit_is_refused_and_nothing_is_stored(register: Register, refuses: Callable[[str], Any]) -> None:
    june_to_august = Period(date(2017, 6, 1), date(2017, 8, 31))
    cases: list[tuple[str, NewValue, KpiAuthor]] = [
        ("entered-kpi-unknown", new(code="X.nobody"), hub()),
        ("entered-impossible", new(11), hub()),
        ("entered-negative", new(-1), hub()),
        ("entered-half", new(1, None), hub()),
        ("entered-wrong-length", new(period=june_to_august), hub()),
        ("entered-before-start", new(period=Period(date(2017, 3, 1), date(2017, 3, 31))), hub()),
        ("entered-too-early", new(period=Period(date(2017, 9, 1), date(2017, 9, 30))), hub()),
        ("entered-other-agency", new(agency="H0009"), council()),
        ("entered-other-agency", new(agency=""), council()),
        ("entered-in-future", new(), KpiAuthor("pat", "provider", PROVIDER, date(2017, 9, 2), TODAY)),
        ("entered-out-of-order", new(), hub(on=date(2017, 3, 31))),
    ]
    for code, value, author in cases:
        with refuses(code):
            enter_value(register, value, author)
    with pytest.raises(NotOwn):
        enter_value(register, new(agency="H0002"), hub())
    enter_value(register, new(), hub())
    with refuses("entered-overlaps"):
        enter_value(register, new(5), council())


def test_a_kpi_asks_for_evidence_and_ends(register: Register, refuses: Callable[[str], Any]) -> None:
    define_kpi(register, terms("X.needle", kind="count", polarity=None, needs_evidence=True), council())
    with refuses("entered-no-evidence"):
        enter_value(register, new(400, None, code="X.needle"), hub())
    with refuses("entered-of-count"):
        enter_value(register, new(400, 500, code="X.needle", evidence=FILE), hub())
    enter_value(register, new(400, None, code="X.needle", period=MAY, evidence=FILE), hub())
    with refuses("entered-end-too-early"):
        end_kpi(register, 2, date(2017, 4, 30), "", council())
    with refuses("entered-end-too-early"):
        end_kpi(register, 2, date(2017, 3, 31), "", council())
    with refuses("step-not-yours"):
        end_kpi(register, 2, MAY.last_day, "", hub())
    end_kpi(register, 2, MAY.last_day, "renewed", council())
    with refuses("entered-after-end"):
        june = Period(date(2017, 6, 1), date(2017, 6, 30))
        enter_value(register, new(400, None, code="X.needle", period=june, evidence=FILE), hub())
    with refuses("step-not-now"):
        end_kpi(register, 2, date(2017, 6, 30), "", council())
    with refuses("entered-kpi-unknown"):
        end_kpi(register, 9, MAY.last_day, "", council())


def test_a_code_is_taken_for_good_and_only_the_commissioner_defines(
    register: Register, refuses: Callable[[str], Any]
) -> None:
    end_kpi(register, 1, MAY.last_day, "", council())
    for code, its_terms, author in (
        ("entered-code-taken", terms(), council()),
        ("entered-code", terms("4.0"), council()),
        ("entered-no-words", terms("X.other", name=" "), council()),
        ("step-not-yours", terms("X.other"), hub()),
    ):
        with refuses(code):
            define_kpi(register, its_terms, author)


def test_a_value_of_all_together_is_the_commissioners(register: Register, refuses: Callable[[str], Any]) -> None:
    define_kpi(register, terms("X.work", agencies=()), council())
    with refuses("entered-of-all"):
        enter_value(register, new(code="X.work", agency=""), hub())
    number = enter_value(register, new(code="X.work", agency=""), council()).number
    with refuses("entered-of-all"):
        withdraw_value(register, number, "no", hub())
    assert question_value(register, number, "Of whom?", hub()).state == "questioned by the provider"


def test_the_other_party_confirms_or_questions_and_nobody_confirms_their_own(
    register: Register, refuses: Callable[[str], Any]
) -> None:
    number = enter_value(register, new(), hub()).number
    with refuses("step-not-now"):
        confirm_value(register, number, hub())
    with refuses("entered-no-words"):
        question_value(register, number, " ", council())
    assert question_value(register, number, "Sure?", council()).state == "questioned by the commissioner"
    assert confirm_value(register, number, council()).state == "confirmed by the commissioner"
    corrected = correct_value(register, number, ValueNumbers(5, 10, "", FILE), "counted twice", hub())
    assert (corrected.state, corrected.version) == ("corrected by the provider", 4)
    with refuses("entered-unchanged"):
        correct_value(register, number, ValueNumbers(5, 10, "", FILE), "counted twice", hub())
    with pytest.raises(NotOwn):
        correct_value(register, number, ValueNumbers(4, 10, "", None), "why not", hub("H0002"))
    assert withdraw_value(register, number, "another month’s", hub()).is_withdrawn
    with refuses("step-not-now"):
        confirm_value(register, number, council())
    with refuses("entered-value-unknown"):
        confirm_value(register, 99, council())
    assert [one.numbers.numerator for one in all_said(register).values] == [5]
    assert enter_value(register, new(7), hub()).number == number + 1


def test_whoever_read_an_older_version_is_refused_with_both(register: Register) -> None:
    number = enter_value(register, new(), hub()).number
    correct_value(register, number, ValueNumbers(5, 10, "", None), "counted twice", council(), seen=1)
    with pytest.raises(ChangedMeanwhile) as refused:
        correct_value(register, number, ValueNumbers(4, 10, "", None), "mine", hub(), seen=1)
    assert (refused.value.seen, refused.value.newest) == (1, 2)
    assert correct_value(register, number, ValueNumbers(4, 10, "", None), "mine", hub(), seen=2).version == 3


# -- lists

HEADER = "numerator,denominator,code,agency,first_day,last_day\n"


def load(register: Register, text: str, author: KpiAuthor | None = None, *, dry_run: bool = False) -> Loaded:
    return enter_values(register, entered_list_from(text, "list.csv"), FILE, author or council(), dry_run=dry_run)


def test_a_list_is_tried_first_and_then_entered_whole(register: Register) -> None:
    text = HEADER + "6,10,x.bbv,h0001,2017-04-01,2017-04-30\n3,5,X.BBV,H0002,01/04/2017,30/04/2017\n"
    tried = load(register, text, dry_run=True)
    assert (tried.stored, len(tried.values), tried.rejected) == (False, 2, [])
    assert all_said(register).values == []
    done = load(register, text)
    assert (done.stored, [one.number for one in done.values]) == (True, [1, 2])
    values: list[EnteredValue] = all_said(register).values
    assert [(one.entered.agency, one.numbers.numerator, one.numbers.evidence) for one in values] == [
        ("H0001", 6, FILE),
        ("H0002", 3, FILE),
    ]


def test_one_bad_row_keeps_out_the_whole_list_and_each_is_named(register: Register) -> None:
    enter_value(register, new(period=MAY), hub())
    rows = [
        "6,10,X.bbv,H0001,2017-04-01,2017-04-30",
        "6,10,X.bbv,H0001,2017-04-01,2017-04-30",
        "many,10,X.bbv,H0001,2017-04-01,31/02/2017",
        "11,10,X.bbv,H0002,2017-04-01,2017-04-30",
        "1,10,X.bbv,H0001,2017-05-01,2017-05-31",
        "1,10,X.none,H0001,2017-05-01,2017-05-31",
        "1,10,X.bbv,H0009,2017-05-01,2017-05-31",
        "1,10,X.bbv,H0002,2017-05-02,2017-05-31",
    ]
    loaded = load(register, HEADER + "\n".join(rows))
    assert [(one.row, one.column, one.code) for one in loaded.rejected] == [
        (2, "first_day", "entered-overlaps"),
        (3, "last_day", "no-day"),
        (3, "numerator", "no-number"),
        (4, "numerator", "entered-impossible"),
        (5, "first_day", "entered-overlaps"),
        (6, "code", "entered-kpi-unknown"),
        (7, "agency", "entered-other-agency"),
        (8, "last_day", "entered-wrong-length"),
    ]
    assert all(one.message.endswith((".", "?")) for one in loaded.rejected)
    assert not loaded.stored
    assert len(all_said(register).values) == 1


def test_a_provider_loads_its_own_agencies_alone(register: Register) -> None:
    loaded = load(register, HEADER + "6,10,X.bbv,H0002,2017-04-01,2017-04-30\n", hub())
    assert [(one.column, one.code) for one in loaded.rejected] == [("agency", "entered-not-own")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "entered-list-columns"),
        ("code,first_day,last_day\n", "entered-list-columns"),
        (HEADER.strip() + ",name\n", "entered-list-columns"),
        (HEADER, "entered-list-empty"),
        (HEADER + ",,,,,\n", "entered-list-empty"),
        (HEADER + '"6,10\n', "entered-list-unreadable"),
        (HEADER + "6,10,X.bbv,H0001,2017-04-01,2017-04-30\n" * 2001, "entered-list-too-long"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_whole(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        entered_list_from(text, "list.csv")
    assert refused.value.code == code
