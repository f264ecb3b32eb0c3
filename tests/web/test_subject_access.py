"""A person's own data: all of it, none of anybody else's, and nothing left of what was said at the desk."""

import io
import json
import logging
import os
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa
from docx import Document
from flask import Flask

from domain.client import client_text
from domain.log.database import reading
from projections.store import tables
from tests.conftest import in_a_schema
from tests.unit.intake.files import row, write
from web.app import create_app
from web.auth.guard import services
from web.auth.rate_limits import SUBJECT_ACCESS
from web.auth.roles import Role
from web.auth.trail.access import Deed
from web.auth.viewer import EVERYTHING
from web.clock import today
from web.exports.typesetting import _data
from web.presenters.administration.subject_access import ERASED, NOTHING, Request, subject_report
from web.queries.administration.subject_access import SubjectAccessQuery, subject_by_identity, subject_record
from web.settings import DATABASE, Settings

from .browser import Person, a_person, access_trail, an_account
from .conftest import KEYS, CommandLine
from .http import Asker, a_token, assert_problem
from .subject import IDENTITY, OTHERS_WORDS, History, with_traps

GOLDEN: Final = Path(__file__).parents[1] / "golden" / "subject_access.txt"
CASE: Final = "SAR 12"
WHO: Final = dict(zip(("first_initial", "surname_initial", "born_on", "sex"), IDENTITY, strict=True))
OWN_REFERENCES: Final = ("OWNREF", "OLDREF", "NEWREF", "GAINREF", "GONEREF", "SHAREDREF", "ELSEREF")
NOBODY: Final = ("N", "N", "1950-01-01", "M")


@dataclass
class Desk:
    """The service over the history; whoever asks often is somebody else each time, since each may ask 20 times."""

    history: History
    app: Flask
    people: list[Person] = field(default_factory=list)
    posts: int = 0

    def page(self, form: str, **said: str) -> Any:
        """What the page answers to the form."""
        if self.posts % 10 == 0:
            name = f"Cora {len(self.people)}"
            an_account(self.app, name, Role.COMMISSIONER)
            self.people.append(a_person(self.app, name))
        self.posts += 1
        fields = {"case": CASE, "as": form, **(said or WHO)}
        return self.people[-1].post("/subject-access", "/subject-access", **fields)

    def program(self) -> Asker:
        """A program with a token of its own."""
        return Asker(self.app.test_client(), a_token(self.app, Role.COMMISSIONER))

    def program_asks(self, **given: Any) -> Any:
        """What the API answers."""
        return self.program().post("/subject-access", json={"identity": WHO, "reason": CASE} | given)

    def lines(self, **asked: Any) -> list[Any]:
        return access_trail(self.app, **{"limit": 1_000, **asked})


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("subject")
    history = with_traps(CommandLine(folder, {DATABASE: f"sqlite:///{folder / 'recount.db'}", **KEYS}))
    app = create_app(Settings.from_environment(history.recount.settings), TESTING=True)
    yield Desk(history, app)
    app.extensions["recount"].close()


def own(desk: Desk) -> Any:
    return json.loads(desk.history.own("--json"))["subject_access"]


# -- what is in it ---------------------------------------------------------------------------------------------------


def read(history: History) -> str:
    """The document without what is another each day, or with each question."""
    told = re.sub(r"\d+ \w+ 20(2[5-9]|[3-9]\d)", "TODAY", history.own())
    told = re.sub(r"\d+ requests? like yours (was|were)", "REQUESTS like yours were", told)
    told = re.sub(r"\d+ more looks? at", "SOME more looks at", told)
    return re.sub("[ ]{2,}", "  ", re.sub("─+", "──", told))


def test_the_document_is_as_it_was_read(desk: Desk) -> None:
    told = read(desk.history)
    if os.environ.get("RECOUNT_WRITE_GOLDEN"):
        GOLDEN.write_text(told)
    assert told == GOLDEN.read_text(), "run 'make golden' and read the difference"


