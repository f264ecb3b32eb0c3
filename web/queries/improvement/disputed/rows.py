"""The clients behind a dispute's rows: named by a party, found in the records, and shown to who may read them."""

import csv
from collections.abc import Iterator
from typing import Final
from uuid import UUID

from domain.errors import Refused
from domain.improvement.disputed.course import DisputeCourse
from domain.improvement.disputed.steps import MOST_ROWS, DisputeRow, Place
from domain.improvement.written import written_line
from domain.measures.families import Unit
from domain.measures.registry import Measure
from domain.standpoint import Standpoint
from projections.claims.reconciliation import Listed
from projections.improvement.disputed import named_by, newest_episodes, references_of
from projections.standings.slices import Slice
from web.auth.viewer import Viewer
from web.queries import others
from web.queries.contract_life.disputes import DisputeResult
from web.queries.explain.claims import check_list
from web.queries.result import Result
from web.snapshot import Snapshot

PLACE_OF: Final[dict[str, Place]] = {
    "counted": "counted",
    "not counted": "not-counted",
    "not-counted": "not-counted",
    "out": "out",
}
"""What may be written of where a client should be."""
_MOST_CHARACTERS: Final = 100_000
_CELLS: Final = 4

REFUSALS: Final = {
    "dispute-rows-unreadable": "A line does not name an agency, a reference, where the client should be, and why.",
    "dispute-rows-number": "There is no row, or there are more than 200.",
    "dispute-rows-of-episodes": "The measure does not count people by their journeys.",
    "dispute-rows-entered": "The figure was entered by hand, so no client stands behind it.",
    "dispute-row-unknown": "A reference is in no file that was taken in.",
    "dispute-row-several": "A reference is of several people.",
    "dispute-row-twice": "A client is on two lines.",
    "dispute-row-no-difference": "Ours has the client there already.",
}
"""Why rows are refused, by code; nothing is stored then."""


def named_rows(snapshot: Snapshot, viewer: Viewer, dispute: DisputeResult, text: str) -> tuple[DisputeRow, ...]:
    """The rows that a party lists, numbered from 1: on each line the agency, its reference of the client, where the
    client should be ("counted", "not counted" or "out"), and why.

    Raises:
        Refused: a line cannot be read, names nobody on record, somebody twice, another agency's client (of a provider),
            or somebody whom ours has there already; or the figure is none of people.
    """
    measure = _measure_of_people(dispute)
    listed = list(_listed(text))
    check_list(viewer, (line for line, _, _ in listed))
    ours, rows, seen = _ours(snapshot, viewer, measure, dispute), list[DisputeRow](), set[int]()
    for place, (line, theirs, words) in enumerate(listed, 1):
        named = named_by(snapshot.connection, snapshot.generation, line)
        if named.client in seen:
            raise Refused("dispute-row-twice", f"Line {line.line}: {line.reference} is a client of an earlier line.")
        seen.add(named.client)
        at = ours.get(named.client, "out")
        if at == theirs or (measure.kind == "count" and "counted" not in {at, theirs}):
            raise Refused(
                "dispute-row-no-difference",
                f"Line {line.line}: ours has {line.reference} there already. Leave the line out.",
            )
        rows.append(DisputeRow(place, named.episode, line.agency, at, theirs, words))
    return tuple(rows)


def _measure_of_people(dispute: DisputeResult) -> Measure:
    if dispute.entered:
        raise Refused("dispute-rows-entered", "This figure was entered by hand: no client stands behind it.")
    if dispute.measure.family.unit is not Unit.JOURNEY:
        raise Refused(
            "dispute-rows-of-episodes",
            f"{dispute.measure.name} does not count people by their journeys, so it has no rows of clients.",
        )
    return dispute.measure


def _listed(text: str) -> Iterator[tuple[Listed, Place, str]]:
    if len(text) > _MOST_CHARACTERS:
        raise Refused("dispute-rows-number", f"These are too many lines; {MOST_ROWS} are the most.")
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not 1 <= len(lines) <= MOST_ROWS:
        raise Refused("dispute-rows-number", f"Name 1 to {MOST_ROWS} clients, each on a line of its own.")
    for number, line in lines:
        cells = [cell.strip() for cell in next(csv.reader([line], skipinitialspace=True))]
        place = PLACE_OF.get(cells[2].lower()) if len(cells) >= _CELLS else None
        # A database takes no NUL, and no file has a reference that cannot be printed.
        if place is None or not all(cell and cell.isprintable() for cell in cells[:2]):
            raise Refused(
                "dispute-rows-unreadable",
                f"Line {number} cannot be read. Write it like: H0001, C12, out, Left in May for another town.",
            )
        reference, _, episode = cells[1].partition("/")
        words = written_line(", ".join(cells[3:]), f"reason on line {number}")
        yield Listed(number, cells[0].upper(), reference, episode or None), place, words


def _ours(snapshot: Snapshot, viewer: Viewer, measure: Measure, dispute: DisputeResult) -> dict[int, Place]:
    """Where ours has each client of the figure, from the standpoint of the dispute."""
    standpoint = snapshot.standpoint(dispute.standpoint.as_of, dispute.standpoint.position)
    others.check_standpoint(snapshot, viewer, dispute.slice, standpoint)
    figure, standings = snapshot.standings(measure, standpoint, dispute.slice)
    others.check_enough(snapshot, viewer, figure)
    return {one.client: "counted" if one.counted else "not-counted" for one in standings}


def no_longer_counted(
    snapshot: Snapshot, measure: Measure, agency: str, before: Standpoint, after: Standpoint
) -> list[UUID]:
    """An episode of each of an agency's clients who are counted from one standpoint, and not from the other.

    It is redacted for nobody: for what is written on the machine itself.
    """
    counted = [
        {one.client for one in snapshot.standings(measure, standpoint, Slice(agency=agency))[1] if one.counted}
        for standpoint in (before, after)
    ]
    return newest_episodes(snapshot.connection, snapshot.generation, agency, counted[0] - counted[1])


class DisputeReference(Result, frozen=True):
    """How an agency calls the client of a row; null where nothing is on record of the client any more."""

    row: int
    reference: str | None


class DisputeReferencesResult(Result, frozen=True):
    """The clients of a dispute's rows; a provider reads its own agencies' alone."""

    references: list[DisputeReference]

    @property
    def of_row(self) -> dict[int, str | None]:
        """By the number of the row."""
        return {one.row: one.reference for one in self.references}


def references(snapshot: Snapshot, viewer: Viewer, number: int) -> DisputeReferencesResult:
    """The clients of the rows of a dispute that the viewer may read; looking at single clients is noted before."""
    dispute = next(one for one in snapshot.disputes if one.number == number)
    rows = [one.row for one in DisputeCourse(dispute).rows if not viewer.is_provider or one.row.agency in viewer.own]
    named = references_of(snapshot.connection, snapshot.generation, _episodes(rows)) if rows else {}
    return DisputeReferencesResult([DisputeReference(row.row, named.get(row.episode)) for row in rows])


def _episodes(rows: list[DisputeRow]) -> list[UUID]:
    return [row.episode for row in rows]
