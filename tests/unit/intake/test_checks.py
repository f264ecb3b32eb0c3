"""Row checks, each with its code, at both ends of what is allowed; and the facts of rows that pass."""

from datetime import date
from uuid import UUID

import pytest

from domain.client import ClientKey
from domain.episode.facts import Exit, Intervention, InterventionEnd, Referral, Review, Start, Top
from domain.submission import Rejection
from web.files.checks import REJECTIONS
from web.files.checks.episodes import CheckedEpisode, check_episode, check_keyless, unknown_episode
from web.files.checks.rows import Circumstances
from web.files.reading import clean
from web.files.schemas import MONTHLY, REVIEWS

from .files import DISCHARGED, REVIEW, row

KEY = ClientKey(b"a client key for tests")
STREAM = UUID(int=1)
RECEIVED, LAST_DAY = date(2017, 2, 10), date(2017, 1, 31)
MONTHLY_FILE = Circumstances(MONTHLY["P"], "H0001", LAST_DAY, RECEIVED, KEY)
REVIEW_FILE = Circumstances(REVIEWS, "H0001", LAST_DAY, RECEIVED, KEY)


def check(*rows: dict[str, str], circumstances: Circumstances = MONTHLY_FILE) -> CheckedEpisode:
    return check_episode(STREAM, list(enumerate(rows, 1)), circumstances)


def check_reviews(*rows: dict[str, str]) -> CheckedEpisode:
    return check(*rows, circumstances=REVIEW_FILE)


def found(checked: CheckedEpisode) -> list[tuple[int, str, str]]:
    return [(r.row, r.column, r.code) for r in checked.rejections]


WAITING = {"TRIAGED": "", "MODID": "", "MODAL": "", "MODST": ""}
ONLY_TRIAGED = {"REFLD": "", "MODID": "", "MODAL": "", "MODST": ""}
SUPPORT = {"MODAL": "96"}
TOP = {"TOPID": "T1", "TOPDATE": "2017-01-16", "TRSTAGE": "S"}

