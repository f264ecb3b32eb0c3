"""`recount prepare`, and what becomes of the prepared files, on both databases."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from domain.client import ClientKey
from domain.errors import Refused, WrongUse
from tests.unit.intake.files import DISCHARGED, REVIEW, row, write, write_reviews
from web import clock
from web.cli.main import main
from web.cli.records import submissions
from web.commands.commit import Receipt
from web.commands.ingest.plan import FileOptions
from web.commands.ingest.take_in import take_in
from web.services import Services
from web.settings import CLIENT_KEY, DATABASE, RAW_FILES, Settings

from .conftest import KEYS, CommandLine
from .test_cli_submit import FEBRUARY, OPEN, people

FEB_10, MAR_10 = "2017-02-10", "2017-03-10"
Document = dict[str, Any]


def prepare(recount: CommandLine, *paths: Path) -> list[Path]:
    """The prepared files, beside the raw ones."""
    document = recount.json("prepare", *paths)
    return [path.with_name(one["prepared"]) for path, one in zip(paths, document["files"], strict=True)]


def submit(recount: CommandLine, path: Path, day: str = FEB_10, *options: str, code: int = 0) -> Document:
    document: Document = recount.json("submit", "--received-on", day, path, *options, code=code)
    return document if code else document["submissions"][0]


def counts(taken: Document) -> tuple[int, int, int, int]:
    return taken["new"], taken["amended"], taken["withdrawn"], taken["unchanged"]


def desk(tmp_path: Path, *arguments: Any, **environment: str) -> Any:
    """A provider's desk: a folder, a key perhaps, and no database."""
    nothing = {**dict.fromkeys(KEYS), DATABASE: f"sqlite:///{tmp_path / 'none' / 'recount.db'}"}
    return CliRunner(env=nothing | environment).invoke(main, ["prepare", *map(str, arguments)])


# -- at the desk --------------------------------------------------------------------------------------------------


def test_people_read_what_to_send_and_what_to_correct(tmp_path: Path) -> None:
    path = write(tmp_path, [row(), row(CLIENT="C3", TRIAGED="2017-02-31"), row(CLIENT="C4", CONSENT="N")])
    result = desk(tmp_path, path, **{CLIENT_KEY: "a key"})
    assert result.exit_code == 0
    assert f"To send: {tmp_path / 'H0001-20170101-20170131-TREAT-IN-P.prepared.csv'}" in result.stdout
    assert "3    C3      1         TRIAGED  TRIAGED ('2017-02-31') is no day of the calendar" in result.stdout
    assert "episodes left out, no consent" in result.stdout
    assert "1980" not in result.stdout
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        [path.name, "H0001-20170101-20170131-TREAT-IN-P.prepared.csv"]
    )


def test_the_document_has_what_programs_rely_on(tmp_path: Path) -> None:
    recount = CommandLine(tmp_path, {CLIENT_KEY: "a key"})
    path = write(tmp_path, [row(), row(CLIENT="C3", DRUG1="gin")])
    document = recount.json("prepare", path, "--out", tmp_path / "to send")
    (one,) = document["files"]
    assert one.keys() == {
        *("file", "prepared", "agency", "first_day", "last_day", "rows", "left_out", "rejected", "notices", "sha256"),
        *("consent_refused", "consent_unclear"),
    }
    assert document["client_key_check"] == ClientKey(b"a key").check_value().hex()[:16]
    assert (one["file"], one["rows"]) == (path.name, 2)
    assert [set(rejection) for rejection in one["rejected"]] == [
        {"row", "sheet_row", "client_reference", "episode_reference", "column", "code", "message"}
    ]
    assert (tmp_path / "to send" / one["prepared"]).is_file()


def test_no_key_is_made_up_at_the_desk(tmp_path: Path) -> None:
    path = write(tmp_path, [row()])
    result = desk(tmp_path, path)
    assert (result.exit_code, list(tmp_path.iterdir())) == (1, [path])
    assert "--client-key-file" in result.stderr
    on_server = {DATABASE: "postgresql://example.org/recount"}
    assert "no client key here" in desk(tmp_path, path, **on_server).stderr


def test_the_key_may_come_as_a_file(tmp_path: Path) -> None:
    path, key = write(tmp_path, [row()]), tmp_path / "client-key"
    key.write_text("a key\n")
    assert desk(tmp_path, path, "--client-key-file", key).exit_code == 0
    from_file = (tmp_path / "H0001-20170101-20170131-TREAT-IN-P.prepared.csv").read_bytes()
    assert desk(tmp_path, path, **{CLIENT_KEY: "a key"}).exit_code == 0
    assert (tmp_path / "H0001-20170101-20170131-TREAT-IN-P.prepared.csv").read_bytes() == from_file
    for nothing in (b" \n", b"\xff\xfe\x00"):
        key.write_bytes(nothing)
        assert desk(tmp_path, path, "--client-key-file", key).exit_code == 2


