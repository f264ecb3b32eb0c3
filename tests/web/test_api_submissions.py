"""Files and words over HTTP: who may send what, the documents, and that nothing of a file stays anywhere else."""

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from domain.log.database import reading
from tests.unit.intake.files import REVIEW, REVIEW_COLUMNS, csv_text, name, row
from web.app import create_app
from web.auth.guard import services
from web.auth.roles import Right, Role
from web.auth.trail import access
from web.auth.trail.access import AccessQuery, Deed
from web.clock import today
from web.files import uploads
from web.settings import DATABASE, RAW_FILES, Settings

from .conftest import KEYS, CommandLine
from .http import API, Asker, asker, assert_problem

JANUARY, FEBRUARY = name(), name("20170201", "20170228")
REASON = {"Recount-Reason": "a question of the board"}


def people(*clients: str, **said: str) -> bytes:
    """A row for each of these clients, who are different people."""
    return csv_text(row(CLIENT=client, SINITIAL="ZYXWVUTS"[int(client[1:]) - 1], **said) for client in clients).encode()


def of_agency(agency: str, *clients: str) -> bytes:
    return people(*clients, AGNCY=agency)


def send(who: Asker, *files: tuple[str, bytes], headers: dict[str, str] | None = None, **said: str) -> TestResponse:
    parts = [(io.BytesIO(data), file) for file, data in files]
    return who.post("/submissions", headers, data={**said, "file": parts}, content_type="multipart/form-data")


def sent(who: Asker, *files: tuple[str, bytes], status: int = 201, **said: Any) -> list[dict[str, Any]]:
    """What became of files that are taken in."""
    response = send(who, *files, **said)
    assert response.status_code == status, response.get_data(as_text=True)
    found: list[dict[str, Any]] = response.get_json()["submissions"]
    return found


def noted(app: Flask, deed: Deed) -> list[tuple[str, Any]]:
    with app.app_context(), reading(services().access_engine) as connection:
        return [(entry.about, dict(entry.question)) for entry in access.entries(connection, AccessQuery(deed=deed))]


@pytest.fixture
def recount(database_url: str, tmp_path: Path) -> CommandLine:
    """On both databases, taking raw files."""
    return CommandLine(tmp_path, {DATABASE: database_url, RAW_FILES: "yes", **KEYS})


@pytest.fixture
def council(app: Flask) -> Asker:
    return asker(app, Role.COMMISSIONER, name="Council")


@pytest.fixture
def provider(app: Flask) -> Asker:
    return asker(app, Role.PROVIDER, "H0001", name="Harbour")


# -- taking in -----------------------------------------------------------------------------------------------------


def test_the_document_is_that_of_the_command_line(council: Asker, recount: CommandLine) -> None:
    data = csv_text([row(), row(CLIENT="C3", TRIAGED="2017-02-31")]).encode()
    path = recount.folder / JANUARY
    path.write_bytes(data)
    options = (path, "--received-on", "2017-02-10")
    by_command = recount.json("submit", *options, "--dry-run")
    tried = send(council, (JANUARY, data), received_on="2017-02-10", dry_run="true")
    # Whose the rejected rows are is for those who may see single clients.
    by_command["submissions"][0]["rejected"][0] |= {"client_reference": None, "episode_reference": None}
    assert (tried.status_code, tried.get_json()) == (200, by_command)
    (taken,) = sent(council, (JANUARY, data), received_on="2017-02-10")
    (expected,) = by_command["submissions"]
    assert expected.pop("effects")
    assert taken == expected | {"dry_run": False, "position": taken["position"]}
    (again,) = recount.json("submit", *options)["submissions"]
    assert (again["already_received"], again["position"]) == (True, taken["position"])


def test_several_files_are_taken_in_in_their_order_until_one_is_refused(council: Asker) -> None:
    february = people("C1", "C2")
    problem = assert_problem(
        send(council, (JANUARY, people("C1")), ("notes.csv", b"no,monthly\n"), (FEBRUARY, february)), 422, "file-name"
    )
    assert problem["file"] == "notes.csv"
    assert [taken["file"] for taken in problem["submissions"]] == [JANUARY]
    (already, taken) = sent(council, (JANUARY, people("C1")), (FEBRUARY, february))
    assert (already["already_received"], taken["already_received"]) == (True, False)
    assert taken["new"] == 3
    (already,) = sent(council, (FEBRUARY, february), status=200)
    assert already["already_received"]


def test_a_refused_file_leaves_nothing(council: Asker) -> None:
    problem = assert_problem(send(council, (JANUARY, b"\0")), 422, "nul-byte")
    assert problem["submissions"] == []
    assert council.json("/submissions")["submissions"] == []