@pytest.mark.postgres
def test_on_a_server_it_is_the_same(postgresql_url: sa.URL, tmp_path: Path) -> None:
    recount = CommandLine(tmp_path, {DATABASE: in_a_schema(postgresql_url), **KEYS})
    assert read(with_traps(recount)) == GOLDEN.read_text()


def test_every_record_of_the_person_is_in_it_with_where_it_came_from(desk: Desk) -> None:
    document = own(desk)
    assert document["held"] == "records"
    by_reference = {one["client_reference"]: one for one in document["episodes"]}
    assert set(by_reference) == set(OWN_REFERENCES)
    main = {one["fact"]: one for one in by_reference["OWNREF"]["facts"]}
    assert set(main) == {
        *("referral", "start", "intervention:M1", "intervention-end:M1", "top:T1", "exit"),
        "review:recovery-plan:2017-01-20",
    }
    assert main["exit"]["said"] == {"discharged_on": "2017-02-20", "reason": 82}
    assert main["exit"]["source"]["file"] == "H0001-20170201-20170228-TREAT-IN-P.csv"
    assert main["exit"]["source"]["received_on"] == "2017-03-14"
    assert main["start"]["source"]["row"] == 1
    (change,) = by_reference["OWNREF"]["changes"]
    assert (change["before"]["reason"], change["now"]["reason"]) == (80, 82)


def test_records_that_changed_hands_are_told_apart(desk: Desk) -> None:
    document = own(desk)
    gained = next(one for one in document["episodes"] if one["client_reference"] == "GAINREF")
    assert (gained["taken_over"], gained["since"]["received_on"]) == (True, "2017-03-10")
    assert {one["source"]["received_on"] for one in gained["facts"]} == {"2017-03-10"}
    assert gained["changes"] == []
    assert document["passed_on"] == [{"from_day": "2017-02-10", "to_day": "2017-03-10", "records": 3}]


def test_a_joined_reference_and_what_was_taken_back(desk: Desk) -> None:
    by_reference = {one["client_reference"]: one for one in own(desk)["episodes"]}
    assert by_reference["OLDREF"]["joined_on"] == "2017-03-11"
    assert by_reference["OLDREF"]["facts"] == []
    assert {one["fact"]: one["now"] for one in by_reference["GONEREF"]["changes"]} == dict.fromkeys(
        ("referral", "start", "intervention:M4")
    )
    (rejected,) = own(desk)["rejected_rows"]
    assert (rejected["client_reference"], rejected["source"]["row"]) == ("OWNREF", 1)


def test_the_published_figures_are_those_of_the_persons_own_records(desk: Desk) -> None:
    document = own(desk)
    shown = [(one["cut"], one["measure"], one["counted"]) for one in document["figures"]]
    assert (None, "N.treatment", True) in shown
    assert ("Board of February", "4.0", False) in shown
    # Those that count records and not people: how this one stood there rests on somebody else's record, too.
    assert document["figures_withheld"] == 2


def test_what_was_chosen_of_a_list_is_in_it_and_no_words_that_may_speak_of_others(desk: Desk) -> None:
    written = own(desk)["written"]
    assert {one["client_reference"] for one in written["audited"]} == {"OWNREF", "NEWREF", "GAINREF", "SHAREDREF"}
    assert {(one["held_on"], mark["item"], mark["state"]) for one in written["audited"] for mark in one["marks"]} == {
        ("2017-04-11", "recovery-plan", "in date"), ("2017-04-11", "risk-assessment", "missing")
    }  # fmt: skip
    [row] = written["disputed"]
    [answer] = row["answers"]
    assert (row["client_reference"], row["ours"], row["theirs"]) == ("OWNREF", "not-counted", "counted")
    assert (answer["party"], answer["verdict"], answer["reason"]) == ("provider", "contested", "exit")


