"""What a head in somebody else's hands shows: a history that was rewritten, cut back or exchanged, however well it
agrees with itself, by an attacker who has the database and every key.
"""

import json
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.unit.intake.files import DISCHARGED, row, write
from web.app import create_app
from web.settings import DATABASE, SIGNING_KEY, WITNESS, Settings

from .conftest import KEYS, CommandLine

MONTHS = [("20170131", "2017-02-10"), ("20170228", "2017-03-10"), ("20170331", "2017-04-10")]
PEOPLE = [row(CLIENT="C1", **DISCHARGED), row(CLIENT="C2", DOB="1981-05-17")]


def submit(recount: CommandLine, month: int, people: list[dict[str, str]] | None = None) -> str:
    """A month's file; each has one client more, so that each leaves events. What is said on standard error."""
    last, received_on = MONTHS[month]
    more = [row(CLIENT=f"D{number}", DOB=f"198{number}-01-01") for number in range(month)]
    file = write(recount.folder, [*(people or PEOPLE), *more], first="20170101", last=last)
    return recount("submit", file, "--received-on", received_on).stderr


@pytest.fixture
def witnessed(recount: CommandLine) -> CommandLine:
    """On both databases, with a witness file."""
    recount.settings[WITNESS] = str(recount.folder / "witness.jsonl")
    return recount


@pytest.fixture
def on_sqlite(tmp_path: Path) -> CommandLine:
    settings = {DATABASE: f"sqlite:///{tmp_path / 'recount.db'}", WITNESS: str(tmp_path / "witness.jsonl"), **KEYS}
    return CommandLine(tmp_path, settings)


def witness_of(recount: CommandLine) -> Path:
    return recount.folder / "witness.jsonl"


def key_of(recount: CommandLine) -> Path:
    path = recount.folder / "key.pem"
    path.write_text(recount("public-key").stdout)
    return path


def against(recount: CommandLine, file: Path, code: int = 0) -> list[str]:
    """The differences that `verify --against` finds; everything but the witness agrees."""
    checks = recount.json("verify", "--against", file, code=code)["checks"]
    assert not any(check["found"] for check in checks if check["name"] != "witness")
    return next(check["differences"] for check in checks if check["name"] == "witness")


def test_each_submission_leaves_a_head_that_goes_on_from_the_one_before(witnessed: CommandLine) -> None:
    for month in range(3):
        assert submit(witnessed, month) == ""
    lines = [json.loads(line) for line in witness_of(witnessed).read_text().splitlines()]
    sizes = [line["size"] for line in lines]
    assert len(lines) == 3
    assert [line["consistency"] and line["consistency"]["size"] for line in lines] == [None, *sizes[:-1]]
    held = witnessed.json("check-witness", witness_of(witnessed), "--public-key", key_of(witnessed))
    assert held == {
        "holds": True,
        "heads": 3,
        "newest": {"size": sizes[-1], "recorded_at": lines[-1]["recorded_at"]},
        "gaps": [],
    }
    assert against(witnessed, witness_of(witnessed)) == []


def test_what_leaves_no_event_leaves_no_head(on_sqlite: CommandLine) -> None:
    submit(on_sqlite, 0)
    before = witness_of(on_sqlite).read_bytes()
    submit(on_sqlite, 0)
    on_sqlite("submit", on_sqlite.folder / "nothing.csv", code=2)
    on_sqlite("head", "--to", witness_of(on_sqlite))
    assert witness_of(on_sqlite).read_bytes() == before


def test_a_head_somebody_else_holds_shows_that_the_trail_of_access_was_cut(on_sqlite: CommandLine) -> None:
    """Whoever has every key signs what they like; they cannot take back what the other party was handed."""
    submit(on_sqlite, 0)
    on_sqlite("token", "tool", "--role", "auditor")
    on_sqlite("head", "--to", witness_of(on_sqlite))
    newest = json.loads(witness_of(on_sqlite).read_text().splitlines()[-1])
    assert (newest["head"], newest["trail"]["size"]) == ("recount.head.v2", 1)
    assert on_sqlite.json("check-witness", witness_of(on_sqlite), "--public-key", key_of(on_sqlite))["heads"] == 2
    assert against(on_sqlite, witness_of(on_sqlite)) == []
    for path in on_sqlite.folder.glob("recount.db.access*"):
        path.unlink()
    (on_sqlite.folder / "recount.db.access").touch()
    without_heads_between(on_sqlite.folder / "recount.db")
    [said] = against(on_sqlite, witness_of(on_sqlite), code=1)
    assert "a head over 1 lines of the trail of access" in said


def without_heads_between(database: Path) -> None:
    """Nor does the database itself tell what was signed over the trail, and its trigger is back in its place."""
    with closing(sqlite3.connect(database)) as connection, connection:
        [trigger] = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'access_head_delete'").fetchone()
        for statement in ("DROP TRIGGER access_head_delete", "DELETE FROM access_head", trigger):
            connection.execute(statement)


