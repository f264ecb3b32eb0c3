"""`recount plausible`, `claim`, `check-table`: their documents, their words, and what they refuse."""

from pathlib import Path

import pytest

from tests.unit.intake.files import DISCHARGED, row, write

from .conftest import CommandLine

STANDPOINT = ("--as-of", "2017-01-31")
PAPERS = Path(__file__).parents[1] / "papers"


@pytest.fixture
def filled(recount: CommandLine) -> CommandLine:
    """Two clients known in February; in March one of them to have completed in January."""
    january = [row(), row(CLIENT="C2", SINITIAL="X")]
    recount("submit", "--received-on", "2017-02-10", write(recount.folder, january))
    february = [row(**DISCHARGED), january[1]]
    path = write(recount.folder, february, first="20170201", last="20170228")
    recount("submit", "--received-on", "2017-03-10", path)
    return recount


def a_list(recount: CommandLine, *lines: str) -> Path:
    path = recount.folder / "theirs.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_plausible_has_what_programs_rely_on(embedded: CommandLine) -> None:
    document = embedded.json("plausible", "15.67%", "--denominator-max", "220")
    assert document["fractions"] == [[21, 134], [34, 217]]
    assert document["smallest_denominator"] == 134


def test_plausible_says_that_nothing_fits(embedded: CommandLine) -> None:
    said = embedded("plausible", "21.5", "--denominator-min", "20", "--denominator-max", "60").stdout
    assert "Nothing of 20 to 60 people." in said
    assert "14 of 65" in said


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("plausible", "120"), 1),
        (("plausible", "-5"), 1),
        (("plausible", "five"), 2),
        (("plausible", "15.67", "--decimals", "1"), 2),
        (("plausible", "5", "--denominator-min", "9", "--denominator-max", "8"), 2),
        (("claim", "--measure", "4.0", *STANDPOINT), 2),
        (("claim", "--measure", "4.0", *STANDPOINT, "--percentage", "5", "--numerator", "1"), 2),
        (("claim", "--measure", "4.0", *STANDPOINT, "--numerator", "1", "--denominator", "2", "--decimals", "1"), 2),
        (("claim", "--measure", "4.0", *STANDPOINT, "--numerator", "3", "--denominator", "2"), 1),
        (("claim", "--measure", "4.0", *STANDPOINT, "--numerator", "-3", "--denominator", "2"), 1),
        (("claim", "--measure", "4.0", *STANDPOINT, "--numerator", "3"), 1),
        (("claim", "--measure", "4.0", *STANDPOINT, "--percentage", "103"), 1),
    ],
)
def test_what_cannot_be_ends_in_a_sentence(embedded: CommandLine, arguments: tuple[str, ...], code: int) -> None:
    result = embedded(*arguments, code=code)
    assert result.stdout == ""
    assert "Error: " in result.stderr


def test_a_refused_claim_is_a_document_too(embedded: CommandLine) -> None:
    arguments = ("claim", "--measure", "4.0", *STANDPOINT, "--numerator", "3", "--denominator", "2")
    refused = embedded.json(*arguments, code=1)["refused"]
    assert refused["code"] == "claim-impossible"
    assert refused["message"] == "3 of 2 cannot be: more are counted than there are."


def test_a_claim_that_agrees(filled: CommandLine) -> None:
    document = filled.json("claim", "--measure", "4.0", *STANDPOINT, "--numerator", 1, "--denominator", 2)
    assert (document["agrees"], document["search"], document["members"]) == (True, None, None)
    assert document["difference"] == {"numerator": 0, "denominator": 0, "points": 0.0}
    assert document["ours"]["percentage"] == 50.0


