"""Preparing a file: what stays at the desk, what goes on, and what is wrong with a prepared file that was changed."""

import csv
import io
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from domain.client import ClientKey, client_number, client_text
from domain.errors import Refused
from tests.docs.test_links_and_targets import ROOT
from web.files.checks import PREPARED_REJECTIONS
from web.files.checks.episodes import CheckedEpisode, check_episode, check_keyless
from web.files.checks.rows import Circumstances
from web.files.prepare import REFUSALS, Prepared, prepare
from web.files.prepared import births, is_id, key_check, key_check_in, mark
from web.files.reading import PREPARED_REFUSALS, File, check_key, read
from web.files.schemas import IDENTITY, MONTHLY, OF_PERSON, PREPARED, REJECTED, parse_name, refuse_raw

from .files import COLUMNS, DISCHARGED, PLAIN, REVIEW, REVIEW_COLUMNS, csv_text, name, row, write, write_reviews

KEY = ClientKey(b"a client key for tests")
TODAY = date(2017, 2, 10)
LAST_DAY = date(2017, 1, 31)
SENT_AS = "H0001-20170101-20170131-TREAT-IN-P.prepared.csv"
SENT = Circumstances(PREPARED["P"], "H0001", LAST_DAY, TODAY, KEY)
STREAM = UUID(int=1)
WAITING = {"TRIAGED": "", "MODID": "", "MODAL": "", "MODST": ""}
Row = dict[str, str]


def prepared(folder: Path, *rows: Mapping[str, str], columns: tuple[str, ...] = COLUMNS) -> Prepared:
    return prepare(write(folder, rows, columns=columns), KEY, TODAY)


def rows_of(made: Prepared) -> list[Row]:
    """The rows below mark and header, without what is empty."""
    lines = made.data.decode().split("\r\n", 1)[1]
    return [{k: v for k, v in its.items() if v} for its in csv.DictReader(io.StringIO(lines, newline=""))]


def read_again(made: Prepared) -> File:
    return read(parse_name(made.sent_as), made.data)


# -- what is made of a file ---------------------------------------------------------------------------------------


def test_identity_stays_and_what_is_made_of_it_goes_on(tmp_path: Path) -> None:
    made = prepared(tmp_path, row())
    person = ("QZ", date(1980, 5, 17), "F")
    ours = {"PERSON": KEY.client(*person), "NEAR": " ".join(KEY.near(*person)), "TRIAGEAGE": "36"}
    assert made.sent_as == SENT_AS
    assert rows_of(made) == [{k: v for k, v in PLAIN.items() if k not in IDENTITY} | ours]


@pytest.mark.parametrize(
    ("said", "age", "adult_on"),
    [
        ({"DOB": "1999-01-02"}, "18", None),
        ({"DOB": "1999-01-03"}, "18", "2017-01-03"),
        ({"DOB": "10/01/1999"}, "17", "2017-01-10"),
        ({"DOB": "1999-01-09", "REFLD": ""}, "18", None),
        ({"DOB": "1999-01-10", "REFLD": ""}, "17", "2017-01-10"),
        ({"DOB": "1999-01-03"} | WAITING, None, "2017-01-03"),
        ({"DOB": "1999-01-02"} | WAITING, None, None),
    ],
)
def test_the_18th_birthday_goes_on_of_those_who_were_younger(
    tmp_path: Path, said: Row, age: str | None, adult_on: str | None
) -> None:
    (its,) = rows_of(prepared(tmp_path, row(**said)))
    assert (its.get("TRIAGEAGE"), its.get("ADULTON")) == (age, adult_on)


def test_columns_that_nobody_reads_stay_and_are_named(tmp_path: Path) -> None:
    made = prepared(tmp_path, row(POSTCODE="HR1", DAT="x"), columns=(*COLUMNS, "POSTCODE"))
    assert b"HR1" not in made.data
    assert [(n.column, n.code) for n in made.notices] == [("", "column-unread")]


