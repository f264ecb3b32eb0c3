"""Many councils read together: the counts are the councils' own, of nobody in particular, and suppressed for others."""

import errno
import itertools
import json
import random
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from domain.contract_life.targets import Goal
from domain.errors import Refused, SettingMissing, WrongUse
from domain.measures.registry import MEASURES, measure_named
from domain.periods import Period, month_ends
from projections.national import folder as folders
from projections.national.counts import Pair
from projections.national.disclosure import SeenCount, seen_by, seen_whole, sum_of_pairs
from projections.national.folder import (
    COUNTED_OTHERWISE,
    MANIFEST,
    NOT_AS_WRITTEN,
    UNREADABLE,
    AbsentCouncil,
    council_folder,
    councils_in,
    read_manifest,
)
from projections.national.ranking import PlaceRange, Ranking
from projections.performance.targets import Whose
from projections.publication.suppression import UNDER
from projections.standings.cache import StandingsCache
from projections.standings.hidden import Hidden
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from projections.standings.wilson import wilson
from tests.benchmarks.archive import Archive
from tests.benchmarks.stage import load, staged, take
from tests.web.browser import Person, a_person, an_account
from tests.web.http import asker, assert_problem
from web.app import create_app
from web.auth.roles import Role
from web.cli.main import main
from web.commands.administration.national import export
from web.commands.commit import Receipt
from web.commands.contract_life.targets import TargetDecision, set_target
from web.commands.records.erase import erase
from web.queries.performance.figure import figure_result
from web.queries.performance.national import (
    NationalFiguresQuery,
    NationalFiguresResult,
    NationalViewer,
    figures,
)
from web.queries.performance.national_triangle import NationalTriangleQuery, triangle
from web.services import Services
from web.settings import COUNCIL, DATABASE, NATIONAL, Settings

OWN: Final = "E08000026"
COUNCILS: Final = {OWN: 3, "E06000019": 4, "E08000015": 5}
"""Each with the seed of its people."""
SEES_ALL: Final = NationalViewer()
FIRST_DAY, LAST_DAY = date(2010, 1, 1), date(2011, 12, 31)
STANDPOINTS: Final = 16


@dataclass
class Nation:
    """Councils with databases of their own, whose standings were written into one folder."""

    folder: Path
    councils: Mapping[str, Services]

    def ask(
        self, as_of: date, known_at: date | None = None, viewer: NationalViewer = SEES_ALL
    ) -> NationalFiguresResult:
        return figures(self.folder, viewer, NationalFiguresQuery(as_of, known_at))


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nation]:
    folder = tmp_path_factory.mktemp("nation")
    with ExitStack() as stack:
        councils = {council: stack.enter_context(staged()) for council in COUNCILS}
        for council, services in councils.items():
            load(services, Archive(110, 2, 1, COUNCILS[council], FIRST_DAY), tmp_path_factory.mktemp(council))
            export(services, folder, council)
        yield Nation(folder, councils)


def test_every_measure_is_what_each_council_answers_itself(nation: Nation) -> None:
    """At random days as known on random days: counts, percentage and interval of all measures, and of all together."""
    chance, compared = random.Random(7), 0
    for number in range(STANDPOINTS):
        as_of = FIRST_DAY + timedelta(days=chance.randrange(-10, 800))
        known_at = as_of + timedelta(days=chance.randrange(-40, 500)) if number % 5 else None
        result = nation.ask(as_of, known_at)
        own = {council: answered(services, as_of, known_at) for council, services in nation.councils.items()}
        for measure in result.measures:
            for one in measure.councils:
                theirs = own[one.council][measure.code]
                assert (one.numerator, one.denominator) == (theirs.numerator, theirs.denominator), (measure, as_of)
                assert (one.percentage, one.interval) == (theirs.percentage, theirs.interval)
                assert one.covered == theirs.is_covered
                compared += theirs.numerator > 0
            covered = [own[council][measure.code] for council in own if own[council][measure.code].is_covered]
            assert measure.numerator == sum(one.numerator for one in covered)
    assert compared > STANDPOINTS * 10, "hardly anybody stood in the figures that were compared"


def answered(services: Services, as_of: date, known_at: date | None) -> dict[str, Any]:
    with services.snapshot() as snapshot:
        engine = StandingsEngine.load(snapshot.connection)
        its = engine.figures(MEASURES, engine.standpoint(as_of, known_at), Slice())
    return {figure.measure.code: figure_result(figure) for figure in its}


