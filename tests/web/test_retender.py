"""A re-tender: tried, said whole or not at all, undone episode by episode and as a whole; on both databases."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import groupby
from typing import Any

import pytest

from domain.errors import ChangedMeanwhile
from domain.log.database import reading
from domain.log.reading import last_position
from domain.measures.registry import MEASURES
from projections.standings.slices import Slice
from tests.unit.intake.files import DISCHARGED, row, write
from web.commands.agreement.handover import retender as commands
from web.commands.agreement.handover.effects import RetenderEffect
from web.commands.agreement.handover.retender import say_retender
from web.commands.agreement.handover.retender_plan import Passing, Retender
from web.commands.agreement.handover.retender_trial import try_retender
from web.commands.agreement.handover.undo_handover import undo_handover
from web.commands.agreement.handover.undo_trial import try_undo
from web.commands.commit import Receipt
from web.services import Services
from web.settings import Settings
from web.snapshot import Snapshot

from .browser import without_a_server
from .conftest import CommandLine

FEBRUARY = {"first": "20170201", "last": "20170228"}
ON = "2017-02-01"
SAID_ON = "2017-02-20"
Document = dict[str, Any]


def treated(client: str, agency: str = "H0001", **said: str) -> dict[str, str]:
    """Another person for each client."""
    return row(AGNCY=agency, CLIENT=client, MODID=f"M{client}", SINITIAL=chr(64 + int(client[1:])), **said)


JANUARY_OF_OLD = [treated("C1"), treated("C2", DRUG1="7000"), treated("C3", **DISCHARGED), treated("C4")]


@pytest.fixture
def council(recount: CommandLine) -> CommandLine:
    """An agency under contract with three open episodes, and a second hub with one."""
    recount("contract", "H0001", "--from", "2016-01-01", "--received-on", "2017-02-01")
    recount("submit", write(recount.folder, JANUARY_OF_OLD), "--received-on", "2017-02-10")
    other = write(recount.folder, [treated("C5", "H0002")], agency="H0002")
    recount("submit", other, "--received-on", "2017-02-10")
    return recount


def retendered(council: CommandLine, *more: Any, code: int = 0) -> Document:
    done: Document = council.json("retender", "H0001:N0001", "--on", ON, "--received-on", SAID_ON, *more, code=code)
    return done


@contextmanager
def services_of(council: CommandLine) -> Iterator[Services]:
    services = Services(Settings.from_environment(council.settings))
    yield services
    services.close()


def contracts(council: CommandLine) -> list[tuple[str, date, date | None, str]]:
    with services_of(council) as services, services.snapshot() as snapshot:
        return [contract[1:5] for contract in snapshot.submissions.contracts.known_at()]


def records_of(council: CommandLine, agency: str) -> frozenset[str]:
    """Whose client-level records a provider may see."""
    with services_of(council) as services, services.snapshot() as snapshot:
        return snapshot.agencies_of_provider(frozenset({agency}), date(2017, 3, 12))


def counted(council: CommandLine, measure: str, as_of: str = "2017-02-28", *more: str) -> int:
    (figure,) = council.json("figures", "--measure", measure, "--as-of", as_of, *more)["figures"]
    return int(figure["numerator"])


def test_all_of_it_is_said_at_once(council: CommandLine) -> None:
    done = retendered(council, "--last-day", "2020-01-31")
    (passed,) = done["passed"]
    assert (passed["episodes"], passed["people"], passed["by_group"]) == (3, 3, {"opiate": 2, "alcohol": 1})
    assert passed["number"] == 6
    assert contracts(council) == [
        ("H0001", date(2016, 1, 1), date(2017, 1, 31), ""),
        ("N0001", date(2017, 2, 1), date(2020, 1, 31), "H0001"),
    ]
    assert (counted(council, "N.open", "2017-01-31"), counted(council, "N.open", ON)) == (4, 1)
    assert counted(council, "N.open", ON, "--known-at", "2017-02-19") == 4
    council("verify", "--standpoints", 2)


def test_a_trial_stores_nothing_and_says_what_comes(council: CommandLine) -> None:
    """Every figure that the trial gives is the figure once it is said; and the reasons add up."""
    with services_of(council) as services:
        asked = Retender((Passing("H0001", "N0001"), Passing("H0002", "N0002")), date(2017, 2, 1))
        said = Receipt(date(2017, 2, 20), date(2017, 2, 20), "Cara", "commissioner")
        with reading(services.register.engine) as connection:
            before = last_position(connection)
        trial = try_retender(services, asked, said)
        with reading(services.register.engine) as connection:
            assert last_position(connection) == before
        assert (trial.retendered.position, trial.retendered.seen) == (None, before)
        done = say_retender(services.register, asked, said, trial.retendered.seen)
        assert done.events == trial.retendered.events
        assert done.position == before + done.events
        with services.snapshot() as snapshot:
            check_effects(snapshot, trial.as_of, trial.effects)
    moved = [effect for effect in trial.effects if effect.moves]
    for slice_ in (Slice(), Slice(area="EX01")):
        assert {"N.open", "N.exits"} <= {effect.measure for effect in moved if effect.slice == slice_}


def check_effects(snapshot: Snapshot, as_of: date, effects: Iterable[RetenderEffect]) -> None:
    """What a trial said of each figure is the figure now, and the reasons add up."""
    at = snapshot.standpoint(as_of)
    for slice_, its in groupby(effects, lambda one: one.slice):
        figures = {one.measure.code: one for one in snapshot.figures(MEASURES, at, slice_)}
        for effect in its:
            after = figures[effect.measure]
            assert (effect.after.numerator, effect.after.denominator) == (after.numerator, after.denominator)
            assert effect.after_status == after.files_status
            assert effect.before.numerator + sum(one.numerator for one in effect.reasons) == effect.after.numerator
            if effect.before.denominator is not None and effect.after.denominator is not None:
                added = sum(one.denominator or 0 for one in effect.reasons)
                assert effect.before.denominator + added == effect.after.denominator


def test_real_discharges_and_new_episodes_come_after_it(council: CommandLine) -> None:
    """The whole path: handed over, taken up by the new agency and completed there; and one that had left before."""
    retendered(council)
    here = {"TRIAGED": "2017-02-03", "REFLD": "2017-02-03", "MODST": "2017-02-03"}
    left = {"DISD": "2017-02-20", "DISRSN": "80", "MODEND": "2017-02-20"}
    of_new = [treated("C1", "N0001", **here, **left), treated("C2", "N0001", DRUG1="7000", **here)]
    new = write(council.folder, of_new, agency="N0001", **FEBRUARY)
    council("submit", new, "--received-on", "2017-03-10")
    assert counted(council, "N.open") == 2
    assert counted(council, "4.0", "2017-02-28", "--agency", "N0001") == 1
    found = council.json("contribution", "--measure", "4.0", "--as-of", "2017-02-28", "--handover-on", ON)
    (at_handover,) = [one for one in found["partitions"] if one["by"] == "handover"]
    assert [(part["name"], part["numerator"], part["denominator"]) for part in at_handover["parts"]] == [
        ("in treatment at the handover", 1, 3),
        ("left before the handover", 1, 1),
    ]
    late = [treated("C4", DISD="2017-01-30", DISRSN="85", MODEND="2017-01-30")]
    council("submit", write(council.folder, late, **FEBRUARY), "--received-on", "2017-03-11")
    (line,) = council.json("handovers")["handovers"]
    assert (line["episodes"], line["standing"], line["with_contracts"]) == (3, 2, True)
    council("verify", "--standpoints", 2)


def test_a_mistaken_one_is_taken_back_whole_and_dated(council: CommandLine) -> None:
    """What had a real discharge stays; the old contract has its end no more, and the new one was never one."""
    number = retendered(council)["passed"][0]["number"]
    late = [treated("C4", DISD="2017-02-05", DISRSN="80", MODEND="2017-02-05")]
    council("submit", write(council.folder, late, **FEBRUARY), "--received-on", "2017-03-10")
    tried = council.json("handovers", "--undo", number, "--received-on", "2017-03-11", "--dry-run")
    would = tried["taken_back"]
    assert (would["episodes"], would["discharged"], would["contracts"], would["position"]) == (2, 1, 2, None)
    assert {
        (one["slice"]["area"], one["slice"]["agency"]): (one["before"]["numerator"], one["after"]["numerator"])
        for one in tried["effects"]
        if one["measure"] == "N.open"
    } == {(None, None): (1, 3), ("EX01", None): (1, 3), (None, "H0001"): (0, 2), (None, "N0001"): (0, 0)}
    assert counted(council, "N.open", ON) == 2
    assert records_of(council, "N0001") == {"H0001", "N0001"}
    with services_of(council) as services:
        said = Receipt(date(2017, 3, 11), date(2017, 3, 12), "Cara", "commissioner")
        trial = try_undo(services, number, said)
        undo_handover(services.register, number, said)
        with services.snapshot() as snapshot:
            check_effects(snapshot, trial.as_of, trial.effects)
    assert contracts(council) == [("H0001", date(2016, 1, 1), None, "")]
    assert records_of(council, "N0001") == {"N0001"}
    assert counted(council, "N.open") == 3
    assert counted(council, "N.open", "2017-02-28", "--known-at", "2017-03-10") == 1
    (line,) = council.json("handovers")["handovers"]
    assert (line["standing"], line["undone_by"] is not None) == (0, True)
    again = council.json("handovers", "--undo", number, "--received-on", "2017-03-12", code=1)
    assert again["refused"]["code"] == "step-not-now"
    council("verify", "--standpoints", 2)


def a_schedule(council: CommandLine, *hubs: str) -> None:
    """A contract of these agencies with its KPIs: a target to March, and one from April on."""
    table = council.folder / "kpis.csv"
    steps = "2016-04-01 to 2017-03-31: 2%; 2017-04-01 to 2018-03-31: 3%"
    table.write_text(f"code,wording,steps\n4.0,Opiates,{steps}\n")
    said = [word for hub in hubs for word in ("--hub", f"{hub},A hub")]
    council("schedule", "draft", "--name", "Adult service", "--provider", "Wye", *said, "--from", "2016-01-01")
    council("schedule", "load", 1, table)
    council("schedule", "agree", 1, "--on", "2016-02-01", "--leave-contracts")


def of_schedule(council: CommandLine) -> Document:
    (one,) = council.json("schedule", "list")["schedules"]
    return dict(one)


def target_days(council: CommandLine) -> list[tuple[str, str]]:
    """From when to when the targets count that were not withdrawn."""
    every = council.json("target", "list")["targets"]
    return [(one["first_day"], one["last_day"]) for one in every if one["withdrawn"] is None]


BEFORE = [("2016-04-01", "2017-03-31"), ("2017-04-01", "2018-03-31")]


def test_the_old_contract_ends_with_its_targets_and_is_in_force_again(council: CommandLine) -> None:
    """In the same step as the handover, which says so when it is tried; and back as it was when that is taken back."""
    a_schedule(council, "H0001")
    (ends,) = retendered(council, "--dry-run")["retendered"]["schedules"]
    assert (ends["last_day_before"], ends["last_day"], ends["targets"]) == (None, "2017-01-31", [1, 2])
    assert (of_schedule(council)["state"], target_days(council)) == ("agreed", BEFORE)
    done = retendered(council)
    ended = of_schedule(council)
    assert (ended["state"], ended["last_day"]) == ("ended", "2017-01-31")
    assert target_days(council) == [("2016-04-01", "2017-01-31")]
    number = done["passed"][0]["number"]
    tried = council.json("handovers", "--undo", number, "--received-on", "2017-03-11", "--dry-run")
    assert tried["taken_back"]["schedules"] == [1]
    assert of_schedule(council)["state"] == "ended"
    council("handovers", "--undo", number, "--received-on", "2017-03-11")
    again = of_schedule(council)
    assert (again["state"], again["last_day"], again["history"][-1]["step"]) == ("agreed", None, "resumed")
    assert target_days(council) == BEFORE
    then = council.json("schedule", "show", 1, "--known-at", "2017-03-01")
    assert (then["state"], then["last_day"]) == ("ended", "2017-01-31")
    council("schedule", "end", 1, "--last-day", "2017-06-30", "--on", "2017-03-12", "--reason", "given back")
    council("verify", "--standpoints", 2)


def test_a_contract_with_other_hubs_goes_on(council: CommandLine) -> None:
    """It ends once the last of its hubs has passed its caseload on, and is in force again as soon as one comes back."""
    council("contract", "H0002", "--from", "2016-01-01", "--received-on", "2017-02-10")
    a_schedule(council, "H0001", "H0002")
    done = retendered(council)
    assert (done["schedules"], of_schedule(council)["state"]) == ([], "agreed")
    (notice,) = [one["message"] for one in done["notices"] if one["code"] == "contract-goes-on"]
    assert "Adult service (contract 1) goes on, for H0002 stays in it." in notice
    later = council.json("retender", "H0002:N0002", "--on", "2017-02-15", "--received-on", SAID_ON)
    assert [one["last_day"] for one in later["schedules"]] == ["2017-02-14"]
    council("handovers", "--undo", done["passed"][0]["number"], "--received-on", "2017-03-11")
    assert of_schedule(council)["state"] == "ended"
    council("handovers", "--undo", later["passed"][0]["number"], "--received-on", "2017-03-11")
    assert of_schedule(council)["state"] == "agreed"


def test_a_contract_changed_since_the_trial_is_looked_at_again(council: CommandLine) -> None:
    a_schedule(council, "H0001")
    with services_of(council) as services:
        asked = Retender((Passing("H0001", "N0001"),), date(2017, 2, 1))
        said = Receipt(date(2017, 2, 20), date(2017, 3, 12), "Cara", "commissioner")
        seen = try_retender(services, asked, said).retendered.seen
        council("schedule", "correct", 1, "--area", "E0001", "--on", "2017-02-20", "--reason", "left out")
        with pytest.raises(ChangedMeanwhile):
            say_retender(services.register, asked, said, seen)


def test_it_is_not_taken_back_into_the_days_of_another_contract(council: CommandLine) -> None:
    """Somebody agreed another contract of the agency since: nothing is half in force."""
    a_schedule(council, "H0001")
    number = retendered(council)["passed"][0]["number"]
    table = council.folder / "kpis.csv"
    table.write_text("code,wording\n4.0,Opiates\n")
    hub = ("--hub", "H0001,A hub", "--from", "2017-03-01")
    council("schedule", "draft", "--name", "Another", "--provider", "Wye", *hub)
    council("schedule", "load", 2, table)
    council("schedule", "agree", 2, "--on", "2017-03-01", "--leave-contracts")
    refused = council.json("handovers", "--undo", number, "--received-on", "2017-03-11", code=1)["refused"]
    assert refused["code"] == "schedule-overlaps"
    assert counted(council, "N.open", ON) == 1


def test_some_of_a_list(council: CommandLine) -> None:
    path = council.folder / "list.csv"
    path.write_text("AGNCY,CLIENT,EPISODID\nh0001,C1,1\nH0001,C2,1\n")
    trial = retendered(council, "--list", path, "--dry-run")
    (passed,) = trial["retendered"]["passed"]
    assert (passed["episodes"], passed["stay"]) == (2, 1)
    notices = {one["code"]: one["message"] for one in trial["retendered"]["notices"]}
    assert notices["some-stay"] == "1 open episodes of H0001 are not on the list. They stay open there."
    path.write_text("AGNCY,CLIENT,EPISODID\nH0001,C1,1\nH0001,C3,1\nH0002,C9,1\n")
    refused = retendered(council, "--list", path, code=1)["refused"]
    assert refused["code"] == "references-unknown"
    assert "rows 2, 3." in refused["message"]
    assert counted(council, "N.open", ON) == 4


REFUSED: list[tuple[list[str], str, str]] = [
    (["H0001:H0001", "--on", ON], "handover-to-itself", "cannot hand over to itself"),
    (["H0001:N0001", "--on", "2017-02-21"], "handover-after-receipt", "begins on 2017-02-21, after 2017-02-20"),
    (["H0009:N0001", "--on", ON], "nothing-to-hand-over", "H0009 has no episode that is open on 2017-02-01"),
    (["H0001:N1", "H0001:N2", "--on", ON], "retender-twice", "H0001 is named twice"),
    (["H0001:H0002", "H0002:N2", "--on", ON], "retender-twice", "H0002 is named twice"),
    (["H0001:N1", "--on", ON, "--last-day", "2017-01-31"], "contract-ends-before-it-begins", "before it begins"),
    (["H0001:H0003", "--on", ON], "contract-overlaps", "H0003 has a contract from 2017-01-01 on"),
    (["H0003:N1", "--on", "2016-12-31"], "contract-overlaps", "not before the new one of 2016-12-31"),
]


@without_a_server
def test_what_does_not_fit_is_a_sentence_and_stores_nothing(council: CommandLine) -> None:
    council("contract", "H0003", "--from", "2017-01-01", "--received-on", "2017-02-11")
    before = council.json("log", "--limit", 1)["entries"][-1]["position"]
    for options, code, words in REFUSED:
        for dry_run in (["--dry-run"], []):
            said = ("retender", *options, "--received-on", SAID_ON, *dry_run)
            refused = council.json(*said, code=1)["refused"]
            assert refused["code"] == code
            assert words in refused["message"]
    assert council.json("log", "--limit", 1)["entries"][-1]["position"] == before


@without_a_server
def test_files_that_are_missing_are_a_notice(council: CommandLine) -> None:
    trial = council.json("retender", "H0001:N0001", "--on", "2017-02-15", "--received-on", SAID_ON, "--dry-run")
    notices = {one["code"]: one["message"] for one in trial["retendered"]["notices"]}
    assert notices["files-missing"].startswith("The files of H0001 reach 2017-01-31 only.")
    assert notices["no-file-yet"].startswith("N0001 has sent no file yet.")


@without_a_server
def test_what_fails_halfway_stores_nothing(council: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The contracts are not ended without the caseload passing."""

    def fails(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(commands, "retendered", fails)
    said = Receipt(date(2017, 2, 20), date(2017, 2, 20), "Cara", "commissioner")
    asked = Retender((Passing("H0001", "N0001"),), date(2017, 2, 1))
    with services_of(council) as services, pytest.raises(RuntimeError):
        say_retender(services.register, asked, said)
    assert contracts(council) == [("H0001", date(2016, 1, 1), None, "")]
    assert counted(council, "N.open", ON) == 4
