"""Series of monthly and review files, good and faulty by chance, as an agency might send them; and what became of them.

Faults of rows are those of the table-shaped tests of the checks; faults of files are below. A series is sent to a real
database, file after file.
"""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from domain.client import ClientKey
from domain.episode.facts import TREATMENT
from domain.errors import Refused
from domain.log.database import reading
from domain.log.reading import last_position, read
from domain.register import Register
from domain.submission import SubmissionReceived
from projections.store import tables
from tests.unit.intake.files import AGENCY, REVIEW, csv_text, name, row, write, write_reviews
from tests.unit.intake.test_checks import BETWEEN_ROWS, ONE_ROW, TOP
from web.commands.commit import Receipt
from web.commands.ingest.plan import FileOptions
from web.commands.ingest.submission import Submission
from web.commands.ingest.take_in import take_in
from web.files.consent import REFUSED, UNCLEAR, consent_in

_T = TypeVar("_T")
Choose = Callable[[Sequence[Any]], Any]
Row = dict[str, str]
EpisodeName = tuple[str, str]

KEY = ClientKey(b"a client key for tests")
TODAY = date(2018, 1, 1)
CLIENTS = [f"C{number}" for number in range(14)]
INITIALS = "ABDEGHIJKLNOPR"
"""No two clients share them, and no letter stands alone in a sentence."""

ROW_FAULTS: list[Callable[[Row], list[Row]]] = [
    *(lambda its, said=said: [its | said] for code, _, said in ONE_ROW if code != "ok"),
    *(lambda its, said=said: [its | TOP, its | TOP | said] for code, _, said in BETWEEN_ROWS if code != "ok"),
    lambda its: [its | {"MODST": "2017-12-31"}],
]
REVIEW_FAULTS: list[Callable[[Row], list[Row]]] = [
    lambda its: [its | {"WHAT": "supper"}],
    lambda its: [its | {"DATE": "soon"}],
    lambda its: [its, its | {"ROLE": "doctor"}],
    lambda its: [its | {"CLIENT": "nobody"}],
]
FILE_FAULTS: list[Callable[[str], str | bytes]] = [
    lambda text: text + "\0",
    lambda _text: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    lambda _text: "%PDF-1.7",
    lambda text: text.encode("utf-16"),
    lambda text: "\n".join(reversed(text.splitlines())),
    lambda text: text + text.partition("\n")[0].replace("DRUG2", "X"),
    lambda text: text.replace(",C1,", ",1.00E+11,"),
    lambda text: text.replace("EX01", "\x81").encode("latin-1"),
    lambda text: text + '"Q,Z',
    lambda text: text.replace("EX01", '"EX"01', 1),
    lambda text: text.replace("DRUG1", "DRAG1", 1),
    lambda text: text.replace("PREVTR", "DAT", 1),
    lambda text: text + "Q,Z\n",
    lambda text: text.partition("\n")[0] + "\n",
    lambda text: text.replace(f",{AGENCY},", ",H0009,"),
]
NAMES = [
    *("january.csv", name(first="20170231"), name(first="19891231"), name(kind="CJIT-IN-P")),
    name().replace(".csv", ".xlsx"),
]


@dataclass
class Outcome:
    """What became of one file: the submission, or why it was refused, and where the log stood before and after.

    Of a monthly file that was taken in, `consented` are the episodes in it whose rows do not speak against it, and
    `known` those of its agency that are known afterwards, by their references.
    """

    path: Path
    before: int
    after: int
    consented: frozenset[EpisodeName] = frozenset()
    known: frozenset[EpisodeName] = frozenset()
    submission: Submission | None = None
    refused: Refused | None = None