def test_how_long_it_is_kept(desk: Desk) -> None:
    kept = {one["kind"]: (one["due_on"], one["months"]) for one in own(desk)["retention"]}
    assert kept == {"treatment": (None, 96), "withdrawn": ("2018-03-13", 12)}


def test_who_looked_as_far_as_it_can_be_told(desk: Desk) -> None:
    auditor = Asker(desk.app.test_client(), a_token(desk.app, Role.AUDITOR))
    before = own(desk)["looks"]
    auditor.json("/members", measure="4.0", as_of="2017-01-31")
    auditor.json("/members", measure="4.2", as_of="2017-01-31")
    auditor.json("/worklists/start-tops-due", as_of="2017-01-31")
    after = own(desk)["looks"]
    assert [(one["role"], one["measure"], one["times"]) for one in after["lists"]][len(before["lists"]) :] == [
        ("auditor", "4.0", 1)
    ]
    assert after["untold"] == before["untold"] + 1
    assert after["answers"] == before["answers"] + 1


# -- nobody else -----------------------------------------------------------------------------------------------------


def _typeset(desk: Desk) -> str:
    """What the typesetter is given, and every stream of the PDF that can be read."""
    content = desk.page("pdf").data
    assert content.startswith(b"%PDF-")
    with desk.app.app_context(), services().snapshot() as snapshot:
        subject = subject_by_identity(services().client_key, "QZ", date.fromisoformat(IDENTITY[2]), IDENTITY[3])
        record = subject_record(snapshot, EVERYTHING, SubjectAccessQuery(subject, today()))
        given = json.dumps(_data(subject_report(record, Request(CASE)), {}), ensure_ascii=False)
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    return given + b"".join(filter(None, map(_inflated, streams))).decode("latin-1") + content.decode("latin-1")


def _inflated(stream: bytes) -> bytes | None:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return None


def _docx(content: bytes) -> str:
    paper = Document(io.BytesIO(content))
    cells = [cell.text for table in paper.tables for line in table.rows for cell in line.cells]
    return "\n".join(
        [*(one.text for one in paper.paragraphs), *cells, *(one.text for one in paper.sections[0].footer.paragraphs)]
    )


FORMS: Final[dict[str, Callable[[Desk], str]]] = {
    "terminal": lambda desk: desk.history.own(),
    "json by command": lambda desk: desk.history.own("--json"),
    "json by program": lambda desk: desk.program_asks().text,
    "json by page": lambda desk: desk.page("json").text,
    "page": lambda desk: re.sub(r"<form.*?</form>", "", desk.page("page").text, flags=re.DOTALL),
    "docx": lambda desk: _docx(desk.page("docx").data),
    "pdf": _typeset,
}


@pytest.mark.parametrize("form", FORMS)
def test_nobody_else_is_in_any_form_of_it(desk: Desk, form: str) -> None:
    told = FORMS[form](desk)
    assert "OWNREF" in told
    assert [word for word in OTHERS_WORDS if word in told] == []
    assert [number for number in _others(desk) if number in told] == []
    # Nor what was said at the desk: not even of the person.
    assert IDENTITY[2] not in told
    assert "17 May 1980" not in told


def _others(desk: Desk) -> list[str]:
    """The numbers of all other people, and of all episodes."""
    with desk.app.app_context(), reading(services().engine) as connection:
        t = tables.episode.c
        rows = list(connection.execute(sa.select(t.client, t.episode)))
    mine = own(desk)["client"]
    clients = {client_text(client) for client, _ in rows} - {mine}
    assert len(clients) == 2
    return [*clients, *(str(episode) for _, episode in rows), *(episode.hex for _, episode in rows)]


def test_another_persons_document_has_none_of_this_ones(desk: Desk) -> None:
    told = desk.history.own(who=("X", "V", "1971-02-03", "M"))
    assert "OTHERREF" in told
    assert "AWAYREF" in told
    assert [word for word in OWN_REFERENCES if word in told and word != "SHAREDREF"] == []
    assert "Until 10 March 2017 this record stood under other details" in told