# code, column, what the row says; the lines marked ok are the other side of the edge
ONE_ROW = [
    ("value-missing", "FINITIAL", {"FINITIAL": ""}),
    ("value-missing", "SINITIAL", {"SINITIAL": ""}),
    ("value-missing", "DOB", {"DOB": ""}),
    ("value-missing", "SEX", {"SEX": ""}),
    ("value-missing", "AGNCY", {"AGNCY": ""}),
    ("value-missing", "CLIENT", {"CLIENT": ""}),
    ("value-missing", "EPISODID", {"EPISODID": ""}),
    ("value-missing", "DRUG1", {"DRUG1": ""}),
    ("neither-referral-nor-triage", "TRIAGED", WAITING | {"REFLD": ""}),
    ("ok", "", WAITING),
    ("ok", "", {"REFLD": ""}),
    ("date-form", "REFLD", {"REFLD": "20170102"}),
    ("ok", "", {"REFLD": "2/1/2017"}),
    ("date-form", "REFLD", {"REFLD": "02-01-2017"}),
    ("date-form", "REFLD", {"REFLD": "2017-01-02 00:00"}),
    ("ok", "", {"REFLD": "02/01/2017"}),
    ("date-impossible", "MODST", {"MODST": "31/02/2017"}),
    ("date-impossible", "DOB", {"DOB": "2017-02-29"}),
    ("ok", "", {"DOB": "29/02/1980"}),
    ("code-unknown", "SEX", {"SEX": "X"}),
    ("ok", "", {"SEX": "U"}),
    ("ok", "", {"CONSENT": ""}),
    *(("ok", "", {"MODAL": modality}) for modality in ("12", "7", "76", "93", "f1", "094")),
    ("code-unknown", "DRUG1", {"DRUG1": "999"}),
    ("ok", "", {"DRUG1": "1000", "DRUG2": "9999"}),
    ("code-unknown", "DISRSN", DISCHARGED | {"DISRSN": "100"}),
    *(("ok", "", DISCHARGED | {"DISRSN": reason}) for reason in ("0", "080", "80.0", "98", "99")),
    *(("ok", "", {"DISD": none, "DISRSN": none}) for none in ("0000-00-00", "NULL", "N/A", "na")),
    ("born-too-early", "DOB", {"DOB": "1902-12-31"}),
    ("ok", "", {"DOB": "1903-01-01"}),
    ("born-after-referral", "DOB", {"DOB": "2017-01-03"}),
    ("born-after-triage", "DOB", ONLY_TRIAGED | {"DOB": "2017-01-10"}),
    ("ok", "", ONLY_TRIAGED | {"DOB": "2017-01-09"}),
    ("referred-after-triage", "TRIAGED", {"REFLD": "2017-01-10"}),
    ("ok", "", {"REFLD": "2017-01-09"}),
    ("discharged-before-referral", "DISD", WAITING | {"DISD": "2017-01-01", "DISRSN": "88"}),
    ("ok", "", WAITING | {"DISD": "2017-01-02", "DISRSN": "88"}),
    ("discharged-before-triage", "DISD", SUPPORT | {"DISD": "2017-01-08", "DISRSN": "85"}),
    ("ok", "", SUPPORT | {"DISD": "2017-01-09", "DISRSN": "85"}),
    ("discharge-incomplete", "DISD", {"DISRSN": "80"}),
    ("started-without-triage", "TRIAGED", {"TRIAGED": ""}),
    ("ok", "", {"TRIAGED": "", "MODST": "", "REFMODDT": "2017-01-05"}),
    ("ok", "", SUPPORT | {"TRIAGED": ""}),
    ("started-before-triage", "MODST", {"MODST": "2017-01-08"}),
    ("ok", "", {"MODST": "2017-01-09"}),
    ("ok", "", SUPPORT | {"MODST": "2017-01-08"}),
    ("ok", "", {"MODEND": "2017-01-16"}),
    ("started-after-discharge", "DISD", DISCHARGED | {"MODEND": "", "DISD": "2017-01-15"}),
    ("ok", "", DISCHARGED | {"MODEND": "", "DISD": "2017-01-16"}),
    ("ok", "", SUPPORT | {"DISD": "2017-01-15", "DISRSN": "80"}),
    ("ok", "", DISCHARGED | {"MODEND": "2017-01-25"}),
    ("ok", "", DISCHARGED | SUPPORT | {"MODEND": "2017-01-26"}),
    ("ok", "", TOP),
    ("ok", "", TOP | {"TOPDATE": "2017-02-10"}),
    ("after-receipt", "DISD", DISCHARGED | {"DISD": "2017-02-11"}),
    ("after-receipt", "MODST", {"MODST": "2017-02-11"}),
    ("ok", "", {"FAOMODDT": "2017-03-01"}),
]


@pytest.mark.parametrize(("code", "column", "said"), ONE_ROW)
def test_a_row_by_itself(code: str, column: str, said: dict[str, str]) -> None:
    checked = check(row(**{name: clean(value) for name, value in said.items()}))
    assert found(checked) == ([] if code == "ok" else [(1, column, code)])
    assert (checked.reported is None) == (code != "ok")


# notice, column, what the row says, and the fact that is not there for it, or another one than it would be
FAILS_ALONE = [
    ("day-unread", "HLCASSDT", {"HLCASSDT": "soon"}, ""),
    ("day-unread", "HEPCTSTD", {"HEPCTSTD": "31/02/2017"}, ""),
    ("day-unread", "CPLANDT", {"CPLANDT": "31/02/2017"}, "care-plan"),
    ("day-unread", "REFMODDT", {"REFMODDT": "2017-02-11"}, ""),
    ("day-unread", "FAOMODDT", {"FAOMODDT": "0"}, ""),
    ("day-unread", "MODEND", {"MODEND": "2017-02-11"}, "intervention-end:M1"),
    ("day-unread", "MODST", SUPPORT | {"MODST": "31/02/2017"}, ""),
    ("day-unread", "TOPDATE", TOP | {"TOPDATE": "2017-02-11"}, "top:T1"),
    ("top-unread", "TOPID", TOP | {"TOPID": ""}, "top:T1"),
    ("top-unread", "TOPDATE", TOP | {"TOPDATE": ""}, "top:T1"),
    ("top-unread", "TRSTAGE", TOP | {"TRSTAGE": ""}, "top:T1"),
    ("top-unread", "TRSTAGE", TOP | {"TRSTAGE": "X"}, "top:T1"),
    ("modality-unread", "MODAL", {"MODAL": "13"}, "intervention:M1"),
    ("modality-unread", "MODAL", {"MODAL": "", "MODST": "31/02/2017"}, "intervention:M1"),
    ("drug-unread", "DRUG2", {"DRUG2": "10000"}, ""),
    ("drug-unread", "DRUG3", {"DRUG3": "gin"}, ""),
    ("reason-missing", "DISRSN", {"DISD": "2017-01-25"}, ""),
    ("end-unread", "MODEND", {"MODST": "", "MODEND": "2017-01-20"}, "intervention-end:M1"),
    ("end-unread", "MODEND", {"MODEND": "2017-01-15"}, "intervention-end:M1"),
    ("end-unread", "MODEND", SUPPORT | {"MODEND": "2017-01-15"}, "intervention-end:M1"),
    ("end-unread", "MODEND", DISCHARGED | {"MODEND": "2017-01-26"}, "intervention-end:M1"),
]