@dataclass
class Sender:
    """An agency that sends files; `choose` is chance."""

    register: Register
    folder: Path
    choose: Choose
    received_on: date = date(2017, 2, 10)
    outcomes: list[Outcome] = field(default_factory=list)

    def send(self, files: int) -> "Sender":
        """Send so many files, each a day after the one before."""
        for _ in range(files):
            kinds = (self._monthly, self._monthly, self._monthly, self._faulty, self._reviews, self._misnamed)
            path = self.choose(kinds)()
            self._submit(path)
        return self

    def _submit(self, path: Path) -> None:
        days = self.choose([1, 1, 1, 1, 1, -40, 400])
        received_on = self.received_on + timedelta(days=days)
        outcome = Outcome(path, self._position(), 0)
        options = {"complete": self.choose([False, False, True]), "accept_withdrawals": self.choose([False, True])}
        try:
            outcome.submission = self._take(path, received_on, options)
            self.received_on = received_on
            if outcome.submission.data_set == TREATMENT:
                outcome.consented, outcome.known = (
                    consented(path, outcome.submission) - self._asked_about(),
                    self._known(),
                )
        except Refused as refused:
            outcome.refused = refused
        outcome.after = self._position()
        self.outcomes.append(outcome)

    def _take(self, path: Path, received_on: date, options: dict[str, bool]) -> Submission:
        return take_in(self.register, KEY, path, Receipt(received_on, TODAY, "Ann", "provider"), FileOptions(**options))

    def _asked_about(self) -> frozenset[EpisodeName]:
        """Whose consent is unclear since an earlier file."""
        with reading(self.register.engine) as connection:
            event = read(connection, self.register.mapper, last_position(connection) - 1, limit=1)[0].event
        assert isinstance(event, SubmissionReceived)
        asked = {client for client in CLIENTS if KEY.episode(AGENCY, client, "") in event.consent_unclear}
        return frozenset((client, "1") for client in asked)

    def _known(self) -> frozenset[EpisodeName]:
        t = tables.episode.c
        with reading(self.register.engine) as connection:
            query = sa.select(t.client_reference, t.episode_reference).where(t.agency == AGENCY, t.current)
            return frozenset((client, episode) for client, episode in connection.execute(query))

    def _position(self) -> int:
        with reading(self.register.engine) as connection:
            return last_position(connection)

    def _rows(self, faulty: Sequence[int]) -> list[Row]:
        rows: list[Row] = []
        # A complete file with few of the clients is what withdraws many.
        for client in CLIENTS[: self.choose([2, len(CLIENTS), len(CLIENTS)])]:
            its = self._row(client)
            rows += self.choose(ROW_FAULTS)(its) if self.choose(faulty) else [its]
        return rows

    def _row(self, client: str) -> Row:
        number = CLIENTS.index(client)
        said = self.choose(
            [{}, {}, TOP, {"DRUG1": "7000"}, {"DISD": "2017-01-25", "DISRSN": "80"}, {"CONSENT": "N"}, {"CONSENT": "?"}]
        )
        return row(CLIENT=client, SINITIAL=INITIALS[number], MODID=f"M{number}") | said

    def _monthly(self) -> Path:
        faulty = self.choose([[0], [0, 0, 0, 1], [1]])
        return write(self.folder, self._rows(faulty))

    def _reviews(self) -> Path:
        rows = [
            of_client
            for client in CLIENTS[:5]
            for of_client in self.choose([*REVIEW_FAULTS, *[lambda its: [its]] * 4])(REVIEW | {"CLIENT": client})
        ]
        return write_reviews(self.folder, rows)

    def _faulty(self) -> Path:
        data = self.choose(FILE_FAULTS)(csv_text(self._rows([0])))
        path = self.folder / name()
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    def _misnamed(self) -> Path:
        path = self.folder / self.choose([*NAMES, name(first="20161201", last="20161231")])
        if self.choose([True, True, False]):
            path.write_text(csv_text(self._rows([0])))
        else:
            path.unlink(missing_ok=True)
        return path


def consented(path: Path, submission: Submission) -> frozenset[EpisodeName]:
    """The episodes in a monthly file that neither it nor an earlier word keeps out: CLIENT and EPISODID of each."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [{column: value or "" for column, value in its.items()} for its in csv.DictReader(file)]
    named = {(its["CLIENT"], its["EPISODID"]) for its in rows if its["AGNCY"] and its["CLIENT"] and its["EPISODID"]}
    against = {its["CLIENT"] for its in rows if consent_in(its["CONSENT"]) in {REFUSED, UNCLEAR}}
    before = (notice.row for notice in submission.notices if notice.code in {"refused-later", "erased-before"})
    against |= {rows[row - 1]["CLIENT"] for row in before}
    return frozenset(name for name in named if name[0] not in against)