def test_a_history_written_anew_with_the_right_key_is_told_from_one_that_grew(on_sqlite: CommandLine) -> None:
    submit(on_sqlite, 0)
    submit(on_sqlite, 1)
    other = CommandLine(
        on_sqlite.folder / "other", {**on_sqlite.settings, DATABASE: f"sqlite:///{on_sqlite.folder / 'forged.db'}"}
    )
    other.folder.mkdir()
    del other.settings[WITNESS]
    submit(other, 0, [PEOPLE[0] | {"DISRSN": "85"}, PEOPLE[1]])
    submit(other, 1)
    assert other.json("verify")["holds"]
    found = against(other, witness_of(on_sqlite), code=1)
    assert len(found) == 2
    assert all("is not the beginning of this log" in sentence for sentence in found)


def test_the_next_submission_after_a_forgery_says_so_and_adds_nothing_to_the_file(on_sqlite: CommandLine) -> None:
    submit(on_sqlite, 0)
    before = witness_of(on_sqlite).read_bytes()
    on_sqlite.settings[DATABASE] = f"sqlite:///{on_sqlite.folder / 'forged.db'}"
    submit(on_sqlite, 0, [PEOPLE[0] | {"DISRSN": "85"}, PEOPLE[1]])
    assert witness_of(on_sqlite).read_bytes() == before
    assert "is not the beginning of this log" in on_sqlite("head", "--to", witness_of(on_sqlite), code=1).stderr


def test_a_log_that_was_cut_back_is_told_from_one_that_never_went_on(on_sqlite: CommandLine) -> None:
    submit(on_sqlite, 0)
    shutil.copy(on_sqlite.folder / "recount.db", on_sqlite.folder / "earlier.db")
    submit(on_sqlite, 1)
    on_sqlite.settings[DATABASE] = f"sqlite:///{on_sqlite.folder / 'earlier.db'}"
    assert on_sqlite.json("verify")["holds"]
    [found] = against(on_sqlite, witness_of(on_sqlite), code=1)
    assert "was cut off, or an older backup was put back" in found


def test_a_head_and_a_certificate_are_heads_too(on_sqlite: CommandLine) -> None:
    submit(on_sqlite, 0)
    head, certificate = on_sqlite.folder / "head.json", on_sqlite.folder / "certificate.json"
    on_sqlite("head", "--out", head)
    on_sqlite("publish", "--measure", "4.0", "--as-of", "2017-01-31", "--out", certificate)
    for held in (head, certificate):
        assert against(on_sqlite, held) == []
        assert on_sqlite.json("check-witness", held, "--public-key", key_of(on_sqlite))["heads"] == 1


def changed(line: str, **values: Any) -> str:
    return json.dumps(json.loads(line) | values)


def test_a_witness_file_that_was_altered_is_refused(on_sqlite: CommandLine) -> None:
    for month in range(3):
        submit(on_sqlite, month)
    key, lines = key_of(on_sqlite), witness_of(on_sqlite).read_text().splitlines()
    proof = json.loads(lines[1])["consistency"]
    cases = {
        "no-head": ["", "[]", "no JSON", lines[0][:-1], changed(lines[0], more=1), '{"a": 1, "a": 2}', "\x00"],
        "altered": [
            changed(lines[0], size=3),
            changed(lines[0], root=json.loads(lines[1])["root"]),
            changed(lines[0], recorded_at="2026-01-05T09:00:01.000000+00:00"),
            changed(lines[0], signature="AAAA"),
        ],
        "other-key": [changed(lines[0], key="0" * 64)],
        "head-earlier": ["\n".join([lines[1], lines[0]])],
        "history-differs": [
            "\n".join([lines[0], changed(lines[1], consistency=proof | {"path": proof["path"][:-1]})]),
            "\n".join([lines[0], changed(lines[1], consistency=proof | {"path": []})]),
        ],
    }
    altered = on_sqlite.folder / "altered.jsonl"
    for code, texts in cases.items():
        for text in texts:
            altered.write_text(text)
            refused = on_sqlite.json("check-witness", altered, "--public-key", key, code=1)
            assert (refused["refused"]["code"], refused["holds"]) == (code, False), text
            if code in {"no-head", "altered", "other-key"}:
                assert "does not hold" in on_sqlite("verify", "--against", altered, code=1).stderr


def test_a_line_that_was_taken_out_leaves_a_gap_that_is_named(on_sqlite: CommandLine) -> None:
    for month in range(3):
        submit(on_sqlite, month)
    lines = witness_of(on_sqlite).read_text().splitlines()
    torn = on_sqlite.folder / "torn.jsonl"
    torn.write_text("\n".join([lines[0], lines[2]]))
    first, last = (json.loads(line)["size"] for line in (lines[0], lines[2]))
    said = on_sqlite("check-witness", torn, "--public-key", key_of(on_sqlite)).stdout
    assert f"Nothing in it proves that the log of {last} events goes on from that of {first}." in said
    assert against(on_sqlite, torn) == []