@pytest.mark.parametrize(("code", "column", "said", "fact"), FAILS_ALONE)
def test_what_the_figures_do_not_stand_on_fails_alone(code: str, column: str, said: dict[str, str], fact: str) -> None:
    checked = check(row(**said), row(**said))
    assert checked.reported
    assert [(n.row, n.column, n.code) for n in checked.notices if n.row == 1] == [(1, column, code)]
    assert {"referral", "start"} <= set(checked.reported.facts)
    assert fact not in checked.reported.facts


def test_a_discharge_without_a_reason_is_one_for_an_unknown_reason() -> None:
    assert facts(row(DISD="2017-01-25"))["exit"] == Exit(discharged_on=date(2017, 1, 25), reason=0)


@pytest.mark.parametrize(
    ("rows", "mistakes"),
    [
        # a year mistyped, in each of an episode's rows: everything lies after it
        ([DISCHARGED | {"DISD": "2007-01-25"}] * 3, [(1, "DISD", "discharged-before-referral")]),
        ([{"TRIAGED": "2017-02-20"}] * 2, [(1, "TRIAGED", "after-receipt")]),
        ([{"DRUG1": "x"}, {"DRUG1": "x", "MODID": "M2"}], [(1, "DRUG1", "code-unknown")]),
        ([{}, {"FINITIAL": "X", "DOB": "1990-01-01", "SEX": "M"}], [(2, "FINITIAL", "episode-disagrees")]),
        ([{}, DISCHARGED], [(2, "DISD", "episode-disagrees")]),
        ([{"SEX": "X", "DRUG1": "1"}], [(1, "SEX", "code-unknown"), (1, "DRUG1", "code-unknown")]),
    ],
)
def test_one_mistake_is_one_line(rows: list[dict[str, str]], mistakes: list[tuple[int, str, str]]) -> None:
    assert found(check(*(row(**said) for said in rows))) == mistakes


BETWEEN_ROWS = [
    ("episode-disagrees", "DISD", DISCHARGED),
    ("episode-disagrees", "SINITIAL", {"SINITIAL": "Y"}),
    ("ok", "", {}),
    ("ok", "", {"DAT": "EX02"}),
    ("ok", "", {"MODAL": "95"}),
    ("ok", "", {"TRSTAGE": "R"}),
    ("ok", "", {"SINITIAL": "z", "REFLD": "02/01/2017"}),
    ("ok", "", {"MODID": "M2", "MODAL": "95"}),
    ("ok", "", TOP | {"TOPID": "T2"}),
]


@pytest.mark.parametrize(("code", "column", "said"), BETWEEN_ROWS)
def test_what_is_said_twice_is_said_alike(code: str, column: str, said: dict[str, str]) -> None:
    checked = check(row(**TOP), row(**TOP) | said)
    expected = [] if code == "ok" else [(2, column, code)]
    assert [f for f in found(checked) if f[2] == code][:1] == expected
    assert bool(found(checked)) == bool(expected)