def test_a_record_that_was_joined_into_somebody_elses_is_told_of_and_not_shown(embedded: CommandLine) -> None:
    history = History(embedded)
    # Only references of people who differ in one element can be joined: a twin's can.
    other = {"FINITIAL": "T", "CLIENT": "OTHERREF", "EPISODID": "EP-OTHER"}
    history.send("01", "2017-02-10", {"CLIENT": "STRAYREF", "EPISODID": "EP-STRAY"}, other)
    mapping = embedded.folder / "mapping.csv"
    mapping.write_text("AGNCY,CLIENT,EPISODID,NEW_CLIENT,NEW_EPISODID\nH0001,STRAYREF,EP-STRAY,OTHERREF,EP-OTHER\n")
    embedded("rekey", mapping, "--received-on", "2017-02-11")
    document = json.loads(history.own("--json"))["subject_access"]
    assert document["episodes"] == []
    assert document["passed_on"] == [{"from_day": "2017-02-10", "to_day": "2017-02-11", "records": 3}]
    told = history.own()
    assert [word for word in ("OTHERREF", "EP-OTHER", "STRAYREF", "EP-STRAY") if word in told] == []


def test_a_reference_of_two_people_is_refused_and_names_neither(desk: Desk) -> None:
    answer = desk.program_asks(identity=None, reference={"agency": "H0001", "client_reference": "SHAREDREF"})
    assert_problem(answer, 422, "client-is-two-people")
    assert [number for number in (*_others(desk), own(desk)["client"]) if number in answer.text] == []
    typed = "H0001\nSHAREDREF\nEP-SHARED\n"
    arguments = ("subject-access", "--case", CASE, "--by-reference", "--json")
    found = json.loads(desk.history.recount(*arguments, typed=typed).stdout)["subject_access"]
    assert found["client"] == own(desk)["client"]


# -- what is left of the request ---------------------------------------------------------------------------------------


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record))


def test_what_was_said_at_the_desk_is_kept_nowhere(desk: Desk) -> None:
    log = _Kept()
    logging.getLogger().addHandler(log)
    by_reference = {"agency": "H0001", "client_reference": "NOBODYREF", "episode_reference": "NOBODYEP"}
    answers = [
        desk.page("page"),
        desk.page("pdf"),
        desk.program_asks(),
        desk.program_asks(identity=None, reference=by_reference),
        desk.program_asks(identity={**WHO, "sex": "NOBODYSEX"}),
        desk.program_asks(identity={**WHO, "born_on": "17/05/1980"}),
    ]
    logging.getLogger().removeHandler(log)
    assert [one.status_code for one in answers] == [200, 200, 200, 200, 422, 422]
    desk.history.own()
    for answer in answers:
        assert IDENTITY[2] not in f"{answer.headers} {answer.request.url}"
    for answer in answers[2:]:
        assert not re.search(r"1980|NOBODY", answer.text.replace('"born_on"', ""))
    noted = "\n".join(map(repr, desk.lines()))
    said = "\n".join(log.said)
    for word in (IDENTITY[2], "17/05/1980", "NOBODYREF", "NOBODYEP", "QZ", *_own_numbers(desk)):
        assert word not in noted
        assert word not in said
    folder = desk.history.recount.folder
    stored = b"".join(path.read_bytes() for path in folder.glob("recount.db*"))
    for word in (b"1980-05-17", b"17/05/1980", b"NOBODYREF", b"NOBODYEP"):
        assert word not in stored


def _own_numbers(desk: Desk) -> list[str]:
    return [own(desk)["client"]]