def test_a_complete_file_that_withdraws_a_lot_is_confirmed(council: Asker) -> None:
    sent(council, (JANUARY, people(*(f"C{n}" for n in range(1, 9)))))
    problem = assert_problem(send(council, (FEBRUARY, people("C1")), complete="true"), 422, "withdraws-many")
    assert problem["detail"].startswith(FEBRUARY)
    (taken,) = sent(council, (FEBRUARY, people("C1")), complete="true", accept_withdrawals="true")
    assert taken["withdrawn"] == 21


def test_where_consent_ended_nothing_stays(council: Asker) -> None:
    sent(council, (JANUARY, people("C1", "C2")))
    (taken,) = sent(council, (FEBRUARY, people("C1") + people("C2", CONSENT="N").split(b"\n", 1)[1]))
    assert (taken["left_out"], taken["erased"], taken["rejected"]) == (1, 1, [])
    assert council.json("/figures", as_of="2017-02-28", measure="N.open")["figures"][0]["numerator"] == 1


def test_actor_and_role_are_those_of_whoever_sends(council: Asker, provider: Asker) -> None:
    sent(provider, (JANUARY, people("C1")))
    (line,) = council.json("/submissions")["submissions"]
    assert (line["actor"], line["role"], line["received_on"]) == ("Harbour", "provider", today().isoformat())


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"complete": "perhaps"}, "complete"),
        ({"received_on": "10/02/2017"}, "received_on"),
        ({"compleet": "true"}, "compleet"),
        ({"file": "text"}, "file"),
    ],
)
def test_a_field_that_is_not_as_it_must_be(embedded_council: Asker, said: dict[str, str], pointer: str) -> None:
    file = {} if "file" in said else {"file": [(io.BytesIO(people("C1")), JANUARY)]}
    response = embedded_council.post("/submissions", data={**said, **file}, content_type="multipart/form-data")
    problem = assert_problem(response, 422, "unprocessable-entity")
    assert any(pointer in error["pointer"] for error in problem["errors"])


def test_a_request_without_a_file(embedded_council: Asker) -> None:
    assert_problem(embedded_council.post("/submissions"), 422, "unprocessable-entity")
    assert_problem(embedded_council.post("/submissions", json={}), 415, "unsupported-media-type")
    no_file = {"received_on": "2017-02-10"}
    said = embedded_council.post("/submissions", data=no_file, content_type="multipart/form-data")
    assert_problem(said, 422, "unprocessable-entity")


@pytest.fixture
def embedded_app(tmp_path: Path) -> Iterator[Flask]:
    settings = Settings.from_environment({DATABASE: f"sqlite:///{tmp_path / 'one.db'}"})
    app = create_app(settings, TESTING=True)
    yield app
    app.extensions["recount"].close()


@pytest.fixture
def embedded_council(embedded_app: Flask) -> Asker:
    return asker(embedded_app, Role.COMMISSIONER)


# -- who -----------------------------------------------------------------------------------------------------------


def test_a_provider_sends_the_files_of_its_own_agencies(app: Flask, provider: Asker) -> None:
    sent(provider, (JANUARY, people("C1")))
    other = (name(agency="H0002"), of_agency("H0002", "C2"))
    # Nothing is taken in of a request with somebody else's file, and nothing of it is looked at.
    assert_problem(send(provider, (FEBRUARY, people("C1")), other), 404, "not-found")
    assert_problem(send(provider, (other[0], b"\0")), 404, "not-found")
    assert len(provider.json("/submissions")["submissions"]) == 1
    assert noted(app, Deed.REFUSED)[0] == ("submissions.submit", {"code": "not-own"})


def test_a_provider_sends_today(provider: Asker) -> None:
    yesterday = (today() - timedelta(days=1)).isoformat()
    response = send(provider, (JANUARY, people("C1")), received_on=yesterday)
    assert_problem(response, 403, "received-on-not-today")
    sent(provider, (JANUARY, people("C1")), received_on=today().isoformat())


def test_the_last_file_comes_after_the_contract(council: Asker, provider: Asker) -> None:
    sent(council, (JANUARY, people("C1", "C2")), received_on="2017-02-10")
    word = {"agency": "H0001", "first_day": "2016-04-01", "last_day": "2017-03-31", "received_on": "2017-04-02"}
    assert council.post("/contracts", json=word).status_code == 201
    (taken,) = sent(provider, (FEBRUARY, people("C1")))
    # Whose clients they are is another question by then.
    assert (taken["not_in_file"], taken["episodes_not_in_file"]) == (1, None)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.PUBLIC, Role.ADMINISTRATOR])
