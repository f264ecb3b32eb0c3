"""A council's standings written where many councils are read together."""

from datetime import date
from pathlib import Path

from web.national_folder import NationalPlace
from web.queries.result import Result
from web.services import Services


class NationalExportResult(Result, frozen=True):
    """What of a council is there now: up to which position, how many standings, in how many rows and bytes."""

    council: str
    position: int
    generation: int
    newest_received_on: date | None
    standings: int
    rows: int
    bytes: int
    files: int


def export(services: Services, folder: Path, council: str) -> NationalExportResult:
    """Write the standings of the services' database into a folder, as those of a council; raises as
    `export_standings`.
    """
    manifest = NationalPlace(folder, council, services.signer.name).write(services.snapshot)
    return NationalExportResult(
        manifest.council,
        manifest.state.position,
        manifest.state.generation,
        manifest.newest_received_on,
        manifest.standings,
        sum(file.rows for file in manifest.files),
        sum(file.bytes for file in manifest.files),
        len(manifest.files),
    )