@pytest.mark.parametrize("form", ["page", "pdf"])
def test_that_somebody_asked_is_noted_with_the_case(desk: Desk, form: str) -> None:
    desk.page(form)
    entry = desk.lines(limit=1)[0]
    assert entry.actor.startswith("Cora ")
    assert (entry.deed, entry.about, entry.reason) == (
        Deed.LOOKED, "subject_access_pages.answer", CASE,
    )  # fmt: skip
    assert entry.question == {"by": "identity"} | ({} if form == "page" else {"form": form})


def test_by_command_it_is_noted_too(desk: Desk) -> None:
    desk.history.own(who=NOBODY)
    entry = desk.lines(limit=1)[0]
    assert (entry.deed, entry.about, entry.reason, entry.question) == (
        Deed.LOOKED, "subject-access", CASE, {"by": "identity"},
    )  # fmt: skip


# -- nothing, and what was erased --------------------------------------------------------------------------------------


def test_of_whom_nothing_is_held_it_says_so_and_is_noted(desk: Desk) -> None:
    before = len(desk.lines(deed=Deed.LOOKED))
    unknown = dict(zip(WHO, NOBODY, strict=True))
    answer = desk.page("page", **unknown)
    assert NOTHING in answer.text.replace("&#39;", "'")
    assert len(desk.lines(deed=Deed.LOOKED)) == before + 1
    document = desk.program_asks(identity=unknown).get_json()
    assert (document["held"], document["client"], document["episodes"]) == ("nothing", None, [])


def test_of_the_erased_nothing_is_left_but_the_hash(embedded: CommandLine) -> None:
    path = write(embedded.folder, [row(CLIENT="OWNREF"), row(CLIENT="C2", SINITIAL="X")])
    embedded("submit", "--received-on", "2017-02-10", path)
    embedded("erase", "H0001", "OWNREF", "--reason", "request 3")
    told = History(embedded).own()
    assert ERASED.partition("{day}")[0] in told
    assert "OWNREF" not in told
    document = json.loads(History(embedded).own("--json"))["subject_access"]
    assert (document["held"], document["client"]) == ("erased", None)
    reference = embedded.json("subject-access", "--case", CASE, "--by-reference", typed="H0001\nOWNREF\n1\n")
    assert reference["subject_access"]["held"] == "erased"


# -- the form, and how often -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"case": ""}, "Enter the case number of the request."),
        ({**WHO, "born_on": ""}, "Enter the date of birth."),
        ({**WHO, "born_on": "1980"}, "This is not a date."),
        ({**WHO, "sex": "X"}, "Choose the sex as services report it."),
        ({"agency": "H0001"}, "Enter the agency’s number for the person."),
        ({"agency": "H 1", "client_reference": "C"}, "Enter the code of the agency, like H0001."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_looked_up(desk: Desk, said: dict[str, str], sentence: str) -> None:
    before = len(desk.lines(deed=Deed.LOOKED))
    answer = desk.page("page", **said)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert len(desk.lines(deed=Deed.LOOKED)) == before


@pytest.mark.parametrize("letter", ["\x00", "\ud800", "\x1f", "\x7f"])
def test_what_no_file_can_hold_is_refused_and_not_repeated(desk: Desk, letter: str) -> None:
    for asked in (
        {"identity": {**WHO, "first_initial": letter}},
        {"identity": None, "reference": {"agency": "H0001", "client_reference": f"A{letter}"}},
        {"identity": None, "reference": {"agency": "H0001", "client_reference": "A", "episode_reference": letter}},
    ):
        answer = desk.program_asks(**asked)
        assert 400 <= answer.status_code < 500
        assert letter not in answer.text
    assert 400 <= desk.page("page", agency="H0001", client_reference="A\x00B").status_code < 500


def test_a_list_of_people_cannot_be_tried(desk: Desk) -> None:
    most = SUBJECT_ACCESS[0].amount
    program, asked = desk.program(), {"identity": dict(zip(WHO, NOBODY, strict=True)), "reason": CASE}
    answers = [program.post("/subject-access", json=asked).status_code for _ in range(most + 1)]
    assert answers == [200] * most + [429]
