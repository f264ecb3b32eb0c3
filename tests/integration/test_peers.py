"""Each peer that is installed gives the figures of Recount, so that `make peers` compares like with like."""

from datetime import timedelta
from pathlib import Path

from domain.periods import month_ends
from tests.benchmarks.archive import Archive
from tests.benchmarks.stage import load, staged
from tests.peers.comparison import compare, engine_of, export, peers, triangle, unlike_reference


def test_peers_give_the_same_figures_as_known_at_each_load(tmp_path: Path) -> None:
    archive = Archive(clients=150, years=2, seed=11)
    versions = tmp_path / "versions.csv"
    with staged(tmp_path) as services:
        load(services, archive, tmp_path)
        export(services, versions)
        engine = engine_of(services)
        loads = engine.submissions.positions
        days = list(month_ends(archive.first_day + timedelta(days=400), archive.last_day))[::3]
        asked = triangle(engine, days, loads[:: len(loads) // 5])
        unlike, compared = unlike_reference(services, asked, every=7)
        outcomes = [compare(peer, asked) for peer in peers(services, versions, tmp_path, loads, with_servers=False)]
    assert unlike == 0, "Recount itself is wrong here"
    assert compared > 0
    assert sum(len(figures) for figures in asked.figures) > len(asked.cells), "hardly anything to compare"
    assert {outcome.name: outcome.wrong for outcome in outcomes} == dict.fromkeys((o.name for o in outcomes), 0)
    assert len(outcomes) >= 3