REVIEW_ROWS = [
    ("value-missing", "WHAT", [{"WHAT": ""}]),
    ("value-missing", "DATE", [{"DATE": ""}]),
    ("value-missing", "CLIENT", [{"CLIENT": ""}]),
    ("code-unknown", "WHAT", [{"WHAT": "supper"}]),
    ("code-unknown", "LOWDOSE", [{"LOWDOSE": "low"}]),
    ("date-form", "DATE", [{"DATE": "Jan 2017"}]),
    ("after-receipt", "DATE", [{"DATE": "2017-02-11"}]),
    ("ok", "", [{"ROLE": "", "LOWDOSE": "Y"}]),
    ("ok", "", [{}, {}]),
    ("ok", "", [{}, {"WHAT": "medical", "ROLE": "doctor"}]),
    ("review-disagrees", "ROLE", [{}, {"ROLE": "doctor"}]),
]


@pytest.mark.parametrize(("code", "column", "said"), REVIEW_ROWS)
def test_rows_of_a_review_file(code: str, column: str, said: list[dict[str, str]]) -> None:
    checked = check_reviews(*(REVIEW | its for its in said))
    assert found(checked) == ([] if code == "ok" else [(len(said), column, code)])


def test_every_rejection_is_reached_here() -> None:
    reached = {code for code, _column, _said in [*ONE_ROW, *BETWEEN_ROWS, *REVIEW_ROWS]} - {"ok"}
    reached |= {rejection.code for rejection in unknown_episode([1])}
    assert reached == set(REJECTIONS)


def test_a_row_without_a_key_says_what_else_is_wrong() -> None:
    rejections = check_keyless(7, row(EPISODID="", SEX=""), MONTHLY_FILE)
    assert [(r.row, r.column, r.code) for r in rejections] == [
        (7, "SEX", "value-missing"),
        (7, "EPISODID", "value-missing"),
    ]


@pytest.mark.parametrize(
    "said",
    [
        {"DOB": "31/02/1980"},
        {"DOB": "1980.05.17"},
        {"DOB": "1980-05-17", "REFLD": "1980-05-18", "TRIAGED": "1980-05-17"},
        {"DOB": "2017-01-05", "REFLD": "2017-01-04", "TRIAGED": "05/01/2017"},
        {"DOB": "2017-03-05", "REFLD": "2017-03-05"},
        {"DOB": "2017-03-05", "RFLS": "x", "SEX": "2017-03-05"},
        {"FINITIAL": "Quentin", "SINITIAL": "Zebedee", "SEX": "Q"},
    ],
)
def test_no_message_quotes_initials_or_a_birth_date(said: dict[str, str]) -> None:
    checked = check(row(**said), row(**said, FINITIAL="Xavier") if "FINITIAL" not in said else row(**said, DAT="X"))
    assert checked.rejections
    birth = date.fromisoformat(said["DOB"]) if said.get("DOB", "")[4:5] == "-" else None
    forbidden = {said.get("DOB"), "Quentin", "Zebedee", "Xavier"} | (
        {birth.isoformat(), f"{birth:%d/%m/%Y}"} if birth else set()
    )
    for rejection in checked.rejections:
        assert not any(text and text in rejection.message for text in forbidden), rejection


def test_a_message_says_what_was_given_and_expected() -> None:
    (rejection,) = check(row(SEX="X")).rejections
    assert rejection == Rejection(1, "SEX", "code-unknown", "SEX is 'X'. Expected one of M, F, U.")


def test_days_are_quoted_as_the_file_writes_them() -> None:
    (rejection,) = check(row(REFLD="10/1/2017", TRIAGED="09/01/2017")).rejections
    assert "TRIAGED (09/01/2017) lies before REFLD (10/1/2017)." in rejection.message


# -- notices ------------------------------------------------------------------------------------------------------


def test_after_the_last_day_but_not_after_receipt_is_taken_with_a_notice() -> None:
    said = DISCHARGED | {"DISD": "2017-02-03", "MODEND": "2017-02-01"}
    checked = check(row(**said), row(MODID="M2", **said))
    assert checked.reported
    assert [(n.row, n.column, n.code) for n in checked.notices] == [
        (1, "DISD", "after-last-day"),
        (1, "MODEND", "after-last-day"),
    ]
    assert not check(row(TOPID="T", TOPDATE="2017-01-31", TRSTAGE="S", FAOMODDT="2017-02-05")).notices


