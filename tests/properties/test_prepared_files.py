"""Raw or prepared, the files of the same people are the same knowledge: facts, standings, figures, rejections."""

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from domain.client import ClientKey
from domain.errors import Refused
from domain.log.database import make_engine, reading
from domain.log.mapper import Event
from domain.log.reading import read
from domain.log.tables import create_all
from domain.measures.registry import MEASURES
from domain.register import Register
from domain.submission import SubmissionReceived
from projections.standings.engine import Figure
from projections.standings.slices import Slice
from tests.conftest import Clock
from tests.files import KEY, TODAY, Choose, Row, Sender
from tests.ledger import a_register
from tests.unit.intake.files import row, write
from web.commands.commit import Receipt
from web.commands.ingest.plan import FileOptions
from web.commands.ingest.submission import Submission
from web.commands.ingest.take_in import take_in
from web.files.checks.episodes import check_episode
from web.files.checks.rows import Circumstances
from web.files.prepare import prepare
from web.files.reading import read_path
from web.snapshot import Snapshot

from .conftest import examples
from .test_database import rows_of

BORN = ["1980-05-17", "1999-01-03", "2001-02-28", "29/02/2000", "09/01/1999", "2004-12-31"]
DAYS = [date(2017, 1, 31), date(2017, 12, 31), date(2018, 6, 30)]


@dataclass
class Desk(Sender):
    """An agency whose files go into one database as they are, and into another one prepared, or some of them so.

    Which of them, is decided by their bytes: the same file again is sent as it was before.
    """

    second: Register | None = None
    prepares: Callable[[bytes], bool] = lambda _data: True
    raw_of: dict[bytes, bytes] = field(default_factory=dict)

    def _row(self, client: str) -> Row:
        return super()._row(client) | {"DOB": self.choose(BORN), "SEX": self.choose(["F", "F", "M"])}

    def _take(self, path: Path, received_on: date, options: dict[str, bool]) -> Submission:
        assert self.second
        raw: Submission | Refused
        try:
            raw = super()._take(path, received_on, options)
        except Refused as refused:
            raw = refused
        try:
            sent = self._sent(path, received_on)
            receipt = Receipt(received_on, TODAY, "Ann", "provider")
            second: Submission | Refused = take_in(self.second, KEY, sent, receipt, FileOptions(**options))
        except Refused as refused:
            second = refused
        if isinstance(raw, Refused):
            assert isinstance(second, Refused)
            # The desk does not know what was received before, and finds other faults first.
            assert raw.code == second.code or raw.code.startswith("received-")
            raise raw
        assert isinstance(second, Submission)
        assert essentials(raw) == essentials(second)
        return raw

    def _sent(self, path: Path, received_on: date) -> Path:
        if path.exists() and not self.prepares(path.read_bytes()):
            return path
        prepared = prepare(path, KEY, received_on)
        # What differs in wrong values alone is prepared alike, and would be received already.
        known = self.raw_of.setdefault(prepared.data, path.read_bytes())
        return prepared.write(self.folder / "sent") if known == path.read_bytes() else path


def essentials(submission: Submission) -> dict[str, Any]:
    """What became of a file, but for its bytes, and for what messages say of values that only a raw file has."""
    said = {name: value for name, value in msgspec.structs.asdict(submission).items() if name not in {"file", "sha256"}}
    rejected = [(r.row, r.column, r.code) for r in submission.rejected]
    return said | {"rejected": rejected, "notices": {(n.row, n.code) for n in submission.notices if n.column != "DOB"}}


@contextmanager
def desk(choose: Choose, prepares: Callable[[bytes], bool] = lambda _data: True) -> Iterator[Desk]:
    with tempfile.TemporaryDirectory() as folder:
        engines = [make_engine(f"sqlite:///{Path(folder) / name}.db") for name in ("raw", "prepared")]
        try:
            for engine in engines:
                create_all(engine)
            first, second = (a_register(e, Clock(datetime(2018, 1, 1, 9, 0, tzinfo=UTC))) for e in engines)
            yield Desk(first, Path(folder), choose, second=second, prepares=prepares)
        finally:
            for engine in engines:
                engine.dispose()


