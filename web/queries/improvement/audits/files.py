"""The single files of an audit, with their references: for whoever may see these clients."""

from datetime import date

from domain.improvement.audits.item_set import ItemSet
from web.auth.viewer import Viewer
from web.queries.improvement.audits.case_file_audits import (
    AuditQuery,
    audit_within_reach,
    files_on_record,
)
from web.queries.improvement.audits.drawing import erased_streams
from web.queries.result import Result
from web.snapshot import Snapshot


class FileMark(Result, frozen=True):
    """What was found of an item in a file, beside what the records say; both empty where nothing is said.

    `on_record` is the day on which the records have it last, as known when the sample was drawn.
    """

    item: str
    state: str
    kind: str
    records_say: str
    on_record: date | None


class AuditedFile(Result, frozen=True):
    """A file of the sample. The references are null once the person was erased: what was found stays."""

    place: int
    agency: str
    stratum: str
    client_reference: str | None
    episode_reference: str | None
    erased: bool
    marks: list[FileMark]

    @property
    def reference(self) -> str:
        """The file in one cell."""
        if self.client_reference is None:
            return f"{self.agency}: erased" if self.erased else f"{self.agency}: not known any more"
        return f"{self.agency}: {self.client_reference}/{self.episode_reference}"


class AuditedFiles(Result, frozen=True):
    """The files of an audit that the viewer may see, in the order in which they were drawn."""

    number: int
    version: int
    state: str
    item_set: ItemSet
    as_of: date
    files: list[AuditedFile]

    def letters(self) -> dict[tuple[int, str], str]:
        """What was found, as it is typed, by place and item."""
        return {
            (one.place, mark.item): (mark.state[:1] + mark.kind[:1]) if mark.state else ""
            for one in self.files
            for mark in one.marks
        }


def audited_files(snapshot: Snapshot, viewer: Viewer, query: AuditQuery) -> AuditedFiles | None:
    """The files of an audit: a provider sees those of agencies whose records are its own today; None if there is none.

    Raises:
        NotOwn: the audit is not within the viewer's reach.
    """
    audit = audit_within_reach(snapshot, viewer, query.number)
    if audit is None:
        return None
    event, known = audit.drawn, files_on_record(snapshot, audit.number, audit.drawn.position)
    erased = erased_streams(snapshot, audit)
    places = [place for place, one in enumerate(event.files, 1) if not viewer.is_provider or one.agency in viewer.own]
    files = []
    for place in places:
        one = event.files[place - 1]
        record = known.get(one.episode)
        marks = [
            FileMark(
                item.code,
                mark.state if (mark := audit.marks.get((place, item.code))) else "",
                mark.kind if mark else "",
                record.state(item, event.as_of) if record and item.beside else "",
                record.newest(item) if record and item.beside else None,
            )
            for item in event.item_set.items
        ]
        files.append(
            AuditedFile(
                place,
                one.agency,
                one.stratum,
                record.file.client_reference if record else None,
                record.file.episode_reference if record else None,
                one.episode in erased,
                marks,
            )
        )
    return AuditedFiles(audit.number, audit.version, audit.state, event.item_set, event.as_of, files)