def test_a_claim_that_was_right_earlier(filled: CommandLine) -> None:
    arguments = ("claim", "--measure", "4.0", *STANDPOINT, "--numerator", 0, "--denominator", 2)
    document = filled.json(*arguments)
    assert document["agrees"] is False
    assert document["difference"] == {"numerator": -1, "denominator": 0, "points": -50.0}
    best, search = document["search"]["fits"][0], document["search"]
    assert best["differences"] == ["known_at"]
    assert (best["known_at"], best["known_until"]) == ("2017-02-10", "2017-03-10")
    assert best["sentence"] == "Equals ours as known on 10 February 2017 (until 10 March 2017)."
    assert search["pairs"] > 0
    assert search["seconds"] >= 0
    said = filled(*arguments).stdout
    assert "- Equals ours as known on 10 February 2017 (until 10 March 2017): 0 of 2." in said


def test_a_percentage_that_nothing_prints(filled: CommandLine) -> None:
    said = filled("claim", "--measure", "4.0", *STANDPOINT, "--percentage", "21.5").stdout
    assert "21.5% would be nothing of our 2; the smallest cohort that prints so is 14 of 65." in said
    assert "Nothing fits" in said


def test_a_variant_may_be_asked_for(filled: CommandLine) -> None:
    arguments = ("--definition", "1-gap-28", "--numerator", 1, "--denominator", 2)
    document = filled.json("claim", "--measure", "4.0", *STANDPOINT, *arguments)
    assert (document["agrees"], document["ours"]["definition"]) == (True, "1-gap-28")


def test_a_list_beside_ours(filled: CommandLine) -> None:
    path = a_list(filled, "agncy,client,counted", "H0001,C2,Y", "", "H0001,C2,Y")
    document = filled.json("claim", "--measure", "4.0", *STANDPOINT, "--members", path)
    found = document["members"]
    assert document["claim"]["numerator"] == 2
    assert [[one["line"] for one in twice["references"]] for twice in found["twice"]] == [[2, 4]]
    assert [m["journey"]["episodes"][0]["client_reference"] for m in found["only_ours"]] == ["C1"]
    assert [(one["ours"]["rule"], one["ours"]["counted"]) for one in found["counted_differently"]] == [
        ("ended in the window", False)
    ]
    assert found["account"] == [
        {"step": "lines of the list", "numerator": 2, "denominator": 2},
        {"step": "one person on several lines", "numerator": -1, "denominator": -1},
        {"step": "only in theirs", "numerator": 0, "denominator": 0},
        {"step": "counted on one side only", "numerator": -1, "denominator": 0},
        {"step": "only in ours", "numerator": 1, "denominator": 1},
        {"step": "unexplained", "numerator": 0, "denominator": 0},
        {"step": "our figure", "numerator": 1, "denominator": 2},
    ]
    said = filled("claim", "--measure", "4.0", *STANDPOINT, "--members", path).stdout
    assert "Twice on their list: 1" in said
    assert "H0001: C2 (line 2), H0001: C2 (line 4)" in said


def test_a_list_and_numbers_that_do_not_agree(filled: CommandLine) -> None:
    path = a_list(filled, "AGNCY,CLIENT", "H0001,C2")
    arguments = ("--numerator", 1, "--denominator", 3, "--members", path)
    document = filled.json("claim", "--measure", "4.0", *STANDPOINT, *arguments)
    assert document["members"]["notices"] == ["The claim is 1 of 3; the list has 1 line."]


def test_somebody_only_in_theirs(filled: CommandLine) -> None:
    path = a_list(filled, "AGNCY,CLIENT,EPISODID", "H0001,C1,1")
    document = filled.json("claim", "--measure", "4.1", *STANDPOINT, "--members", path)
    (only,) = document["members"]["only_theirs"]
    assert only["rule"] == "of the group non-opiate"
    assert only["journey"]["group"] == "opiate"
    said = filled("claim", "--measure", "4.1", *STANDPOINT, "--members", path).stdout
    assert "not: of the group non-opiate" in said


