"""`recount submit`, `withdraw` and `handover`: documents, exit codes, and what is kept."""

from pathlib import Path

import pytest

from tests.unit.intake.files import DISCHARGED, REVIEW, row, rows, write, write_reviews
from web.files.uploads import MANIFEST_REFUSALS

from .conftest import CommandLine

FEBRUARY = {"first": "20170201", "last": "20170228"}
OPEN = ("figures", "--as-of", "2017-01-31", "--measure", "N.open")
CONTRACT = {
    *("file", "agency", "first_day", "last_day", "received_on", "sha256", "rows", "new", "amended", "withdrawn"),
    *("unchanged", "not_in_file", "rejected", "notices", "events", "position", "already_received"),
}


def people(*clients: str) -> list[dict[str, str]]:
    """A row for each of these clients, who are different people."""
    return [row(CLIENT=client, SINITIAL="ZYXW"[int(client[1:]) - 1]) for client in clients]


def submit(recount: CommandLine, path: Path, day: str = "2017-02-10", *options: str, code: int = 0) -> dict:  # type: ignore[type-arg]
    document: dict = recount.json("submit", "--received-on", day, path, *options, code=code)  # type: ignore[type-arg]
    return document


def test_the_document_has_what_programs_rely_on(recount: CommandLine) -> None:
    path = write(recount.folder, [*people("C1", "C2"), row(CLIENT="C3", TRIAGED="2017-02-31")])
    (taken,) = submit(recount, path)["submissions"]
    assert taken.keys() >= CONTRACT
    assert (taken["file"], taken["agency"], taken["rows"], taken["new"]) == (path.name, "H0001", 3, 6)
    assert [set(rejection) for rejection in taken["rejected"]] == [
        {"row", "sheet_row", "client_reference", "episode_reference", "column", "code", "message"}
    ]
    assert taken["kept_out"] == {"episodes": 1, "new": 1}
    assert recount.json(*OPEN)["figures"][0]["numerator"] == 2


def test_people_read_what_can_be_sent_back(recount: CommandLine) -> None:
    path = write(recount.folder, [row(), row(CLIENT="C3", TRIAGED="2017-02-31")])
    said = recount("submit", "--received-on", "2017-02-10", path).stdout
    assert "H0001, 1 Jan 2017 to 31 Jan 2017, received on 10 Feb 2017" in said
    assert "rows rejected" in said
    assert "1 of 2 episodes in this file was kept out of the figures: 1 is new, and so in no figure." in said
    assert said.index("1 of 2 episodes") < said.index("facts new")
    assert "3    C3      1         TRIAGED  TRIAGED ('2017-02-31') is no day of the calendar" in said
    assert "1980" not in said


def test_the_same_file_again_changes_nothing(recount: CommandLine) -> None:
    path = write(recount.folder, rows("C1"))
    (first,) = submit(recount, path)["submissions"]
    (again,) = submit(recount, path, "2017-02-11")["submissions"]
    assert (again["already_received"], again["position"]) == (True, first["position"])


def test_the_first_refused_file_ends_it_and_those_before_stay(recount: CommandLine) -> None:
    first = write(recount.folder, rows("C1"))
    refused = recount.folder / "notes.csv"
    refused.write_text("no,monthly\nfile,here\n")
    last = write(recount.folder, rows("C1", "C2"), **FEBRUARY)
    result = recount("submit", "--json", "--received-on", "2017-02-10", first, refused, last, code=1)
    document = recount.json("submit", "--received-on", "2017-02-10", refused, code=1)
    assert document["refused"].keys() == {"file", "code", "message"}
    assert (document["refused"]["code"], document["refused"]["file"]) == ("file-name", "notes.csv")
    assert document["refused"]["message"] in result.stderr
    assert recount.json(*OPEN)["figures"][0]["numerator"] == 1


def test_a_trial_says_what_would_change_and_keeps_nothing(recount: CommandLine) -> None:
    submit(recount, write(recount.folder, people("C1", "C2")))
    path = write(recount.folder, [row(**DISCHARGED), *people("C2")], **FEBRUARY)
    (tried,) = submit(recount, path, "2017-03-10", "--dry-run")["submissions"]
    assert tried["position"] is None
    everybody = {e["measure"]: e for e in tried["effects"] if e["slice"]["agency"] is None}
    assert everybody["4.0"]["as_of"] == "2017-02-28"
    assert everybody["4.0"]["before"] == {"numerator": 0, "denominator": 2}
    assert everybody["4.0"]["after"] == {"numerator": 1, "denominator": 2}
    assert {e["slice"]["agency"] for e in tried["effects"]} == {None, "H0001"}
    said = recount("submit", "--dry-run", "--received-on", "2017-03-10", path).stdout
    assert "A trial: nothing of this was stored." in said
    assert "0 of 2" in said
    assert "1 of 2" in said
    assert recount.json(*OPEN)["figures"][0]["known_at"] == "2017-02-10"


def test_a_trial_that_moves_nothing_says_so(recount: CommandLine) -> None:
    submit(recount, write(recount.folder, rows("C1")))
    path = write(recount.folder, [row(LA="E07000001")], **FEBRUARY)
    assert "No figure" in recount("submit", "--dry-run", "--received-on", "2017-03-10", path).stdout


def test_reviews_come_by_the_same_command(recount: CommandLine) -> None:
    submit(recount, write(recount.folder, rows("C1")))
    (taken,) = submit(recount, write_reviews(recount.folder, [REVIEW]))["submissions"]
    assert taken["new"] == 1