def test_the_key_beside_an_embedded_database_is_found(embedded: CommandLine) -> None:
    embedded("figures", "--as-of", "2017-01-31")
    (sent,) = prepare(embedded, write(embedded.folder, people("C1", "C2")))
    assert submit(embedded, sent)["new"] == 6


def test_the_first_refused_file_ends_it_and_those_before_stay(tmp_path: Path) -> None:
    recount = CommandLine(tmp_path, {CLIENT_KEY: "a key"})
    good, bad = write(tmp_path, [row()]), write(tmp_path, [row(SEX="X")], **FEBRUARY)
    document = recount.json("prepare", good, bad, code=1)
    assert (document["refused"]["code"], document["refused"]["file"]) == ("no-accepted-row", bad.name)
    assert [one["file"] for one in document["files"]] == [good.name]
    again = recount.json("prepare", good.with_name(document["files"][0]["prepared"]), code=1)
    assert again["refused"]["code"] == "already-prepared"


def test_nothing_lies_after_the_day_of_preparing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submissions, "today", lambda: date(2017, 1, 12))
    recount = CommandLine(tmp_path, {CLIENT_KEY: "a key"})
    waits = {"MODID": "", "MODAL": "", "MODST": ""}
    both = [row(), row(CLIENT="C2", **waits)]
    (one,) = recount.json("prepare", write(tmp_path, both, last="20170112"))["files"]
    assert [(r["row"], r["column"], r["code"]) for r in one["rejected"]] == [(1, "MODST", "after-receipt")]
    refused = recount.json("prepare", write(tmp_path, both, last="20170113"), code=1)["refused"]
    assert refused["code"] == "covered-days"


# -- at the service -----------------------------------------------------------------------------------------------


def test_a_prepared_file_is_taken_in_as_the_raw_one_is(recount: CommandLine) -> None:
    raw = write(recount.folder, [*people("C1", "C2"), row(CLIENT="C3", SEX="X"), row(CLIENT="C4", CONSENT="N")])
    (sent,) = prepare(recount, raw)
    as_raw, as_sent = submit(recount, raw, FEB_10, "--dry-run"), submit(recount, sent, FEB_10, "--dry-run")
    assert as_sent["effects"] == as_raw["effects"]
    taken = submit(recount, sent)
    assert counts(taken) == counts(as_raw) == (6, 0, 0, 0)
    assert (taken["rows"], taken["left_out"]) == (4, 1)
    assert [(r["row"], r["column"], r["code"]) for r in taken["rejected"]] == [(3, "SEX", "code-unknown")]
    assert recount.json(*OPEN)["figures"][0]["numerator"] == 2


def test_raw_and_prepared_may_follow_each_other(recount: CommandLine) -> None:
    january = write(recount.folder, people("C1", "C2"))
    february = write(recount.folder, people("C1", "C2"), **FEBRUARY)
    march = write(recount.folder, people("C1", "C2"), first="20170301", last="20170331")
    submit(recount, january)
    (sent,) = prepare(recount, february)
    assert counts(submit(recount, sent, MAR_10)) == (0, 0, 0, 6)
    assert counts(submit(recount, march, "2017-04-10")) == (0, 0, 0, 6)


def test_the_same_file_prepared_twice_is_received_once(recount: CommandLine) -> None:
    raw = write(recount.folder, people("C1"))
    first = submit(recount, *prepare(recount, raw))
    again = submit(recount, *prepare(recount, raw), "2017-02-11")
    assert (again["already_received"], again["position"]) == (True, first["position"])


def test_prepared_files_in_a_manifest_with_reviews(recount: CommandLine) -> None:
    sent = prepare(
        recount,
        write(recount.folder, people("C1", "C2")),
        write_reviews(recount.folder, [REVIEW]),
        write(recount.folder, [row(**DISCHARGED)], **FEBRUARY),
    )
    days = [f"{FEB_10},{sent[0].name},", f"{FEB_10},{sent[1].name},", f"{MAR_10},{sent[2].name},yes"]
    manifest = recount.folder / "manifest.csv"
    manifest.write_text("\n".join(["received_on,file,complete", *days]))
    taken = recount.json("submit", "--manifest", manifest)["submissions"]
    assert [counts(one) for one in taken] == [(6, 0, 0, 0), (1, 0, 0, 0), (2, 0, 3, 3)]
    assert all(one["already_received"] for one in recount.json("submit", "--manifest", manifest)["submissions"])
    assert recount.json("figures", "--as-of", "2017-02-28", "--measure", "N.open")["figures"][0]["numerator"] == 0


