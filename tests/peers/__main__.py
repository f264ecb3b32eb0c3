"""Prints what peers need for the same triangle; exits 1 if a cell differs or a peer is not installed."""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from domain.measures.registry import APPENDIX_C
from domain.periods import month_ends
from projections.standings.slices import Slice
from tests.benchmarks.__main__ import CLIENTS
from tests.benchmarks.archive import Archive
from tests.benchmarks.stage import load, staged
from web.services import Services
from web.settings import Settings

from .comparison import SCRIPTS, WHY, Outcome, compare, engine_of, export, peers, triangle, unlike_reference

SIDE = 24
REFERENCE_EVERY = SIDE * 4 + 5
"""The reference engine folds the log for each pair, so it answers a few, spread over both axes."""
NOT_WRITTEN = {
    "ehrQL": "it is not among the packages that pip installs, and its language has no row that looks at the row before",
    "Dolt": "neither pip nor Debian has its server",
}
"""Peers that somebody would ask about, and why they have no script here."""
HEAD = (
    "| | lines | cells that differ | to prepare, CPU s | the triangle, CPU s | the same, wall s | MiB kept "
    "| can it say why |"
)
RULE = "|---|--:|--:|--:|--:|--:|--:|---|"
OURS = "who, by which fact of which file, and which rule decided"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.peers", description=__doc__)
    parser.add_argument("--archive", type=Path, help="a folder with a recount.db; else one is made")
    outcomes: list[Outcome] = []
    with _services(parser.parse_args().archive) as services, tempfile.TemporaryDirectory() as folder:
        versions = Path(folder) / "versions.csv"
        export(services, versions)
        engine = engine_of(services)
        loads = engine.submissions.positions
        newest = engine.submissions.newest
        assert newest, "nothing was taken in, so there is nothing to ask"
        last = newest.received_on - timedelta(days=60)
        days = list(month_ends(last - timedelta(days=31 * (SIDE + 1)), last))[-SIDE:]
        positions = [engine.standpoint(day, day + timedelta(days=45)).position for day in days]
        asked = triangle(engine, days, positions)
        begin, wall = time.process_time(), time.perf_counter()
        engine.triangles(APPENDIX_C, days, positions, Slice())
        ours = time.process_time() - begin, time.perf_counter() - wall
        print(f"{SIDE} x {SIDE} standpoints, {len(APPENDIX_C)} KPIs, {len(loads)} loads\n\n{HEAD}\n{RULE}")
        print(f"| Recount, standings in memory | | | | {ours[0]:.4f} | {ours[1]:.4f} | | {OURS} |")
        for peer in peers(services, versions, Path(folder), loads, with_servers=True):
            outcomes.append(compare(peer, asked))
            print(_row(outcomes[-1]), flush=True)
        unlike, compared = unlike_reference(services, asked, REFERENCE_EVERY)
        print(f"\nThe reference engine: {unlike} of {compared} figures differ from Recount's")
    missing = SCRIPTS.keys() - {outcome.name for outcome in outcomes}
    for name, reason in NOT_WRITTEN.items():
        print(f"NO SCRIPT, SO NOT COMPARED: {name}: {reason}", file=sys.stderr)
    for name in sorted(missing):
        print(f"NOT INSTALLED, SO NOT COMPARED: {name}", file=sys.stderr)
    return int(bool(missing) or unlike > 0 or any(outcome.wrong for outcome in outcomes))


def _row(one: Outcome) -> str:
    return (
        f"| {one.name} | {one.lines} | {one.wrong} of {one.asked:,} | {one.prepared:.1f} | {one.seconds:.1f} "
        f"| {one.wall:.1f} | {one.kept / 2**20:.1f} | {WHY[one.name]} |"
    )


@contextmanager
def _services(archive: Path | None) -> Iterator[Services]:
    if archive:
        services = Services(Settings.from_environment({"RECOUNT_DATABASE": f"sqlite:///{archive}/recount.db"}))
        try:
            yield services
        finally:
            services.close()
        return
    with staged() as services, tempfile.TemporaryDirectory() as folder:
        load(services, Archive(CLIENTS), Path(folder))
        yield services


if __name__ == "__main__":
    sys.exit(main())
