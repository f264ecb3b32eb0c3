"""A re-tender: tried, said whole or not at all, undone episode by episode and as a whole; on both databases."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from domain.log.database import reading
from domain.log.reading import last_position
from domain.measures.registry import MEASURES
from projections.standings.slices import Slice
from tests.unit.intake.files import DISCHARGED, row, write
from web.commands.agreement import retender as commands
from web.commands.agreement.retender import Passing, Retender, say_retender
from web.commands.agreement.retender_trial import try_retender
from web.commands.commit import Receipt
from web.services import Services
from web.settings import Settings

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
            at = snapshot.standpoint(trial.as_of)
            for slice_ in {effect.slice for effect in trial.effects}:
                figures = {one.measure.code: one for one in snapshot.figures(MEASURES, at, slice_)}
                for effect in (one for one in trial.effects if one.slice == slice_):
                    after = figures[effect.measure]
                    assert (effect.after.numerator, effect.after.denominator) == (after.numerator, after.denominator)
                    assert effect.after_status == after.files_status
    moved = [effect for effect in trial.effects if effect.moves]
    assert {"N.open", "N.exits"} <= {effect.measure for effect in moved if effect.slice == Slice()}
    for effect in moved:
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
    assert (tried["episodes"], tried["discharged"], tried["contracts"], tried["position"]) == (2, 1, 2, None)
    assert counted(council, "N.open", ON) == 2
    assert records_of(council, "N0001") == {"H0001", "N0001"}
    council("handovers", "--undo", number, "--received-on", "2017-03-11")
    assert contracts(council) == [("H0001", date(2016, 1, 1), None, "")]
    assert records_of(council, "N0001") == {"N0001"}
    assert counted(council, "N.open") == 3
    assert counted(council, "N.open", "2017-02-28", "--known-at", "2017-03-10") == 1
    (line,) = council.json("handovers")["handovers"]
    assert (line["standing"], line["undone_by"] is not None) == (0, True)
    again = council.json("handovers", "--undo", number, "--received-on", "2017-03-12", code=1)
    assert again["refused"]["code"] == "step-not-now"
    council("verify", "--standpoints", 2)


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