def test_who_was_erased_does_not_come_back_prepared(recount: CommandLine) -> None:
    recount.settings["RECOUNT_STOP_LIST"] = str(recount.folder / "stop-list")
    january = write(recount.folder, people("C1", "C2"))
    submit(recount, january)
    recount("erase", "H0001", "C1", "1", "--reason", "asked", "--received-on", "2017-02-12")
    sent = prepare(
        recount,
        write(recount.folder, [*people("C1", "C2"), row(CLIENT="C9")], **FEBRUARY),
    )
    taken = submit(recount, *sent, MAR_10)
    assert [(n["row"], n["code"]) for n in taken["notices"]] == [(1, "erased-before"), (3, "erased-before")]


def test_consent_that_ended_erases(recount: CommandLine) -> None:
    submit(recount, *prepare(recount, write(recount.folder, people("C1", "C2"))))
    (sent,) = prepare(recount, write(recount.folder, [row(CONSENT="N"), *people("C2")], **FEBRUARY))
    taken = submit(recount, sent, MAR_10)
    assert (taken["left_out"], taken["erased"], counts(taken)) == (1, 1, (0, 0, 3, 3))


def test_a_file_prepared_with_another_key_is_refused_whole(recount: CommandLine) -> None:
    raw = write(recount.folder, people("C1"))
    result = desk(recount.folder, raw, **{CLIENT_KEY: "another key"})
    assert result.exit_code == 0
    sent = raw.with_name(raw.name.replace(".csv", ".prepared.csv"))
    refused = submit(recount, sent, code=1)["refused"]
    assert (refused["code"], refused["file"]) == ("other-client-key", sent.name)
    assert recount.json("log")["entries"] == []


def test_what_was_changed_on_the_way_is_rejected(recount: CommandLine) -> None:
    (sent,) = prepare(recount, write(recount.folder, people("C1", "C2")))
    mark, text = sent.read_text().split("\n", 1)
    changed = list(csv.DictReader(io.StringIO(text)))
    changed[0]["PERSON"] = "Quentin Zebedee"
    out = io.StringIO()
    writer = csv.DictWriter(out, list(changed[0]))
    writer.writeheader()
    writer.writerows(changed)
    sent.write_text(f"{mark}\n{out.getvalue()}")
    taken = submit(recount, sent)
    assert [(r["row"], r["column"], r["code"]) for r in taken["rejected"]] == [(1, "PERSON", "person-form")]
    assert taken["new"] == 3
    assert "Quentin" not in str(taken)


# -- which files are taken ----------------------------------------------------------------------------------------


def test_where_raw_files_are_not_taken_the_sentence_names_the_way(recount: CommandLine) -> None:
    raw = write(recount.folder, people("C1"))
    (sent,) = prepare(recount, raw)
    surroundings = Services(Settings.from_environment(recount.settings))

    def take(path: Path) -> int:
        receipt = Receipt(date(2017, 2, 10), clock.today(), "Ann", "provider")
        register, client_key = surroundings.register, surroundings.client_key
        return take_in(register, client_key, path, receipt, FileOptions(raw_files=False)).new

    try:
        with pytest.raises(Refused, match=f"'recount prepare {raw.name}'") as refused:
            take(raw)
        assert (refused.value.code, refused.value.file) == ("raw-file-not-taken", raw.name)
        assert take(sent) == 3
        assert take(write_reviews(recount.folder, [REVIEW])) == 1
    finally:
        surroundings.close()


@pytest.mark.parametrize(
    ("address", "said", "takes"),
    [
        ("sqlite:///some.db", "", True),
        ("sqlite:///some.db", "no", False),
        ("postgresql://example.org/recount", "", False),
        ("postgresql://example.org/recount", "YES", True),
    ],
)
def test_raw_files_are_taken_on_one_machine_unless_said_otherwise(address: str, said: str, takes: bool) -> None:
    assert Settings.from_environment({DATABASE: address, RAW_FILES: said}).takes_raw_files is takes


def test_another_word_than_yes_or_no_is_wrong_use() -> None:
    with pytest.raises(WrongUse, match=RAW_FILES):
        _ = Settings.from_environment({RAW_FILES: "perhaps"}).takes_raw_files