def events_of(register: Register) -> list[Event]:
    """The log; of a submission without what differs between a raw and a prepared file."""
    with reading(register.engine) as connection:
        return [_without_bytes(recorded.event) for recorded in read(connection, register.mapper, 0)]


def _without_bytes(event: Event) -> Event:
    if not isinstance(event, SubmissionReceived):
        return event
    rejected = tuple(msgspec.structs.replace(r, message="") for r in event.rejected)
    return msgspec.structs.replace(event, file="", sha256="", notices=(), rejected=rejected)


def figures_of(register: Register) -> list[Figure]:
    """Every figure, as of a few days, as known at each position of a submission."""
    with reading(register.engine) as connection:
        snapshot = Snapshot.of(connection, register.mapper)
        positions = snapshot.submissions.positions
        return [
            figure
            for position in positions
            for day in DAYS
            for where in (Slice(), Slice(young_people=True))
            for figure in snapshot.figures(MEASURES, snapshot.standpoint(day, position), where)
        ]


def check_alike(sender: Desk) -> None:
    assert sender.second
    assert events_of(sender.register) == events_of(sender.second)
    first, second = rows_of(sender.register.engine), rows_of(sender.second.engine)
    assert (first["standing"], first["episode"]) == (second["standing"], second["episode"])
    assert figures_of(sender.register) == figures_of(sender.second)


@examples(12)
@given(st.data())
def test_raw_and_prepared_files_are_the_same_knowledge(data: st.DataObject) -> None:
    with desk(lambda choices: data.draw(st.sampled_from(choices))) as sender:
        sender.send(3)
        check_alike(sender)


def test_long_series_of_files_some_of_them_prepared() -> None:
    """Whichever way each file comes, nothing changes for that alone."""
    taken = 0
    for seed in range(4):
        with desk(random.Random(seed).choice, lambda data: len(data) % 2 == 0) as sender:
            taken += sum(outcome.submission is not None for outcome in sender.send(12).outcomes)
            check_alike(sender)
            assert sender.raw_of
    assert taken > 12


# -- facts alone: many people, quickly ----------------------------------------------------------------------------

STREAM = UUID(int=1)
days = st.dates(date(1995, 1, 1), date(2017, 1, 31))
births = st.one_of(
    st.dates(date(1903, 1, 1), date(2017, 1, 31)),
    st.sampled_from([date(1996, 2, 29), date(2000, 2, 29), date(1992, 2, 29), date(1995, 2, 28)]),
)
edges = st.sampled_from([date(2010, 2, 28), date(2010, 3, 1), date(2014, 2, 28), date(2016, 2, 29), date(2013, 2, 28)])


@st.composite
def people(draw: st.DrawFn) -> Row:
    """A person, referred and triaged at any age."""
    born, *on = sorted([draw(births), draw(days | edges), draw(days | edges)])
    referred, triaged = draw(st.sampled_from([tuple(on), (None, on[1]), (on[0], None)]))
    said = {"DOB": f"{born:%d/%m/%Y}" if born.year > 999 else "", "MODID": "", "MODAL": "", "MODST": ""}
    said |= {"REFLD": referred.isoformat() if referred else "", "TRIAGED": triaged.isoformat() if triaged else ""}
    initial = st.sampled_from(["Q", "q", "Quentin", "\u00e9", "9"])
    return row(**said, FINITIAL=draw(initial), SINITIAL=draw(initial), SEX=draw(st.sampled_from("MFU")))


@examples(150)
@given(people())
def test_facts_of_a_person_are_the_same(person: Row) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), [person])
        sent = prepare(path, KEY, TODAY).write(Path(folder))
        raw, prepared = (_facts(p, KEY) for p in (path, sent))
    assert raw
    assert raw == prepared


def _facts(path: Path, key: ClientKey) -> dict[str, Any]:
    file = read_path(path)
    circumstances = Circumstances(file.name.schema, file.name.agency, file.name.last_day, TODAY, key)
    checked = check_episode(STREAM, [(1, file.values(1))], circumstances)
    assert checked.reported, checked.rejections
    return dict(checked.reported.facts)