def test_columns_that_were_not_there_are_not_there_after(tmp_path: Path) -> None:
    made = prepared(tmp_path, row(), columns=MONTHLY["P"].needed)
    expected = [c for c in (*OF_PERSON, *MONTHLY["P"].needed, REJECTED) if c not in IDENTITY]
    assert list(read_again(made).places) == expected


def test_a_rejected_row_keeps_its_place_and_its_key_and_says_why(tmp_path: Path) -> None:
    made = prepared(tmp_path, row(SEX="X", DRUG1="1"), row(CLIENT="C2"), row(MODID="M2"), row(CLIENT="", DOB="soon"))
    key = {"AGNCY": "H0001", "CLIENT": "C1", "EPISODID": "1", "CONSENT": "Y"}
    first, second, third, fourth = rows_of(made)
    assert first == key | {REJECTED: "SEX:code-unknown DRUG1:code-unknown"}
    assert second["CLIENT"] == "C2"
    assert third == key | {REJECTED: "SEX:episode-disagrees DRUG1:episode-disagrees"}
    assert fourth == {"AGNCY": "H0001", "EPISODID": "1", "CONSENT": "Y", REJECTED: "DOB:date-form CLIENT:value-missing"}
    assert [r.row for r in made.rejected] == [1, 1, 3, 3, 4, 4]
    assert [(n.row, n.code) for n in made.notices] == [(4, "withdraws-nothing")]
    assert list(read_again(made).keyless) == [4]


def test_a_row_beside_a_rejected_one_keeps_its_key_alone(tmp_path: Path) -> None:
    made = prepared(tmp_path, row(), row(MODID="M2", SEX="X"), row(CLIENT="C2"))
    assert rows_of(made)[0] == {"AGNCY": "H0001", "CLIENT": "C1", "EPISODID": "1", "CONSENT": "Y"}


def test_without_consent_the_key_goes_on_alone(tmp_path: Path) -> None:
    made = prepared(tmp_path, row(CONSENT="N", SEX="X"), row(MODID="M2"))
    key = {"AGNCY": "H0001", "CLIENT": "C1", "EPISODID": "1", "CONSENT": "N"}
    assert rows_of(made) == [key, key]
    assert (made.left_out, made.rejected) == (1, [])


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    first, again = prepared(tmp_path, row()), prepared(tmp_path, row())
    other = prepare(tmp_path / name(), ClientKey(b"another"), TODAY)
    assert first.data == again.data != other.data


def test_values_come_through_whatever_is_in_them(tmp_path: Path) -> None:
    path = tmp_path / name()
    path.write_bytes(csv_text([row(DAT='a "b"\r,c\n\u00e9', LA="=1+1")]).encode("cp1252"))
    made = prepare(path, KEY, TODAY)
    assert read_again(made).values(1)["DAT"] == 'a "b"\r,c\n\u00e9'
    assert read_again(made).values(1)["LA"] == "=1+1"


def test_a_review_file_is_checked_and_loses_what_nobody_reads(tmp_path: Path) -> None:
    path = write_reviews(tmp_path, [REVIEW, REVIEW | {"CLIENT": "C2", "WHAT": "supper"}])
    made = prepare(path, KEY, TODAY)
    assert made.sent_as == "H0001-20170101-20170131-REVIEWS.prepared.csv"
    assert rows_of(made) == [REVIEW, {"AGNCY": "H0001", "CLIENT": "C2", "EPISODID": "1", REJECTED: "WHAT:code-unknown"}]
    assert set(read_again(made).places) == {*REVIEW_COLUMNS, REJECTED}


IDENTIFIERS = {"FINITIAL": "Quentin", "SINITIAL": "Zebedee"}


