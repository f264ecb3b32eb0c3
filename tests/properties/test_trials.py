"""A trial says what the real submission then does: its counts, its rows, its notices and the figures, to the last one.

Files by chance, of two agencies who know some of the same people: corrections of days and of persons, discharges and
returns, parts that are there no longer, consent refused and unclear, rows that fail, complete files, files of earlier
days, and bytes that came before.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import msgspec
import pytest

from domain.errors import Refused
from domain.measures.registry import MEASURES
from domain.periods import ONE_DAY, add_months
from projections.projector.rebuild import rebuild
from projections.standings.cache import StandingsCache
from projections.standings.engine import Figure
from projections.standings.slices import Slice
from tests.unit.intake.files import row, write
from web.commands.commit import Receipt
from web.commands.ingest.plan import FileOptions
from web.commands.ingest.submission import Submission
from web.commands.ingest.take_in import preview_effects, take_in
from web.services import Services
from web.settings import Settings

from .conftest import TIMES

AGENCIES = ("H0001", "H0002")
PEOPLE = 7
FILES = 8
FIRST_DAY = date(2017, 1, 1)

Sent = tuple[Path, Receipt, FileOptions]


@pytest.mark.parametrize("seed", range(max(1, int(4 * TIMES))))
def test_a_trial_says_what_the_submission_does(tmp_path: Path, seed: int) -> None:
    """Of odd seeds a process that keeps standings in memory tries, of even ones one that reads them."""
    settings = Settings.from_environment({"RECOUNT_DATABASE": f"sqlite:///{tmp_path / 'recount.db'}"})
    with closing(Services(settings, StandingsCache() if seed % 2 else None)) as services:
        for sent in _files(tmp_path, Random(seed)):
            tried, stored = _tried(services, sent), _taken_in(services, sent)
            if isinstance(tried, str) or isinstance(stored, str):
                assert tried == stored
                continue
            said, figures = tried
            assert msgspec.structs.replace(said, position=stored.position, dry_run=False) == stored
            assert stored.already_received or figures == _figures(services, stored)
        # What a commit wrote from views that its plan had folded is what the log says.
        checks = rebuild(services.engine, services.mapper, compare=True).replaced
        assert [check for check in checks if check.found] == []


def _tried(services: Services, sent: Sent) -> tuple[Submission, Sequence[Figure]] | str:
    """What a trial answers, and the figures that it expects; the sentence of its refusal, if it is refused."""
    try:
        tried, effects = preview_effects(services, *sent)
    except Refused as refused:
        return refused.message
    return tried, [_without_erased(effect.after) for effect in effects]


def _taken_in(services: Services, sent: Sent) -> Submission | str:
    """What became of a file; the sentence of its refusal, if it is refused."""
    try:
        return take_in(services.register, services.client_key, *sent)
    except Refused as refused:
        return refused.message


def _figures(services: Services, stored: Submission) -> list[Figure]:
    """The figures once a file is in."""
    with services.snapshot() as snapshot:
        at = snapshot.standpoint(stored.last_day)
        slices = (Slice(), Slice(agency=stored.agency))
        return [_without_erased(one) for slice_ in slices for one in snapshot.figures(MEASURES, at, slice_)]


def _without_erased(figure: Figure) -> Figure:
    """How many erased records a figure cannot see is no part of a trial."""
    return replace(figure, erased_records=0)


def _files(folder: Path, chance: Random) -> Iterator[Sent]:
    received_on, month = date(2018, 1, 1), 0
    for number in range(FILES):
        month = max(0, month + chance.choice((-1, 0, 1, 1, 1)))
        received_on += timedelta(days=chance.choice((0, 1, 30)))
        first, agency = add_months(FIRST_DAY, month), chance.choice(AGENCIES)
        within = folder / str(number)
        within.mkdir()
        path = write(
            within,
            _rows(chance, agency, month),
            agency=agency,
            first=f"{first:%Y%m%d}",
            last=f"{add_months(first, 1) - ONE_DAY:%Y%m%d}",
        )
        receipt = Receipt(received_on, date(2030, 1, 1), "Ann", "provider")
        options = FileOptions(complete=chance.random() < 0.3, accept_withdrawals=chance.random() < 0.5)
        yield path, receipt, options
        if chance.random() < 0.2:
            yield path, receipt, options


def _rows(chance: Random, agency: str, month: int) -> Iterator[dict[str, str]]:
    for person in range(PEOPLE):
        if chance.random() < 0.85:
            yield from _rows_of(chance, agency, month, person)


def _rows_of(chance: Random, agency: str, month: int, person: int) -> Iterator[dict[str, str]]:
    """A person of both agencies, who came in the month of their number and may have come again since."""
    came = add_months(FIRST_DAY, person % 3)
    for episode in range(1 + (month > 3 and person % 2)):
        triaged = add_months(came, 3 * episode)
        said = {
            "AGNCY": agency,
            "CLIENT": f"C{person}",
            "EPISODID": str(episode),
            "FINITIAL": "QRSTUVW"[person],
            "DAT": "EX01" if person < 4 else "EX02",
            "DRUG1": ("1101", "7000", "4101")[person % 3],
            "REFLD": str(triaged),
            "TRIAGED": str(triaged + timedelta(days=3)),
            "MODST": str(triaged + timedelta(days=5)),
        } | _by_chance(chance, triaged)
        yield row(**said)
        if chance.random() < 0.3:
            day = triaged + timedelta(days=40)
            yield row(**said | {"MODID": "M2", "MODAL": "95", "MODST": str(triaged + timedelta(days=20))})
            yield row(**said | {"TOPID": "T1", "TOPDATE": str(day), "TRSTAGE": chance.choice("SRX")})


def _by_chance(chance: Random, triaged: date) -> dict[str, str]:
    discharged = str(triaged + timedelta(days=chance.choice((45, 50))))
    kinds: tuple[tuple[float, dict[str, str]], ...] = (
        (0.5, {"DISD": discharged, "DISRSN": chance.choice(("80", "82", "85", ""))}),
        (0.1, {"SINITIAL": "X"}),
        (0.1, {"DOB": "1999-06-01"}),
        (0.05, {"TRIAGED": "31/02/2017"}),
        (0.05, {"CONSENT": "N"}),
        (0.05, {"CONSENT": "perhaps"}),
        (0.1, {"HEPBVAC": "A", "CPLANDT": str(triaged + timedelta(days=chance.randrange(40)))}),
    )
    said: dict[str, str] = {}
    for likely, columns in kinds:
        if chance.random() < likely:
            said |= columns
    return said