def test_others_send_nothing(embedded_app: Flask, role: Role) -> None:
    assert_problem(send(asker(embedded_app, role), (JANUARY, people("C1"))), 403, "right-missing")


def test_nobody_sends_without_a_token(embedded_app: Flask) -> None:
    response = send(asker(embedded_app, None), (JANUARY, people("C1")))
    assert response.status_code in {400, 401}


def test_the_right_is_looked_at_before_what_was_sent(embedded_app: Flask) -> None:
    response = asker(embedded_app, Role.AUDITOR).post("/submissions", data={"nothing": "here"})
    assert_problem(response, 403, "right-missing")


# -- raw files and limits ------------------------------------------------------------------------------------------


@pytest.fixture
def with_raw_files(recount: CommandLine) -> Iterator[Callable[[str], Asker]]:
    """Somebody of the council, where the setting says so much of raw files."""
    apps: list[Flask] = []

    def make(said: str) -> Asker:
        apps.append(create_app(Settings.from_environment(recount.settings | {RAW_FILES: said}), TESTING=True))
        return asker(apps[-1], Role.COMMISSIONER)

    yield make
    for app in apps:
        app.extensions["recount"].close()


def test_raw_files_only_where_the_setting_says_so(recount: CommandLine, with_raw_files: Callable[[str], Asker]) -> None:
    council = with_raw_files("no")
    assert_problem(send(council, (JANUARY, people("C1"))), 422, "raw-file-not-taken")
    path = recount.folder / JANUARY
    path.write_bytes(people("C1"))
    recount("prepare", path)
    prepared = path.with_name(JANUARY.replace(".csv", ".prepared.csv"))
    (taken,) = sent(council, (prepared.name, prepared.read_bytes()))
    assert taken["new"] == 3
    # A review file names nobody.
    reviews = (name(kind="REVIEWS"), csv_text([REVIEW], REVIEW_COLUMNS).encode())
    assert sent(council, reviews)[0]["new"] == 1


def test_raw_files_are_for_one_machine_if_nothing_is_said(
    database_url: str, with_raw_files: Callable[[str], Asker]
) -> None:
    response = send(with_raw_files(""), (JANUARY, people("C1")))
    assert response.status_code == (201 if database_url.startswith("sqlite") else 422)


def test_a_request_that_is_too_large(embedded_app: Flask, embedded_council: Asker) -> None:
    embedded_app.config["MAX_CONTENT_LENGTH"] = 1000
    assert_problem(send(embedded_council, (JANUARY, people("C1", "C2", "C3") * 10)), 413, "request-entity-too-large")


def test_a_file_with_too_many_lines_is_refused_before_the_lock(
    embedded_council: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_LINES", 3)
    assert_problem(send(embedded_council, (JANUARY, people("C1", "C2", "C3"))), 422, "too-many-rows")
    sent(embedded_council, (JANUARY, people("C1", "C2").replace(b"\n", b"\r\n")))


def send_body(who: Asker, file: str, data: bytes, end: bytes = b"") -> TestResponse:
    """A request put together here, since the test's own client would keep a file of it; with more before its end."""
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{file}"\r\n\r\n'.encode()
    more = b'--x\r\nContent-Disposition: form-data; name="complete"\r\n\r\nperhaps\r\n' if end else b""
    body = head + data + b"\r\n" + more + (end or b"--x--") + b"\r\n"
    return who.post("/submissions", data=body, content_type="multipart/form-data; boundary=x")


def test_nothing_of_a_file_lies_under_a_name(
    embedded_council: Asker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tempfile

    spool = tmp_path / "spool"
    spool.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spool))
    files: list[bytes] = []

    def look(self: Any) -> bytes:
        # Longer than what is kept in memory, and still without a name.
        files.extend(path.name.encode() for path in spool.iterdir())
        return uploads_read(self)

    uploads_read = uploads.Upload.read_bytes
    monkeypatch.setattr(uploads.Upload, "read_bytes", look)
    many = people("C1") + people("C1").split(b"\n", 1)[1] * 12_000
    assert len(many) > 600_000
    assert send_body(embedded_council, JANUARY, many).status_code == 201
    assert_problem(send_body(embedded_council, FEBRUARY, many + b"\0"), 422, "nul-byte")
    assert_problem(send_body(embedded_council, "../../etc/passwd", many), 422, "file-name")
    assert_problem(send_body(embedded_council, FEBRUARY, many, b"--x--"), 422, "unprocessable-entity")
    assert files == []
    assert list(spool.iterdir()) == []