@pytest.mark.parametrize(
    "said",
    [
        {"DOB": "1980-05-17"},
        {"DOB": "17/05/1980"},
        {"DOB": "2001-05-17"},
        {"DOB": "17/05/2001", "CONSENT": "N"},
        {"DOB": "1980-05-17", "SEX": "X"},
        {"DOB": "1980.05.17"},
        {"DOB": "1980-05-17", "REFLD": "1980-05-18", "TRIAGED": "1980-05-17"},
        {"DOB": "2017-03-05", "REFLD": "2017-03-05"},
        {"DOB": "31/02/1980", "CLIENT": ""},
    ],
)
def test_no_identifier_goes_on(tmp_path: Path, said: Row) -> None:
    made = prepared(tmp_path, row(**IDENTIFIERS, **said), row(CLIENT="C9"))
    header = made.data.decode().split("\r\n")[1].split(",")
    assert not {*IDENTITY} & {*header}
    written = made.data.decode() + str(made.document())
    birth_dates = {said["DOB"], "17/05/1980", "1980-05-17", "2001-05-17", "17/05/2001"}
    assert not [text for text in (*IDENTIFIERS.values(), *birth_dates) if text in written]


def test_it_is_written_whole(tmp_path: Path) -> None:
    made = prepared(tmp_path, row())
    path = made.write(tmp_path / "new" / "folder")
    assert path.read_bytes() == made.data
    assert [p.name for p in path.parent.iterdir()] == [SENT_AS]


# -- refusals -----------------------------------------------------------------------------------------------------


def test_what_cannot_be_taken_in_is_not_prepared(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        prepared(tmp_path, row(SEX="X"), row(CLIENT="C2", DRUG1=""))
    assert refused.value.code == "no-accepted-row"


def refusal(raised: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        raised()
    assert refused.value.message.endswith(".")
    return refused.value.code


def test_every_refusal_of_preparing(tmp_path: Path) -> None:
    path = prepared(tmp_path, row()).write(tmp_path)
    assert refusal(lambda: prepare(path, KEY, TODAY)) == "already-prepared"
    assert set(REFUSALS) == {"already-prepared"}


def test_every_refusal_of_a_prepared_file(tmp_path: Path) -> None:
    made = prepared(tmp_path, row())
    sent = parse_name(SENT_AS)
    changed = {
        "a raw file under its name": csv_text([row()]).encode(),
        "another form": made.data.replace(b",1,", b",2,", 1),
        "no check value": made.data.replace(key_check(KEY).encode(), b"", 1),
        "nothing below the mark": made.data.split(b"\r\n")[0],
        "an identity beside it": made.data.replace(b"DAT", b"DOB", 1),
    }
    reached = {what: refusal(lambda data=data: read(sent, data)) for what, data in changed.items()}  # type: ignore[misc]
    assert reached == dict.fromkeys(changed, "not-prepared")
    assert refusal(lambda: check_key(read_again(made), ClientKey(b"another"))) == "other-client-key"
    assert refusal(lambda: refuse_raw(parse_name(name()))) == "raw-file-not-taken"
    assert set(PREPARED_REFUSALS) == {"not-prepared", "other-client-key", "raw-file-not-taken"}
    check_key(read_again(made), KEY)
    for fine in (SENT_AS, name(kind="REVIEWS"), name(kind="REVIEWS.prepared")):
        refuse_raw(parse_name(fine))


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("no-row", lambda data: b"\r\n".join(data.split(b"\r\n")[:2])),
        ("column-missing", lambda data: data.replace(b"PERSON", b"PARSON", 1)),
        ("column-missing", lambda data: data.replace(b"REJECTED", b"EJECTED", 1)),
        ("column-twice", lambda data: data.replace(b"PREVTR", b"NEAR", 1)),
        ("field-count", lambda data: data + b"a,b\r\n"),
        ("other-agency", lambda data: data.replace(b",H0001,", b",H0002,", 1)),
        ("nul-byte", lambda data: data + b"\0"),
    ],
)
def test_a_prepared_file_is_refused_as_a_raw_one_is(
    tmp_path: Path, code: str, changed: Callable[[bytes], bytes]
) -> None:
    made = prepared(tmp_path, row())
    assert refusal(lambda: read(parse_name(SENT_AS), changed(made.data))) == code