@pytest.mark.parametrize(
    ("lines", "code", "said"),
    [
        (("AGNCY,CLIENT", "H0001,C2", "H0001,nobody"), "claim-unknown-references", "H0001: nobody (line 3)"),
        (("AGNCY,CLIENT,DOB", "H0001,C2,1980-01-01"), "claim-columns", "the column DOB does not belong in it"),
        (("AGNCY", "H0001"), "claim-columns", "CLIENT is missing"),
        (("H0001,C2", "H0001,C3"), "claim-columns", "AGNCY and CLIENT are missing"),
        (("AGNCY;CLIENT", "H0001;C2"), "claim-columns", "has semicolons between its columns"),
        (("AGNCY\tCLIENT", "H0001\tC2"), "claim-columns", "has tabs between its columns"),
        (("x," * 90 + "x", "y"), "claim-columns", "number 5 and 86 more do not belong in it"),
        (("AGNCY,CLIENT", *["H0001,C2"] * 20_001), "claim-too-long", "has more than 20,000 lines"),
        (("AGNCY,CLIENT,CLIENT", "H0001,C2,C2"), "claim-columns", "CLIENT is there twice"),
        (("AGNCY,CLIENT",), "claim-unreadable", "no line below its header"),
        (("AGNCY,CLIENT", "H0001"), "claim-line", "Line 2 of theirs.csv: 1 fields, where the header has 2"),
        (("AGNCY,CLIENT", "H0001,"), "claim-line", "CLIENT is empty"),
        (("AGNCY,CLIENT,COUNTED", "H0001,C2,maybe"), "claim-line", "'maybe' under COUNTED is neither Y nor N"),
    ],
)
def test_a_list_that_is_refused_leaves_no_trace(
    filled: CommandLine, lines: tuple[str, ...], code: str, said: str
) -> None:
    before = filled.json("log")
    arguments = ("claim", "--measure", "4.0", *STANDPOINT, "--members", a_list(filled, *lines))
    document = filled.json(*arguments, code=1)
    assert document.keys() == {"refused"}
    assert document["refused"]["code"] == code
    assert said in document["refused"]["message"]
    assert filled.json("log") == before


def test_a_table_with_findings_is_a_failed_check(embedded: CommandLine) -> None:
    document = embedded.json("check-table", PAPERS / "wirral.csv", code=1)
    assert document["rows"] == 1
    assert [(one["rule"], one["certainty"], one["lines"]) for one in document["findings"]] == [
        ("variance-from-target", "contradiction", [2])
    ]
    assert "-2.63 points" in embedded("check-table", PAPERS / "wirral.csv", code=1).stdout


def test_a_table_in_which_all_can_stand(embedded: CommandLine) -> None:
    path = a_list(embedded, "measure,percentage,numerator,denominator", "4.0,40%,4,10")
    assert embedded("check-table", path).stdout.strip() == "1 line checked: nothing that contradicts the rest."


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("measure,percent", "4.0,5"), "the column percent does not belong in it"),
        (("measure,percentage", "9.9,5"), "Line 2 of theirs.csv: there is no measure '9.9'"),
        (("measure,percentage", "4.0,105"), "105 is no share"),
        (("measure,percentage", "4.0,five"), "This is no percentage"),
        (("measure,people", "4.0,-3"), "'-3' under people is no number of people"),
        (("measure,target", "4.0,high"), "'high' under target is no number"),
        (("measure,arrow", "4.0,sideways"), "'sideways' under arrow is none of"),
        (("measure,low", "4.0,5"), "low, high, fewest and most belong together"),
    ],
)
def test_a_table_that_cannot_be_read(embedded: CommandLine, lines: tuple[str, ...], said: str) -> None:
    document = embedded.json("check-table", a_list(embedded, *lines), code=1)
    assert said in document["refused"]["message"]


def test_a_file_that_is_no_text(embedded: CommandLine) -> None:
    path = embedded.folder / "theirs.csv"
    path.write_bytes(b"\xff\xfe\x00")
    assert "is no CSV text in UTF-8" in embedded("check-table", path, code=1).stderr