# -- what became of them -------------------------------------------------------------------------------------------


def test_submissions_are_listed_page_by_page(council: Asker) -> None:
    sent(council, (JANUARY, people("C1")), received_on="2017-02-10")
    sent(council, (name(agency="H0002"), of_agency("H0002", "C2")), received_on="2017-02-10")
    sent(council, (name(kind="REVIEWS"), csv_text([REVIEW], REVIEW_COLUMNS).encode()), received_on="2017-02-11")
    handed = {"from_agency": "H0001", "to_agency": "H0002", "on": "2017-02-12", "received_on": "2017-02-13"}
    assert council.post("/handovers", json=handed).status_code == 201
    response = council.get("/submissions", limit=3)
    document = response.get_json()
    assert [line["number"] for line in document["submissions"]] == [4, 3, 2]
    newest = document["submissions"][0]
    assert (newest["event"], newest["file"], newest["rows"]) == ("caseload.handed-over.v1", None, None)
    whom = {"to_agency": "H0002", "handed_over_on": "2017-02-12", "episodes": 1, "chosen": False, "contracts": []}
    assert newest["said"] == whom
    assert (document["earlier"], response.headers["Link"]) == (2, f'<{API}/submissions?limit=3&before=2>; rel="next"')
    last = council.get("/submissions", limit=3, before=2)
    assert ([line["number"] for line in last.get_json()["submissions"]], last.headers.get("Link")) == ([1], None)
    assert last.get_json()["earlier"] is None
    by_agency = council.json("/submissions", agency="H0001")["submissions"]
    assert [line["number"] for line in by_agency] == [4, 3, 1]
    assert [line["number"] for line in council.json("/submissions", data_set="TREAT")["submissions"]] == [2, 1]
    reviews = council.json("/reviews")["submissions"]
    assert [(line["number"], line["data_set"]) for line in reviews] == [(3, "REVIEWS")]


def test_one_submission_with_its_rejections_to_send_back(council: Asker, provider: Asker) -> None:
    faulty = csv_text([row(), row(CLIENT="C3", TRIAGED="2017-02-31"), row(CLIENT="C4", SEX="=1+1")]).encode()
    (taken,) = sent(council, (JANUARY, faulty))
    stored = council.json("/submissions/1")
    for same in ("file", "rows", "new", "sha256", "rejected", "notices", "not_in_file", "position"):
        assert stored[same] == taken[same], same
    assert council.json("/submissions/1/rejections") == {"number": 1, "file": JANUARY, "rejected": taken["rejected"]}
    table = provider.get("/submissions/1/rejections", {"Accept": "text/csv"})
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert table.headers["Recount-Audience"] == "own"
    lines = table.get_data(as_text=True).splitlines()
    assert lines[0] == "CLIENT,EPISODID,row,column,code,message,audience"
    assert len(lines) == 1 + len(taken["rejected"])
    assert lines[1].startswith("C3,1,3,TRIAGED,date-impossible,")
    assert council.get("/submissions/1/rejections", format="csv").headers["Recount-Audience"] == "full"
    assert_problem(council.get("/submissions/1/rejections", {"Accept": "image/png"}), 406, "not-acceptable")


def test_what_a_file_lacks_is_named_only_to_those_entitled(app: Flask, council: Asker, provider: Asker) -> None:
    sent(council, (JANUARY, people("C1", "C2")), received_on="2017-02-10")
    (taken,) = sent(council, (FEBRUARY, people("C1")), received_on="2017-03-10")
    assert (taken["not_in_file"], taken["episodes_not_in_file"], taken["withdrawn_episodes"]) == (1, None, None)
    assert noted(app, Deed.LOOKED) == []
    absent = [{"client_reference": "C2", "episode_reference": "1", "since": "2017-03-10"}]
    assert council.json("/submissions/2")["episodes_not_in_file"] is None
    assert council.get("/submissions/2", REASON).get_json()["episodes_not_in_file"] == absent
    assert provider.json("/submissions/2")["episodes_not_in_file"] == absent
    assert asker(app, Role.AUDITOR).json("/submissions/2")["episodes_not_in_file"] == absent
    assert [about for about, _ in noted(app, Deed.LOOKED)] == ["submissions.submission"] * 3
    march = (name("20170301", "20170331"), people("C1"))
    response = send(council, march, headers=REASON, dry_run="true", received_on="2017-04-10")
    assert response.get_json()["submissions"][0]["episodes_not_in_file"] == absent