def test_the_mark_names_the_key_and_nothing_else() -> None:
    assert key_check_in(mark(KEY)) == key_check(KEY) != key_check(ClientKey(b"another"))
    assert key_check_in([" recount-prepared", "1 ", key_check(KEY)]) == key_check(KEY)
    assert key_check_in(["recount-prepared", "1", "x" * 16]) is None


# -- rows that were changed on the way ----------------------------------------------------------------------------

GOOD = {
    "PERSON": KEY.client("QZ", date(1980, 5, 17), "F"),
    "NEAR": " ".join(KEY.near("QZ", date(1980, 5, 17), "F")),
    "TRIAGEAGE": "36",
    "ADULTON": "",
    REJECTED: "",
    **{column: PLAIN.get(column, "") for column in COLUMNS if column not in IDENTITY},
}
YOUNG = {"TRIAGEAGE": "17", "ADULTON": "2017-01-10"}


def check(*rows: Row) -> CheckedEpisode:
    return check_episode(STREAM, list(enumerate(rows, 1)), SENT)


def found(checked: CheckedEpisode) -> list[tuple[int, str, str]]:
    return [(r.row, r.column, r.code) for r in checked.rejections]


CHANGED = [
    ("ok", "", {}),
    ("ok", "", YOUNG),
    ("value-missing", "PERSON", {"PERSON": ""}),
    ("value-missing", "NEAR", {"NEAR": ""}),
    ("person-form", "PERSON", {"PERSON": "QZ"}),
    ("person-form", "PERSON", {"PERSON": "z" * 13}),
    ("person-form", "PERSON", {"PERSON": "b" * 13}),
    ("person-form", "NEAR", {"NEAR": GOOD["PERSON"]}),
    ("person-form", "NEAR", {"NEAR": GOOD["NEAR"].upper()}),
    ("age-impossible", "TRIAGEAGE", {"TRIAGEAGE": ""}),
    ("age-impossible", "TRIAGEAGE", {"TRIAGEAGE": "old"}),
    ("age-impossible", "TRIAGEAGE", {"TRIAGEAGE": "17"}),
    ("ok", "", {"TRIAGEAGE": "18"}),
    ("ok", "", {"TRIAGEAGE": "114"}),
    ("age-impossible", "TRIAGEAGE", {"TRIAGEAGE": "115"}),
    ("age-impossible", "TRIAGEAGE", {"TRIAGEAGE": "1" * 5000}),
    ("age-impossible", "TRIAGEAGE", WAITING),
    ("ok", "", WAITING | {"TRIAGEAGE": ""}),
    ("age-impossible", "TRIAGEAGE", YOUNG | {"TRIAGEAGE": "16"}),
    ("age-impossible", "TRIAGEAGE", YOUNG | {"TRIAGEAGE": "18"}),
    ("ok", "", {"TRIAGEAGE": "18", "ADULTON": "2017-01-09"}),
    ("ok", "", {"TRIAGEAGE": "18", "ADULTON": "03/01/2017"}),
    ("age-impossible", "ADULTON", {"TRIAGEAGE": "18", "ADULTON": "2017-01-02"}),
    ("ok", "", {"TRIAGEAGE": "0", "ADULTON": "2035-01-02"}),
    ("age-impossible", "ADULTON", {"TRIAGEAGE": "0", "ADULTON": "2035-01-03"}),
    ("age-impossible", "ADULTON", {"ADULTON": "9999-12-31"}),
    ("age-impossible", "ADULTON", {"TRIAGEAGE": "17", "ADULTON": "2020-02-29"}),
    ("age-impossible", "ADULTON", {"REFLD": "0001-01-01"}),
    ("date-form", "ADULTON", {"ADULTON": "soon"}),
    ("referred-after-triage", "TRIAGED", {"REFLD": "2017-01-10"}),
    ("after-receipt", "MODST", {"MODST": "2017-02-11"}),
    ("discharged-before-triage", "DISD", DISCHARGED | {"DISD": "2017-01-08", "MODEND": "", "MODAL": "96"}),
    ("code-unknown", REJECTED, {REJECTED: "SEX"}),
    ("code-unknown", REJECTED, {REJECTED: "PERSON:value-missing"}),
    ("code-unknown", REJECTED, {REJECTED: "SEX:code-unknown DOB:unheard-of"}),
    ("date-form", "DOB", {REJECTED: "DOB:date-form"}),
]