@pytest.mark.parametrize("code", ["2.0", "4.0", "N.open"])
def test_a_triangle_is_the_council_s_own(nation: Nation, code: str) -> None:
    days, measure = tuple(month_ends(date(2010, 6, 1), LAST_DAY)), measure_named(code)
    result = triangle(nation.folder, SEES_ALL, NationalTriangleQuery("E08000026", measure, days))
    with nation.councils["E08000026"].snapshot() as snapshot:
        own = snapshot.triangle(measure, days, Slice())
    assert (result.known_ats, result.cells) == (own.known_ats, own.cells)
    assert any(cell for row in result.cells for cell in row)


def test_nobody_s_number_is_in_the_files(nation: Nation) -> None:
    files = [file for file in nation.folder.rglob("*") if file.is_file()]
    tables = [pq.read_schema(file).names for file in files if file.suffix == ".parquet"]
    columns = ["counted", "adult", "as_of", "until", "known_from", "known_until", "people"]
    assert {tuple(names) for names in tables} == {tuple(columns)}
    assert {oct(file.stat().st_mode & 0o777) for file in files} == {"0o600"}


def test_the_erased_are_gone_with_the_next_write_and_the_old_files_too(nation: Nation, tmp_path: Path) -> None:
    """Written again without anything new, nothing is written."""
    with staged() as services:
        load(services, Archive(60, 1, 1, 9, FIRST_DAY), tmp_path)
        export(services, tmp_path, "E10")
        before, as_of = councils_in(tmp_path).manifest_of("E10"), date(2010, 12, 31)
        export(services, tmp_path, "E10")
        assert councils_in(tmp_path).manifest_of("E10") == before
        with services.snapshot() as snapshot:
            engine = StandingsEngine.load(snapshot.connection)
            people = engine.members(measure_named("N.treatment"), engine.standpoint(as_of), Slice())
        receipt = Receipt(date(2012, 1, 31), date(2012, 1, 31), "benchmark", "administrator")
        erase(services.register, services.client_key, people[0].client, "request 1", receipt)
        export(services, tmp_path, "E10")
        after = councils_in(tmp_path).manifest_of("E10")
    result = figures(tmp_path, SEES_ALL, NationalFiguresQuery(as_of, None, (measure_named("N.treatment"),)))
    assert result.measures[0].numerator == len(people) - 1
    assert after.state.position > before.state.position
    assert not any((council_folder(tmp_path, "E10") / file.path).exists() for file in before.files)