def test_values_of_no_intervention_are_left_out_with_a_notice() -> None:
    nothing = {"MODID": "", "MODAL": "", "MODST": ""}
    checked = check(row(**nothing, REFMODDT="2017-01-10", MODSET="4"))
    assert checked.reported
    assert [(n.column, n.code) for n in checked.notices] == [("REFMODDT", "intervention-unread")]
    assert "REFMODDT, MODSET" in checked.notices[0].message


DIFFERING = [
    # column, in the first row and in the second, which counts
    ("CPLANDT", "2017-01-18", "2017-01-20", "care-plan", Review(what="recovery-plan", reviewed_on=date(2017, 1, 20))),
    ("CPLANDT", "20/01/2017", "18/01/2017", "care-plan", Review(what="recovery-plan", reviewed_on=date(2017, 1, 20))),
    ("MODEND", "2017-01-20", "2017-01-22", "intervention-end:M1", InterventionEnd(ended_on=date(2017, 1, 22))),
]


@pytest.mark.parametrize(("column", "first", "second", "key", "fact"), DIFFERING)
def test_of_days_that_need_not_agree_the_latest_counts(
    column: str, first: str, second: str, key: str, fact: object
) -> None:
    checked = check(row(**{column: first}), row(**{column: second}))
    assert checked.reported
    assert checked.reported.facts[key] == fact
    assert [(n.row, n.column, n.code) for n in checked.notices] == [(2, column, "rows-differ")]


def test_of_other_values_that_need_not_agree_the_first_counts() -> None:
    checked = check(row(DAT="", RFLS="3"), row(DAT="EX02", RFLS="4"), row(DAT="EX03", RFLS="3"))
    assert checked.reported
    start = checked.reported.facts["start"]
    assert isinstance(start, Start)
    assert (start.area, start.referral_source) == ("EX02", "3")
    assert [(n.row, n.column) for n in checked.notices] == [(3, "DAT"), (2, "RFLS")]


def test_one_number_for_two_interventions_or_two_tops() -> None:
    said = facts(row(), row(MODAL="95"), row(MODST="2017-01-20"), row(**TOP), row(**TOP | {"TRSTAGE": "R"}))
    assert {key for key in said if key.partition(":")[0] in {"intervention", "top"}} == {
        "intervention:M1:94:2017-01-16",
        "intervention:M1:95:2017-01-16",
        "intervention:M1:94:2017-01-20",
        "top:T1:S:2017-01-16",
        "top:T1:R:2017-01-16",
    }


def test_an_intervention_without_a_number_is_known_by_its_kind_and_day() -> None:
    assert "intervention::94:2017-01-16" in facts(row(MODID=""))


def test_an_age_that_is_none_is_left_out_with_a_notice() -> None:
    checked = check(row(DRUG1AGE="young"))
    assert [(n.column, n.code) for n in checked.notices] == [("DRUG1AGE", "age-unread")]
    assert checked.reported


# -- facts --------------------------------------------------------------------------------------------------------

PERSON = ("QZ", date(1980, 5, 17), "F")


def facts(*rows: dict[str, str]) -> dict[str, object]:
    reported = check(*rows).reported
    assert reported
    return dict(reported.facts)


def test_a_referral_and_a_start() -> None:
    details = {"HLCASSDT": "16/01/2017", "HEPCTSTD": "5/1/2017", "LA": "EX"}
    said = facts(row(RFLS="3", DRUG2="7000", DRUG1AGE="17", PREVTR="Y", **details))
    identity = {
        "client": KEY.client(*PERSON),
        "agency": "H0001",
        "client_reference": "C1",
        "episode_reference": "1",
        "near": tuple(KEY.near(*PERSON)),
        "area": "EX01",
    }
    assert said["referral"] == Referral(referred_on=date(2017, 1, 2), source="3", **identity)
    assert said["start"] == Start(
        triaged_on=date(2017, 1, 9),
        drugs=(1101, 7000),
        referral_source="3",
        age_at_triage=36,
        first_use_age=17,
        previously_treated=True,
        details={"LA": "EX", "HLCASSDT": "2017-01-16", "HEPCTSTD": "2017-01-05"},
        **identity,
    )