@pytest.mark.parametrize(("code", "column", "said"), CHANGED)
def test_every_value_is_checked_again(code: str, column: str, said: Row) -> None:
    checked = check(GOOD | said)
    assert found(checked) == ([] if code == "ok" else [(1, column, code)])
    assert (checked.reported is None) == (code != "ok")
    for rejection in checked.rejections:
        assert said.get("ADULTON") in {None, ""} or said["ADULTON"] not in rejection.message


def test_every_rejection_is_reached_here() -> None:
    assert set(PREPARED_REJECTIONS) <= {code for code, _column, _said in CHANGED}


def test_rows_of_one_episode_are_of_one_person() -> None:
    other = KEY.client("QY", date(1980, 5, 17), "F")
    assert found(check(GOOD, GOOD | {"PERSON": other})) == [(2, "PERSON", "episode-disagrees")]


def test_a_rejected_row_rejects_its_episode_for_that_alone() -> None:
    assert found(check(GOOD, {**dict.fromkeys(GOOD, ""), REJECTED: "DRUG1:value-missing"})) == [
        (2, "DRUG1", "value-missing")
    ]


def test_a_row_without_a_key_says_what_it_said_when_prepared() -> None:
    rejections = check_keyless(7, {**dict.fromkeys(GOOD, ""), REJECTED: "CLIENT:value-missing"}, SENT)
    assert [(r.row, r.column, r.code) for r in rejections] == [(7, "CLIENT", "value-missing")]
    assert "CLIENT" in {r.column for r in check_keyless(7, GOOD | {"CLIENT": ""}, SENT)}


def test_a_day_that_may_be_the_birth_date_is_not_told() -> None:
    said = {"TRIAGEAGE": "0", "ADULTON": "2035-01-02", "TRIAGED": "2017-01-01"}
    (rejection,) = (r for r in check(GOOD | said).rejections if r.code == "referred-after-triage")
    assert "2017-01-02" not in rejection.message


@pytest.mark.parametrize(
    ("arrived_on", "adult_on", "expected"),
    [
        (date(2017, 2, 28), date(2018, 2, 28), (date(2000, 2, 28), date(2000, 2, 29))),
        (date(2000, 2, 28), date(2018, 2, 28), (date(2000, 2, 28), date(2000, 2, 28))),
        (date(2018, 2, 28), None, (date(1903, 1, 1), date(2000, 2, 29))),
        (date(2018, 3, 1), None, (date(1903, 1, 1), date(2000, 3, 1))),
        (date(2016, 2, 29), None, (date(1903, 1, 1), date(1998, 2, 28))),
        (date(2015, 1, 1), date(2016, 2, 29), None),
        (date(1902, 12, 31), None, None),
    ],
)
def test_births_at_the_end_of_february(
    arrived_on: date, adult_on: date | None, expected: tuple[date, date] | None
) -> None:
    assert births(arrived_on, adult_on) == expected


@pytest.mark.parametrize("number", [0, 1, 2**63 - 1, 2**40 + 12345])
def test_an_id_is_what_the_client_key_can_make(number: int) -> None:
    text = client_text(number)
    assert is_id(text)
    assert client_number(text) == number
    assert not is_id(text[:-1])
    assert not is_id(text + "a")


# -- the page -----------------------------------------------------------------------------------------------------

PAGE = ROOT / "docs" / "reference" / "prepared-file.md"


@pytest.mark.parametrize("codes", [REFUSALS, PREPARED_REFUSALS, PREPARED_REJECTIONS])
def test_every_code_is_documented(codes: Mapping[str, str]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert not [code for code, words in codes.items() if f"| `{code}` | {words} |" not in page]


def test_every_column_is_documented() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert not [column for column in (*OF_PERSON, REJECTED) if f"`{column}`" not in page]
