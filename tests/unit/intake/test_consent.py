"""What a file's rows say of consent, and which rows are no episode's."""

import pytest

from domain.errors import Refused
from web.files.consent import REFUSED, UNCLEAR, consent_in
from web.files.reading import File, read
from web.files.schemas import parse_name

from .files import AGENCY, COLUMNS, PLAIN, csv_text, name, row, rows

Row = dict[str, str]
EMPTY = dict.fromkeys(PLAIN, "")
WITH_ID = (*COLUMNS, "CLIENTID")


def bare(**said: str) -> Row:
    return EMPTY | {"AGNCY": AGENCY, "CONSENT": "N"} | said


def file_of(*rows_: Row, agency: str = AGENCY) -> File:
    return read(parse_name(name(agency=agency)), csv_text(rows_, WITH_ID).encode())


@pytest.mark.parametrize(
    ("value", "says"),
    [
        *((value, "Y") for value in ("Y", "y", "Yes", "YES", " yes ")),
        *((value, "N") for value in ("N", "n", "No", "NO", " no")),
        *((value, "") for value in ("", " ", "NA")),
        *((value, "?") for value in ("?", "P", "maybe", "0", "not", "YN")),
    ],
)
def test_what_consent_says(value: str, says: str) -> None:
    assert consent_in(value) == says


C1 = {"CLIENT": "C1"}
BY_ID = {"CLIENTID": "C1"}

WHOM = [
    # the rows; then the clients refused, episodes refused, clients unclear, another agency's rows, nobody's, keyless
    ([row()], [], [], [], [], [], []),
    ([row(CONSENT="")], [], [], [], [], [], []),
    ([bare(**C1)], ["C1"], [], [], [], [], []),
    ([bare(**C1, CONSENT="no")], ["C1"], [], [], [], [], []),
    ([bare(**BY_ID)], ["C1"], [], [], [], [], []),
    ([bare(**BY_ID, AGNCY="")], ["C1"], [], [], [], [], []),
    ([bare(**BY_ID, AGNCY="h0001")], ["C1"], [], [], [], [], []),
    # a reference in CLIENT is taken before one in CLIENTID
    ([bare(CLIENT="C2", **BY_ID)], ["C2"], [], [], [], [], []),
    # where other rows number the two columns alike, or say which CLIENT a CLIENTID is
    ([bare(**BY_ID), row(CLIENT="C2", CLIENTID="C2")], ["C1"], [], [], [], [], []),
    ([bare(CLIENTID="77"), row(CLIENT="C2", CLIENTID="77")], ["C2"], [], [], [], [], []),
    # and where they number them differently, nobody can say who it is
    ([bare(**BY_ID), row(CLIENT="C2", CLIENTID="77")], [], [], [], [], [1], []),
    ([bare()], [], [], [], [], [1], []),
    # an ordinary row speaks for its own episode, and without EPISODID for all
    ([row(CONSENT="n")], [], [("C1", "1")], [], [], [], []),
    ([row(CONSENT="n", EPISODID="")], ["C1"], [], [], [], [], []),
    ([row(CONSENT="n", CLIENT="")], [], [], [], [], [1], []),
    ([row(CONSENT="n", CLIENT="", CLIENTID="C1")], [], [("C1", "1")], [], [], [], []),
    # another agency's client
    ([row(), bare(CLIENT="C1", AGNCY="H0002")], [], [], [], [2], [], []),
    ([row(), bare(AGNCY="H0002")], [], [], [], [2], [], []),
    # neither yes nor no
    ([row(CONSENT="P")], [], [], ["C1"], [], [], []),
    ([bare(CONSENT="P", **BY_ID)], [], [], ["C1"], [], [], []),
    ([row(CONSENT="P", CLIENT="")], [], [], [], [], [], [1]),
    # no other row is without a key for it
    ([bare(**C1), row(EPISODID="")], ["C1"], [], [], [], [], [2]),
]


@pytest.mark.parametrize(("rows_", "clients", "episodes", "unclear", "another", "nobody", "keyless"), WHOM)
def test_who_says_so(
    rows_: list[Row],
    clients: list[str],
    episodes: list[tuple[str, str]],
    unclear: list[str],
    another: list[int],
    nobody: list[int],
    keyless: list[int],
) -> None:
    file = file_of(*rows_)
    said = file.consents
    assert [*said.refused_clients] == clients
    assert [*said.refused_episodes] == episodes
    assert [*said.unclear] == unclear
    assert (said.another_agency, said.nobody, list(file.keyless)) == (another, nobody, keyless)
    assert said.refusing == len(clients) + len(episodes)


def test_a_refusal_is_stronger_than_any_other_word() -> None:
    said = file_of(bare(**C1), row(), row(CONSENT="?", EPISODID="2"), row(CLIENT="C2", CONSENT="?")).consents
    assert [said.word("C1", "1"), said.word("C1", "2"), said.word("C2", "1")] == [REFUSED, REFUSED, UNCLEAR]
    assert [(n.row, n.code) for n in said.notices()] == [(1, "no-consent"), (4, "consent-unclear")]
    assert not [n for n in said.notices() if "C1" in n.message or "C2" in n.message]


@pytest.mark.parametrize(
    "other",
    [
        row(AGNCY="H0002"),
        row(AGNCY="H0002", CONSENT="N"),
        bare(AGNCY="H0002", CLIENT="C1", CONSENT="Y"),
        bare(AGNCY="H0002", CLIENT="C1", CONSENT="?"),
        bare(AGNCY="H0002", CLIENT="C1", EPISODID="1"),
        bare(AGNCY="H0002", CLIENT="C1", SEX="F"),
    ],
)
def test_any_other_row_of_another_agency_refuses_the_file(other: Row) -> None:
    with pytest.raises(Refused) as refused:
        file_of(*rows("C1"), other)
    assert refused.value.code == "other-agency"
    assert "row 3" in refused.value.message


def test_agency_codes_are_compared_regardless_of_case() -> None:
    file = file_of(row(AGNCY="h0001"), row(AGNCY="H0001", EPISODID="2"))
    assert len(file.episodes) == 2