def test_a_referral_that_waits_has_no_start() -> None:
    assert list(facts(row(**WAITING))) == ["referral"]


@pytest.mark.parametrize(
    ("born_on", "adult_on", "age"),
    [
        ("1999-01-09", None, 18),
        ("1999-01-10", date(2017, 1, 10), 17),
        ("1980-02-29", None, 36),
        ("2000-02-29", date(2018, 2, 28), 16),
    ],
)
def test_the_18th_birthday_is_kept_of_the_young_only(born_on: str, adult_on: date | None, age: int) -> None:
    start = facts(row(DOB=born_on))["start"]
    assert isinstance(start, Start)
    assert (start.adult_on, start.age_at_triage) == (adult_on, age)


def test_one_person_however_written() -> None:
    first = facts(row())["start"]
    second = facts(row(FINITIAL="q", DOB="17/05/1980", CLIENT="C2"))["start"]
    assert isinstance(first, Start)
    assert isinstance(second, Start)
    assert first.client == second.client


def test_interventions_and_their_ends() -> None:
    said = facts(
        row(MODEND="2017-01-30", MODEXIT="81", MODSET="4", REFMODDT="2017-01-10", FAOMODDT="2017-01-12"),
        row(MODID="M2", MODAL="95", MODST="", REFMODDT="2017-01-20", FAOMODDT="2017-02-20"),
        row(MODID="M3", MODAL="96", MODST="", FAOMODDT="2017-02-20"),
        row(MODID="M4", MODAL="2", MODST=""),
    )
    days = {"referred_on": date(2017, 1, 10), "first_offered_on": date(2017, 1, 12)}
    started_on = date(2017, 1, 16)
    assert said["intervention:M1"] == Intervention(
        modality=94, day=started_on, started_on=started_on, setting="4", **days
    )
    assert said["intervention-end:M1"] == InterventionEnd(ended_on=date(2017, 1, 30), exit="81")
    counted_from = {key: fact.day for key, fact in said.items() if isinstance(fact, Intervention)}
    assert counted_from == {
        "intervention:M1": started_on,
        "intervention:M2": date(2017, 1, 20),
        "intervention:M3": date(2017, 2, 20),
        "intervention:M4": date(2017, 1, 9),
    }
    assert "intervention-end:M2" not in said


def test_tops_the_care_plan_and_the_discharge() -> None:
    said = facts(
        row(CPLANDT="2017-01-18", **DISCHARGED, **TOP, OPIUSE="28", PWORK="0"),
        row(CPLANDT="2017-01-18", **DISCHARGED, TOPID="T2", TOPDATE="2017-01-25", TRSTAGE="E"),
    )
    assert said["top:T1"] == Top(completed_on=date(2017, 1, 16), stage="S", answers={"OPIUSE": "28", "PWORK": "0"})
    assert said["top:T2"] == Top(completed_on=date(2017, 1, 25), stage="E")
    assert said["care-plan"] == Review(what="recovery-plan", reviewed_on=date(2017, 1, 18))
    assert said["exit"] == Exit(discharged_on=date(2017, 1, 25), reason=80)


def test_a_fact_names_the_first_row_that_says_it() -> None:
    reported = check(row(), row(**TOP), row(**TOP, MODID="M2")).reported
    assert reported
    assert dict(reported.rows) == {
        "referral": 1,
        "start": 1,
        "intervention:M1": 1,
        "top:T1": 2,
        "intervention:M2": 3,
    }


def test_reviews() -> None:
    reported = check_reviews(REVIEW, REVIEW | {"WHAT": "medical", "DATE": "21/01/2017", "LOWDOSE": "N"}).reported
    assert reported
    assert dict(reported.facts) == {
        "review:recovery-plan:2017-01-20": Review(what="recovery-plan", reviewed_on=date(2017, 1, 20), role="K"),
        "review:medical:2017-01-21": Review(what="medical", reviewed_on=date(2017, 1, 21), role="K", low_dose=False),
    }