def test_a_complete_file_withdraws_what_it_lacks(recount: CommandLine) -> None:
    submit(recount, write(recount.folder, rows(*(f"C{n}" for n in range(8)))))
    path = write(recount.folder, rows("C1"), **FEBRUARY)
    refused = submit(recount, path, "2017-03-10", "--complete", code=1)["refused"]
    assert refused["code"] == "withdraws-many"
    (taken,) = submit(recount, path, "2017-03-10", "--complete", "--accept-withdrawals")["submissions"]
    assert (taken["withdrawn"], taken["not_in_file"]) == (21, 0)


# -- manifests -----------------------------------------------------------------------------------------------------


def manifest(recount: CommandLine, text: str) -> Path:
    path = recount.folder / "manifest.csv"
    path.write_text(text)
    return path


def test_a_manifest_goes_on_where_it_was_refused(recount: CommandLine) -> None:
    january, february = write(recount.folder, rows("C1")), write(recount.folder, rows("C1", "C2"), **FEBRUARY)
    bad = manifest(recount, f"received_on,file\n2017-02-10,{january.name}\n2017-02-09,{february.name}\n")
    document = recount.json("submit", "--manifest", bad, code=1)
    assert document["refused"]["code"] == "received-out-of-order"
    assert [taken["file"] for taken in document["submissions"]] == [january.name]
    good = manifest(recount, f"received_on,file,complete\n2017-02-10,{january.name},\n2017-03-09,{february.name},yes\n")
    taken = recount.json("submit", "--manifest", good)["submissions"]
    assert [(one["already_received"], one["rows"], one["complete"]) for one in taken] == [
        (True, 1, False),
        (False, 2, True),
    ]
    assert "2 files passed over" in recount("submit", "--manifest", good).stdout


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("received_on,file\n", "manifest-empty"),
        ("day,file\n2017-02-10,x.csv\n", "manifest-columns"),
        ("received_on,file\n10/02/2017,{file}\n", "manifest-line"),
        ("received_on,file,complete\n2017-02-10,{file},perhaps\n", "manifest-line"),
        ("received_on,file\n2017-02-10,elsewhere.csv\n", "manifest-file-missing"),
        ('received_on,file\n2017-02-10,"{file}\n', "manifest-unreadable"),
    ],
)
def test_a_manifest_that_cannot_be_read_is_refused_whole(embedded: CommandLine, text: str, code: str) -> None:
    path = manifest(embedded, text.format(file=write(embedded.folder, rows("C1")).name))
    assert code in MANIFEST_REFUSALS
    assert embedded.json("submit", "--manifest", path, code=1)["refused"]["code"] == code
    assert embedded.json(*OPEN)["standpoint"]["position"] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--manifest", "{file}", "{file}"),
        ("--manifest", "{file}", "--complete"),
        ("--manifest", "{file}", "--received-on", "2017-02-10"),
        ("nowhere.csv",),
        ("{file}", "--received-on", "31/01/2017"),
    ],
)
def test_wrong_use(embedded: CommandLine, arguments: tuple[str, ...]) -> None:
    path = write(embedded.folder, rows("C1"))
    embedded("submit", *(argument.format(file=path) for argument in arguments), code=2)


# -- by word -------------------------------------------------------------------------------------------------------


def test_a_withdrawal_is_confirmed(recount: CommandLine) -> None:
    submit(recount, write(recount.folder, people("C1", "C2")))
    on = ("--received-on", "2017-02-11")
    assert "A trial" in recount("withdraw", "H0001", "C2", "1", *on, "--dry-run").stdout
    assert recount.json("withdraw", "H0001", "C2", "1", *on)["withdrawn"] == 3
    assert recount.json("withdraw", "H0001", "C2", "1", *on, code=1)["refused"]["code"] == "episode-unknown"
    assert recount.json(*OPEN)["figures"][0]["numerator"] == 1
    assert recount.json(*OPEN, "--known-at", "2017-02-10")["figures"][0]["numerator"] == 2


def test_an_agency_under_contract_is_missed(recount: CommandLine) -> None:
    submit(recount, write(recount.folder, people("C1")))
    on = ("--received-on", "2017-02-11")
    assert recount.json(*OPEN)["figures"][0]["coverage"]["missing"] == []
    said = recount("contract", "H0003", "--from", "2017-01-31", "--succeeds", "H0002", *on).stdout
    assert "H0003 is under contract from 31 January 2017 on, until an end is said, and continues the service" in said
    figure = recount.json(*OPEN)["figures"][0]
    assert (figure["status"], figure["coverage"]["missing"]) == ("incomplete", ["H0003"])
    assert recount.json(*OPEN, "--known-at", "2017-02-10")["figures"][0]["coverage"]["missing"] == []
    assert "H0003" in recount("coverage", "--from", "2017-01-01", "--to", "2017-01-31").stdout
    again = ("contract", "H0003", "--from", "2017-01-31", "--to", "2016-01-31", *on)
    assert recount.json(*again, code=1)["refused"]["code"] == "contract-ends-before-it-begins"
    assert recount("contract", "H0003", "--from", "2017-01-31", "--to", "2017-02-01", "--withdraw", code=2).stderr
    taken_back = recount.json("contract", "H0003", "--from", "2017-01-31", "--withdraw", *on)
    assert (taken_back["withdrawn"], taken_back["last_day"]) == (True, None)
    assert recount.json(*OPEN)["figures"][0]["coverage"]["missing"] == []
    assert "contract agreed: H0003 from 31 Jan 2017 on" in " ".join(recount("log").stdout.split())


def test_a_caseload_is_handed_over(recount: CommandLine) -> None:
    submit(recount, write(recount.folder, people("C1", "C2")))
    said = recount("handover", "H0001", "H0002", "--on", "2017-01-20", "--received-on", "2017-02-11").stdout
    assert "2 open episodes of H0001 end on 20 January 2017 by a transfer to H0002" in said
    assert recount.json(*OPEN)["figures"][0]["numerator"] == 0
