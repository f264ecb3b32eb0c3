"""What stands beside the log and can still be held against it: settings, the stop-list, who was kept out of a file,
earlier verifications. Of the other tables docs/explanation/proof.md says why nothing is found in them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec
import sqlalchemy as sa

from domain.client import ClientKey
from domain.episode.events import Erased
from domain.log.database import stored_bytes
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded, last_position, read_topics
from domain.log.tables import CLIENT_KEY, log, setting
from domain.submission import REQUEST, ErasureCarriedOut, SubmissionReceived
from projections.projector.comparison import Check
from projections.store import generations
from projections.store.submissions import load_aliases
from projections.store.tables import kept_out
from web import stop_list
from web.queries.administration.backups import NEWEST as NEWEST_BACKUP
from web.queries.administration.verification import VerificationResult
from web.services import Services
from web.snapshot import DEMONSTRATION
from web.stop_list import StopEntry
from web.tables import outcome

_SETTINGS: Final = frozenset({CLIENT_KEY, DEMONSTRATION, NEWEST_BACKUP})
"""The names of all that is set in a database."""


def checks_beside(services: Services) -> Sequence[Callable[[sa.Connection], Check]]:
    """The checks, for a verification to ask of its snapshot."""
    mapper, settings = services.mapper, services.settings
    return (
        lambda connection: _check("settings", len(_SETTINGS), _setting_faults(connection, settings.client_key)),
        lambda connection: _StopList(connection, mapper, settings.client_key).check(settings.stop_list),
        lambda connection: _check("kept-out rows", _size(connection, kept_out), _kept_out_faults(connection, mapper)),
        lambda connection: _check("verifications", _size(connection, outcome), _outcome_faults(connection)),
    )


def _check(name: str, size: int, differences: Iterable[str]) -> Check:
    return Check.of(name, size, list(differences))


def _size(connection: sa.Connection, table: sa.Table) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def _setting_faults(connection: sa.Connection, client_key: ClientKey) -> Iterator[str]:
    rows = connection.execute(sa.select(setting.c.name, setting.c.value))
    stored = {name: stored_bytes(value) for name, value in rows}
    if stored.get(CLIENT_KEY, client_key.check_value()) != client_key.check_value():
        yield "The database says that it was filled with another client key."
    if CLIENT_KEY not in stored and _has_file(connection):  # what is agreed beforehand names nobody
        yield "The database does not say any more with which client key it was filled."
    yield from (
        f"There is a setting '{name}', which is none of Recount's." for name in sorted(stored.keys() - _SETTINGS)
    )


def _has_file(connection: sa.Connection) -> bool:
    files = sa.exists().where(log.c.topic == SubmissionReceived.TOPIC)
    return bool(connection.execute(sa.select(files)).scalar_one())


class _StopList:
    """The stop-list of the database against the log's erasures, and against the file beside the keys.

    An entry is a keyed hash, so of one that was added nobody without the client key can say whom it names: it keeps
    nobody out.
    """

    def __init__(self, connection: sa.Connection, mapper: JsonMapper, client_key: ClientKey) -> None:
        self._key = client_key
        self._entries = {entry.entry: entry for entry in stop_list.load(connection)}
        self._aliases = load_aliases(connection, mapper, generations.live(connection))
        self._erased: dict[UUID, list[Recorded]] = {}
        for one in read_topics(connection, mapper, [Erased.TOPIC]):
            self._erased.setdefault(one.event.originator_id, []).append(one)
        commits = [one.event for one in read_topics(connection, mapper, [ErasureCarriedOut.TOPIC])]
        self._by_word = {event.submission for event in commits}
        self._requests = sum(isinstance(event, ErasureCarriedOut) and event.basis == REQUEST for event in commits)

    def check(self, file: Path | None) -> Check:
        """What is wrong with it; without a file, or while there is none yet, only the log is asked."""
        differences = [*self._against_the_log(), *(self._against_file(stop_list.read_file(file)) if file else ())]
        return Check.of("stop-list", len(self._entries), differences)

    def _against_the_log(self) -> Iterator[str]:
        of_episodes = set[bytes]()
        for stream, erasures in self._erased.items():
            entry = self._entry_of(stream)
            if entry is None:
                yield f"The stop-list lacks the episode that was erased at position {erasures[-1].position}."
                continue
            of_episodes.add(entry.entry)
            yield from self._entry_faults(entry, erasures)
        persons = sum(entry.keeps_out for name, entry in self._entries.items() if name not in of_episodes)
        if persons < self._requests:
            yield f"{self._requests} people were erased on request, but the stop-list keeps out {persons} people."

    def _entry_faults(self, entry: StopEntry, erasures: Sequence[Recorded]) -> Iterator[str]:
        """What does not fit the erasures of an episode; whom only files erased, files may bring back."""
        *_, last = erasures
        if entry.recorded_at < last.recorded_at:
            yield f"The stop-list has an earlier moment of the episode that was erased at position {last.position}."
        if entry.keeps_out and not any(one.event.submission in self._by_word for one in erasures):
            yield f"The stop-list keeps out the episode of position {last.position}, which a file may bring back."

    def _entry_of(self, stream: UUID) -> StopEntry | None:
        """That of the episode, or of the one that it was joined to."""
        names = (self._key.stopped_episode(stream), self._key.stopped_episode(self._aliases.resolve(stream)))
        return next((self._entries[name] for name in names if name in self._entries), None)

    def _against_file(self, in_file: Iterable[StopEntry]) -> Iterator[str]:
        for entry in in_file:
            stored = self._entries.get(entry.entry)
            if stored is None:
                yield f"The stop-list's file has an entry of {_moment(entry.recorded_at)} that the database lacks."
            elif stored != entry:
                yield (
                    f"The entry of {_moment(entry.recorded_at)} in the stop-list's file is another one in the database."
                )


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _kept_out_faults(connection: sa.Connection, mapper: JsonMapper) -> Iterator[str]:
    """Rows that are none of the rejected ones of the agency's newest file. What they call their episodes is not known
    to the log, which could not forget it.
    """
    files = _newest_files(read_topics(connection, mapper, [SubmissionReceived.TOPIC]))
    t = kept_out.c
    query = sa.select(t.position, t.row, t.agency, t.data_set).order_by(t.position, t.row)
    for position, row, agency, data_set in connection.execute(query):
        newest = files.get((agency, data_set))
        if newest is None or newest.position != position:
            yield f"Row {row} is stored as kept out at position {position}, where the newest file of {agency} is not."
        elif row not in {rejection.row for rejection in newest.event.rejected}:  # type: ignore[attr-defined]
            yield f"Row {row} is stored as kept out of the file at position {position}, which rejected no such row."


def _newest_files(recorded: Iterable[Recorded]) -> Mapping[tuple[str, str], Recorded]:
    newest = {}
    for one in recorded:
        assert isinstance(one.event, SubmissionReceived)
        newest[one.event.agency, one.event.data_set] = one
    return newest


def _outcome_faults(connection: sa.Connection) -> Iterator[str]:
    """Earlier verifications that looked at what the log does not have any more, or that contradict themselves."""
    last, t = last_position(connection), outcome.c
    for number, position, document in connection.execute(
        sa.select(t.number, t.position, t.document).order_by(t.number)
    ):
        if position > last:
            yield f"Verification {number} looked at position {position}, but the log ends at {last}."
        try:
            said = msgspec.json.decode(document, type=VerificationResult)
        except msgspec.MsgspecError:
            yield f"What verification {number} found cannot be read."
            continue
        if said.position != position or said.holds == any(check.found for check in said.checks):
            yield f"What verification {number} found contradicts itself."