def test_somebody_elses_submission_is_not_there(app: Flask, council: Asker, provider: Asker) -> None:
    sent(council, (JANUARY, people("C1")), (name(agency="H0002"), of_agency("H0002", "C2")))
    assert [line["number"] for line in provider.json("/submissions")["submissions"]] == [1]
    assert_problem(provider.get("/submissions", agency="H0002"), 404, "not-found")
    for path in ("/submissions/2", "/submissions/2/rejections", "/submissions/2/changes", "/submissions/9"):
        assert_problem(provider.get(path), 404, "not-found")
    assert_problem(council.get("/submissions/9"), 404, "not-found")
    assert_problem(council.get("/submissions/99999999999999999999"), 404, "not-found")
    assert provider.json("/submissions/1")["agency"] == "H0001"
    for role in (Role.PUBLIC, Role.ADMINISTRATOR):
        assert_problem(asker(app, role).get("/submissions"), 403, "right-missing")


def test_what_a_submission_changed_of_what_was_published(council: Asker, provider: Asker, recount: CommandLine) -> None:
    sent(council, (JANUARY, people("C1")), (name(agency="H0002"), of_agency("H0002", "C2")), received_on="2017-02-10")
    for options in ([], ["--agency", "H0001"], ["--agency", "H0002"]):
        out = recount.folder / f"c{len(options)}{options[-1:]}.json"
        recount("publish", "--measure", "N.open", "--as-of", "2017-01-31", *options, "--out", out)
    late = (name("20170101", "20170228"), people("C1", "C3"))
    sent(council, late, received_on="2017-03-10")
    changed = council.json("/submissions/3/changes")
    assert changed == recount.json("changed", changed["submission"]["position"])
    assert [one["published"]["slice"]["agency"] for one in changed["changed"]] == [None, "H0001"]
    assert [(one["before"]["numerator"], one["after"]["numerator"]) for one in changed["changed"]] == [(2, 3), (1, 2)]
    theirs = provider.json("/submissions/3/changes")["changed"]
    assert [one["number"] for one in theirs] == [one["number"] for one in changed["changed"]]
    for one in theirs:
        assert "H0002" not in str(one)


# -- words ---------------------------------------------------------------------------------------------------------


def test_words_are_those_of_the_commands(council: Asker, recount: CommandLine) -> None:
    sent(council, (JANUARY, people("C1", "C2")), received_on="2017-02-10")
    word = {"agency": "H0001", "client_reference": "C1", "episode_reference": "1", "received_on": "2017-02-11"}
    by_command = recount.json("withdraw", "H0001", "C1", "1", "--received-on", "2017-02-11", "--dry-run")
    tried = council.post("/withdrawals", json=word | {"dry_run": True})
    assert (tried.status_code, tried.get_json()) == (200, by_command)
    done = council.post("/withdrawals", json=word)
    assert (done.status_code, done.get_json()["withdrawn"]) == (201, 3)
    problem = assert_problem(council.post("/withdrawals", json=word), 422, "episode-unknown")
    assert "C1" not in problem["detail"]
    contract = {"agency": "H0001", "first_day": "2017-04-01", "last_day": None, "succeeds": ""}
    assert council.post("/contracts", json=contract).status_code == 201
    assert council.json("/contracts") == {"contracts": [contract]}
    assert_problem(council.post("/contracts", json=contract), 409, "contract-unchanged")
    gone = {"agency": "H0001", "first_day": "2017-04-01", "withdrawn": True}
    assert council.post("/contracts", json=gone).get_json()["withdrawn"] is True
    assert council.json("/contracts") == {"contracts": []}
    both = assert_problem(council.post("/contracts", json=gone | {"succeeds": "H0002"}), 422, "unprocessable-entity")
    assert "withdrawn" in both["errors"][0]["pointer"]


def test_only_the_commissioner_says_words(embedded_app: Flask) -> None:
    for role in set(Role) - {Role.COMMISSIONER}:
        who = asker(embedded_app, role, *(["H0001"] if role is Role.PROVIDER else []))
        for path in ("/withdrawals", "/handovers", "/contracts"):
            assert_problem(who.post(path, json={}), 403, "right-missing")
        # Auditors read everything, also what was said by word.
        if role is Role.AUDITOR:
            assert who.json("/contracts") == {"contracts": []}
        else:
            assert_problem(who.get("/contracts"), 403, "right-missing")
    scoped = asker(embedded_app, Role.COMMISSIONER, scopes=[Right.SUBMIT])
    assert_problem(scoped.get("/contracts"), 403, "right-missing")