def test_two_histories_under_one_key_contradict_each_other(on_sqlite: CommandLine) -> None:
    submit(on_sqlite, 0)
    on_sqlite.settings[DATABASE] = f"sqlite:///{on_sqlite.folder / 'forged.db'}"
    del on_sqlite.settings[WITNESS]
    submit(on_sqlite, 0, [PEOPLE[0] | {"DISRSN": "85"}, PEOPLE[1]])
    both = on_sqlite.folder / "both.jsonl"
    forged = json.dumps(json.loads(on_sqlite("head").stdout))
    both.write_text(witness_of(on_sqlite).read_text() + forged)
    refused = on_sqlite.json("check-witness", both, "--public-key", key_of(on_sqlite), code=1)
    assert "two different histories" in refused["refused"]["message"]


def test_a_witness_of_another_service_is_named_and_left_alone(on_sqlite: CommandLine) -> None:
    submit(on_sqlite, 0)
    before = witness_of(on_sqlite).read_bytes()
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    on_sqlite.settings |= {DATABASE: f"sqlite:///{on_sqlite.folder / 'other.db'}", SIGNING_KEY: key}
    submit(on_sqlite, 0)
    assert "signed by another key" in on_sqlite("head", "--to", witness_of(on_sqlite), code=1).stderr
    assert witness_of(on_sqlite).read_bytes() == before


@dataclass
class Receiver:
    """A machine of the other party's that takes what is posted, and answers with `status`."""

    address: str = ""
    status: int = 204
    got: list[dict[str, Any]] = field(default_factory=list)
    may_answer: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    received = Receiver()
    received.may_answer.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.may_answer.wait(20)
            received.got.append({"kind": self.headers["Content-Type"], **json.loads(body)})
            self.send_response(received.status)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    received.address = f"http://127.0.0.1:{server.server_port}/heads"
    yield received
    received.may_answer.set()
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_head_is_posted_to_an_address(on_sqlite: CommandLine, receiver: Receiver) -> None:
    on_sqlite.settings[WITNESS] = f"{receiver.address} {witness_of(on_sqlite)}"
    submit(on_sqlite, 0)
    on_sqlite("head", "--to", receiver.address)
    in_file = json.loads(witness_of(on_sqlite).read_text())
    assert [got.pop("kind") for got in receiver.got] == ["application/json"] * 2
    assert receiver.got == [in_file, in_file]


@pytest.mark.parametrize("status", [500, 302, 404])
def test_an_address_that_does_not_take_it_stops_nothing(
    on_sqlite: CommandLine, receiver: Receiver, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.status = status
    on_sqlite.settings[WITNESS] = receiver.address.replace("//", "//council:secret@")
    submit(on_sqlite, 0)
    assert f"could not be handed to the witness {receiver.address}: it answered {status}." in caplog.text
    assert "secret" not in caplog.text
    assert on_sqlite.json("verify")["holds"]


def test_what_cannot_be_reached_or_written_is_said_and_stops_nothing(
    on_sqlite: CommandLine, caplog: pytest.LogCaptureFixture
) -> None:
    on_sqlite.settings[WITNESS] = f"http://127.0.0.1:1/ {on_sqlite.folder} {on_sqlite.folder / 'no' / 'folder'}"
    submit(on_sqlite, 0)
    assert caplog.text.count("could not be handed to the witness") == 3
    assert on_sqlite.json("verify")["holds"]


def test_heads_leave_the_machine_by_https_alone(on_sqlite: CommandLine) -> None:
    assert "write https://" in on_sqlite("head", "--to", "http://recount.example/", code=2).stderr
    on_sqlite.settings[WITNESS] = "http://recount.example/"
    file = write(on_sqlite.folder, PEOPLE, first="20170101", last="20170131")
    on_sqlite("submit", file, "--received-on", "2017-02-10", code=2)
    on_sqlite.settings[WITNESS] = ""
    assert on_sqlite.json("figures", "--as-of", "2017-01-31")["standpoint"]["position"] == 0


def test_the_service_does_not_let_people_wait_for_the_other_partys_machine(
    on_sqlite: CommandLine, receiver: Receiver
) -> None:
    submit(on_sqlite, 0)
    on_sqlite.settings[WITNESS] = receiver.address
    receiver.may_answer.clear()
    app = create_app(Settings.from_environment(on_sqlite.settings), TESTING=True)
    services = app.extensions["recount"]
    services.register.submit([])
    services.witnesses.hand_over()
    assert receiver.got == []
    receiver.may_answer.set()
    services.close()
    assert len(receiver.got) == 1