def test_a_council_is_right_or_not_there(nation: Nation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    services = nation.councils["E06000019"]
    export(services, tmp_path, "E1")
    export(services, tmp_path, "E2")
    part = councils_in(tmp_path).manifest_of("E1").files[0]
    file, query = council_folder(tmp_path, "E1") / part.path, NationalFiguresQuery(LAST_DAY)
    whole, wrong = file.read_bytes(), AbsentCouncil("E1", NOT_AS_WRITTEN.format(part.path))
    file.write_bytes(whole[:-1])
    assert councils_in(tmp_path).absent == (wrong,)
    with pytest.raises(
        WrongUse, match=re.escape(f"The figures of E1 are not among those that are read: {wrong.reason}")
    ):
        triangle(tmp_path, SEES_ALL, NationalTriangleQuery("E1", MEASURES[0], (LAST_DAY,)))
    file.write_bytes(bytes([*whole[:-20], whole[-20] ^ 1, *whole[-19:]]))  # one bit of as many bytes
    result = figures(tmp_path, SEES_ALL, query)
    assert [(one.council, one.reason) for one in result.absent] == [("E1", wrong.reason)]
    assert [one.council for one in result.councils] == ["E2"]
    export(services, tmp_path, "E1")
    assert figures(tmp_path, SEES_ALL, query).absent == []
    monkeypatch.setattr(folders, "fingerprint", lambda: "another")
    assert {one.reason for one in councils_in(tmp_path).absent} == {COUNTED_OTHERWISE}


def test_after_each_commit_where_it_is_set(tmp_path: Path) -> None:
    """And where it cannot be written, the council is absent rather than old."""
    folder, archive = tmp_path / "england", Archive(60, 1, 1, 9, FIRST_DAY)
    files = list(archive.files(tmp_path))[:3]
    given = {DATABASE: f"sqlite:///{tmp_path}/recount.db", NATIONAL: str(folder), COUNCIL: "E1"}
    with closing(Services(Settings.from_environment(given))) as services:
        for received_on, path in files[:2]:
            take(services, path, received_on)
            assert councils_in(folder).manifest_of("E1").newest_received_on == received_on
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("projections.national.export.pq.write_table", _disk_is_full)
            take(services, files[2][1], files[2][0])
    assert councils_in(folder).absent == (AbsentCouncil("E1", UNREADABLE),)
    half = Services(Settings.from_environment(given | {COUNCIL: ""}))
    with closing(half), pytest.raises(SettingMissing, match="only one is set"):
        _ = half.register


def test_only_the_parts_that_changed_are_written_and_all_is_as_if_written_anew(tmp_path: Path) -> None:
    """Of two files of a day, too; of a target, which is no knowledge of anybody, nothing is written."""
    folder, files = tmp_path / "england", Archive(80, 1, 2, 9, FIRST_DAY).files(tmp_path)
    settings, kept, written = Settings.from_environment({DATABASE: f"sqlite:///{tmp_path}/recount.db"}), 0, 0
    with closing(Services(settings, StandingsCache())) as services, closing(Services(settings)) as without_cache:
        for received_on, path in itertools.islice(files, 6, 14):
            take(services, path, received_on)
            before = paths_in(folder)
            export(services, folder, "E1")
            kept, written = kept + len(before & paths_in(folder)), written + len(paths_in(folder) - before)
            export(without_cache, tmp_path / path.stem, "E1")
            assert tables_in(folder) == tables_in(tmp_path / path.stem)
        manifest = read_manifest(folder, "E1")
        decision = TargetDecision("ann", "commissioner", received_on, received_on)
        year = Period(FIRST_DAY, date(2010, 12, 31))
        set_target(services.register, measure_named("4.0"), Whose(None, None), year, Goal.level(Decimal(40)), decision)
        export(services, folder, "E1")
        assert read_manifest(folder, "E1") == manifest
    assert kept > 20
    assert written > 20


def paths_in(folder: Path) -> set[Path]:
    return set(folder.rglob("*.parquet"))


def tables_in(folder: Path) -> dict[int, pa.Table]:
    """By part, the rows that the one council's manifest names; nothing else is there."""
    manifest, home = councils_in(folder).manifest_of("E1"), council_folder(folder, "E1")
    assert paths_in(folder) == {home / file.path for file in manifest.files}
    return {file.part: pq.read_table(home / file.path, partitioning=None) for file in manifest.files}


def _disk_is_full(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_no_other_database_takes_a_council_s_place(nation: Nation) -> None:
    with pytest.raises(Refused, match="another database"):
        export(nation.councils["E06000019"], nation.folder, "E08000026")
    with pytest.raises(Refused, match="no short name"):
        export(nation.councils["E06000019"], nation.folder, "../E1")


def test_another_council_s_reader_asks_at_month_ends_and_for_no_triangle(nation: Nation) -> None:
    reader = NationalViewer(OWN)
    with pytest.raises(Refused, match="month ends only"):
        nation.ask(date(2011, 6, 29), viewer=reader)
    with pytest.raises(Refused, match="its own council only"):
        triangle(nation.folder, reader, NationalTriangleQuery("E06000019", MEASURES[0], (LAST_DAY,)))
    whole = {m.code: {one.council: one for one in m.councils} for m in nation.ask(date(2011, 6, 30)).measures}
    hidden = 0
    for measure in nation.ask(date(2011, 6, 30), viewer=reader).measures:
        for one in measure.councils:
            own = whole[measure.code][one.council]
            if one.council == reader.own:
                assert (one.numerator, one.denominator) == (own.numerator, own.denominator)
            elif isinstance(one.numerator, Hidden):
                assert (one.percentage, one.interval, one.place, one.quartile) == (None,) * 4
                hidden += 1
            else:
                assert one.numerator >= UNDER
    assert hidden


def test_on_the_command_line(nation: Nation) -> None:
    """As JSON, suppressed numbers are no numbers; as a table they are a word."""
    asked = ["national", "figures", str(nation.folder), "--as-of", "2011-06-30", "--measure", "4.0"]
    suppressed = [*asked, "--reader", "E08000026"]
    printed = json.loads(CliRunner().invoke(main, [*suppressed, "--json"]).stdout)
    others = [one for one in printed["measures"][0]["councils"] if one["council"] != "E08000026"]
    assert {"suppressed": True} in [one["numerator"] for one in others]
    assert "suppressed" in CliRunner().invoke(main, suppressed).stdout
    assert "suppressed" not in CliRunner().invoke(main, asked).stdout
    assert (
        "beside the group" in CliRunner().invoke(main, [*asked, "--among", "E06000019", "--among", "E08000015"]).stdout
    )
    assert CliRunner().invoke(main, [*asked, "--known-at", "@12"]).exit_code == 2
    shown = ["national", "triangle", str(nation.folder), "--council", "E06000019", "--measure", "4.0"]
    table = CliRunner().invoke(main, [*shown, "--from", "2011-01-01", "--to", "2011-12-31"])
    assert (table.exit_code, "31 Dec 2011" in table.stdout) == (0, True)


def test_a_group_to_be_compared_with_is_what_is_seen_of_its_councils(nation: Nation) -> None:
    """Their sum is theirs alone, with the reader's own ranked beside them; where one is suppressed, so is the sum."""
    group, own = ("E06000019", "E08000015"), OWN
    query = NationalFiguresQuery(date(2011, 6, 30), None, MEASURES, group)
    suppressed = 0
    for viewer in (SEES_ALL, NationalViewer(own)):
        for measure in figures(nation.folder, viewer, query).measures:
            its = {one.council: one for one in measure.councils}
            found = measure.group
            assert found is not None
            beside = {one.council for one in found.councils}
            assert beside == ({*group, own} if viewer.own else set(group))
            if any(isinstance(its[council].numerator, Hidden) for council in group):
                suppressed += 1
                assert isinstance(found.numerator, Hidden)
                assert {one.beside_group for one in found.councils} == {None}
            elif not isinstance(its[group[0]].denominator, Hidden):
                assert found.numerator == sum(its[council].numerator for council in group)
    assert suppressed
    with pytest.raises(WrongUse, match="E1: no such council"):
        figures(nation.folder, SEES_ALL, NationalFiguresQuery(date(2011, 6, 30), None, MEASURES, ("E1",)))


@pytest.fixture(scope="module")
def app(nation: Nation) -> Iterator[Flask]:
    """The service of one of the councils, set to read them all."""
    settings = nation.councils[OWN].settings
    app = create_app(set_to_read(settings, nation.folder), TESTING=True)
    yield app
    app.extensions["recount"].close()


@pytest.fixture(scope="module")
def cara(app: Flask) -> Person:
    """A commissioner."""
    an_account(app, "Cara")
    return a_person(app, "Cara")


@pytest.fixture(scope="module")
def pat(app: Flask) -> Person:
    """A provider."""
    an_account(app, "Pat", Role.PROVIDER, "H0001")
    return a_person(app, "Pat")


def set_to_read(settings: Settings, folder: Path) -> Settings:
    return replace(settings, given={**settings.given, NATIONAL: str(folder), COUNCIL: OWN})


def test_over_http_it_is_the_command_line_s_answer(nation: Nation, app: Flask) -> None:
    """Of every measure, for who works for the service's own council; others' small counts are no numbers."""
    asked = {"as_of": "2011-06-30", "known_at": "2011-07-31", "among": ["E06000019", "E08000015"]}
    answer = asker(app, Role.AUDITOR).json("/national", **asked)
    options = ["--as-of", "2011-06-30", "--known-at", "2011-07-31", "--among", "E06000019", "--among", "E08000015"]
    command = ["national", "figures", str(nation.folder), *options, "--reader", OWN, "--json"]
    assert answer == json.loads(CliRunner().invoke(main, command).stdout)
    assert len(answer["measures"]) == len(MEASURES)
    refused = asker(app, Role.COMMISSIONER).get("/national", as_of="2011-06-29")
    assert_problem(refused, 422, "national-month-ends")


def test_its_page_has_every_council_and_says_suppressed_in_words(nation: Nation, cara: Person) -> None:
    page = browsed(cara, "/national?measure=4.0&as_of=2011-06-30&among=E06000019")
    query = NationalFiguresQuery(date(2011, 6, 30), None, (measure_named("4.0"),), ("E06000019",))
    measure = figures(nation.folder, NationalViewer(OWN), query).measures[0]
    rows = {row[0]: row[1:] for row in rows_of(page, "councils")}
    assert rows.keys() == {"E06000019", "E08000015", f"{OWN} (ours)", "All councils"}
    for one in measure.councils:
        row = rows[f"{one.council} (ours)" if one.council == OWN else one.council]
        if isinstance(one.numerator, Hidden):
            assert "suppressed" in row
            assert not re.search(r"\d%", " ".join(row))
        else:
            assert {str(one.numerator), str(one.denominator), f"{one.percentage:.1f}%"} <= set(row)
    assert "suppressed" in " ".join(map(" ".join, rows.values()))
    assert [row[0] for row in rows_of(page, "group")] == [f"{OWN} (ours)", "E06000019", "The group, without ours"]
    wrong = browsed(cara, "/national?as_of=2011-06-29", 422)
    assert "as_of=2011-05-31" in wrong


def test_the_comparators_lead_to_it_where_it_is_set_and_for_who_may_see_it(
    app: Flask, cara: Person, pat: Person
) -> None:
    assert 'href="/national"' in browsed(cara, "/comparators")
    assert 'href="/national"' not in browsed(pat, "/comparators")
    assert browsed(pat, "/national", 403)
    with reading_instead(app, None):
        assert 'href="/national"' not in browsed(cara, "/comparators")


def test_where_there_is_nothing_to_read_the_page_says_why(
    nation: Nation, app: Flask, cara: Person, tmp_path: Path
) -> None:
    commissioner = asker(app, Role.COMMISSIONER)
    asked = {"as_of": "2011-06-30"}
    for folder, code, sentence in (
        (None, "national-not-set", "RECOUNT_NATIONAL and RECOUNT_COUNCIL are not set"),
        (tmp_path, "national-empty", "No council has written its standings yet"),
    ):
        with reading_instead(app, folder):
            assert sentence in browsed(cara, "/national")
            assert sentence in assert_problem(commissioner.get("/national", **asked), 422, code)["detail"]
    shutil.copytree(council_folder(nation.folder, OWN), council_folder(tmp_path, OWN))
    manifest = council_folder(tmp_path, OWN) / MANIFEST
    manifest.write_bytes(manifest.read_bytes()[:100])
    with reading_instead(app, tmp_path):
        page = browsed(cara, "/national")
        assert "The files of no council can be read" in page
        assert [OWN, f"not read: {UNREADABLE}"] in rows_of(page, "read")
        assert commissioner.json("/national", **asked)["absent"] == [{"council": OWN, "reason": UNREADABLE}]


@contextmanager
def reading_instead(app: Flask, folder: Path | None) -> Iterator[None]:
    """The service with another folder to read, or with none."""
    services = app.extensions["recount"]
    settings = services.settings
    without = {name: value for name, value in settings.given.items() if name not in {NATIONAL, COUNCIL}}
    services.settings = set_to_read(settings, folder) if folder else replace(settings, given=without)
    yield
    services.settings = settings


def browsed(person: Person, path: str, status: int = 200) -> str:
    answer = person.client.get(path)
    assert answer.status_code == status, answer.text
    return answer.text


def rows_of(page: str, table: str) -> list[list[str]]:
    """The rows of a table of a page, without its heads, as words."""
    (body,) = re.findall(rf'id="{table}".*?<tbody[^>]*>(.*?)</tbody>', page, re.DOTALL)
    rows = re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    return [[re.sub("<.*?>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=8),
    st.sampled_from([measure for measure in MEASURES if measure.polarity and not measure.immature]),
)
def test_places_are_counted_one_council_by_one(counts: list[tuple[int, int]], measure: Any) -> None:
    """Before a place are those that are better; what its interval leaves open is told by whole intervals."""
    seen = {str(i): SeenCount(counted, counted + others) for i, (counted, others) in enumerate(counts)}
    ranking = Ranking(measure, seen, SeenCount(1, 2))
    sign = 1 if measure.polarity == "higher" else -1
    good = {council: sign * share for council, share in ranking.shares.items()}
    limits = {
        one: sorted(sign * end for end in wilson(seen[one].numerator, seen[one].denominator or 0)) for one in good
    }  # type: ignore[union-attr]
    for council in seen.keys() - good.keys():
        assert (ranking.place(council), ranking.places(council), ranking.quartile(council)) == (None, None, None)
    for council, share in good.items():
        place, places = ranking.place(council), ranking.places(council)
        low, high = limits[council]
        assert place == 1 + sum(other > share for other in good.values())
        assert places == PlaceRange(
            1 + sum(other[0] > high for other in limits.values()),
            len(good) - sum(other[1] < low for other in limits.values()),
        )
        assert places.best <= place <= places.worst


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=2, max_size=6), st.sampled_from(MEASURES))
def test_what_is_shown_gives_nobody_few_back(counts: list[tuple[int, int]], measure: Any) -> None:
    """Who knows their own and the sum over all is left with two councils at least, and five people, or with none."""
    pairs = {str(number): Pair(counted, counted + others) for number, (counted, others) in enumerate(counts)}
    seen, of_all = seen_by(measure, pairs, "0")
    assert seen["0"] == seen_whole(measure, pairs["0"])
    hidden = [council for council in pairs if isinstance(seen[council].numerator, Hidden)]
    for council in pairs.keys() - {"0", *hidden}:
        assert pairs[council].numerator >= UNDER
        assert measure.kind == "count" or pairs[council].denominator - pairs[council].numerator >= UNDER
    if hidden and not isinstance(of_all.numerator, Hidden):
        assert len(hidden) > 1
        assert sum_of_pairs([pairs[council] for council in hidden]).numerator >= UNDER
