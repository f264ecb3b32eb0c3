"""A small history with every trap of a person's own data: references of two people, records that change hands."""

from dataclasses import dataclass
from typing import Final

from tests.unit.intake.files import DISCHARGED, REVIEW, row, write, write_reviews
from web.settings import STOP_LIST

from .conftest import CommandLine

IDENTITY: Final = ("Q", "Z", "1980-05-17", "F")
"""First initial, surname's initial, date of birth, sex of the person who asks."""
STAFF: Final = "Dr Mable Staffname"
OTHER_PERSON: Final = {"FINITIAL": "X", "SINITIAL": "V", "DOB": "1971-02-03", "SEX": "M"}
THIRD_PERSON: Final = {"FINITIAL": "Y", "SINITIAL": "U", "DOB": "1990-11-12", "SEX": "M"}
MONTHS: Final = {"01": "31", "02": "28", "03": "31"}

OTHERS_WORDS: Final = (
    *("OTHERREF", "THIRDREF", "AWAYREF", "EP-OTHER", "EP-THIRD", "EP-AWAY", "EP-SHARED-TWO", "EX99", "2499", "7003"),
    *("31 August 1999", "1999-08-31", "19 January 2017", "2017-01-19", "18 January 2017", "2017-01-18", STAFF, "EX77"),
)
"""What was only ever said of others, or is the name of somebody on the staff."""


@dataclass
class History:
    """Three months of two agencies, and what was said by word."""

    recount: CommandLine

    def send(self, month: str, received_on: str, *rows: dict[str, str], agency: str = "H0001") -> None:
        days = {"first": f"2017{month}01", "last": f"2017{month}{MONTHS[month]}"}
        path = write(self.recount.folder, [row(AGNCY=agency, **its) for its in rows], agency=agency, **days)
        self.recount("submit", "--received-on", received_on, path)

    def reviews(self, received_on: str, **said: str) -> None:
        path = write_reviews(self.recount.folder, [REVIEW | said])
        self.recount("submit", "--received-on", received_on, path)

    def look_at_single_records(self) -> None:
        """Every open file is audited alike, and two clients are disputed, in words that name a third."""
        drawn = ("--agency", "H0001", "--wanted", "50", "--items", "plans-and-risks", "--as-of", "2017-01-31")
        why = ("--purpose", "Are the plans of AWAYREF up to date?", "--seed", "7")
        files = self.recount.json("audit", "draw", *drawn, *why, "--on", "2017-04-11")["drawn"]
        marks, rows = self.recount.folder / "marks.csv", self.recount.folder / "rows.txt"
        lines = [f"{place},ip,m" for place in range(1, files + 1)]
        marks.write_text("\n".join(["place,recovery-plan,risk-assessment", *lines]))
        self.recount("audit", "enter", "1", marks, "--on", "2017-04-11")
        said = ("--words", "Plans of OTHERREF are old.", "--held-on", "2017-04-11", "--on", "2017-04-11")
        self.recount("audit", "step", "1", "complete", *said)
        figure = ("--measure", "4.0", "--as-of", "2017-01-31", "--agency", "H0001")
        self.recount("dispute", "open", *figure, "--numerator", "1", "--denominator", "5", "--reason", "So.")
        rows.write_text("H0001, OWNREF, counted, With THIRDREF\nH0001, OTHERREF, out, Elsewhere\n")
        self.recount("dispute", "rows", "1", "--from", rows)
        contested = ("contested", "--reason", "exit", "--words", "Not as AWAYREF", "--party", "H0001")
        self.recount("dispute", "row", "1", "1", *contested)

    def own(self, *arguments: str, who: tuple[str, ...] = IDENTITY, code: int = 0) -> str:
        """What `recount subject-access` prints for the person with these details."""
        typed = "\n".join(who) + "\n"
        return self.recount("subject-access", "--case", "SAR 12", *arguments, typed=typed, code=code).stdout


MAIN: Final = {
    "CLIENT": "OWNREF",
    "EPISODID": "EP-MAIN",
    "TOPID": "T1",
    "TOPDATE": "2017-01-17",
    "TRSTAGE": "S",
    "ALCUSE": "12",
    "DRUG1AGE": "17",
    "RFLS": "8",
}
OLD, NEW = {"CLIENT": "OLDREF", "EPISODID": "EP-OLD"}, {"CLIENT": "NEWREF", "EPISODID": "EP-NEW"}
BEFORE: Final = {"REFLD": "2016-05-02", "TRIAGED": "2016-05-09", "MODST": "2016-05-16", "MODID": "M9"}
AWAY, GAINED = {"CLIENT": "AWAYREF", "EPISODID": "EP-AWAY"}, {"CLIENT": "GAINREF", "EPISODID": "EP-GAIN"}
GONE: Final = {"CLIENT": "GONEREF", "EPISODID": "EP-GONE", "MODID": "M4"}
SHARED, SHARED_TWO = (
    {"CLIENT": "SHAREDREF", "EPISODID": "EP-SHARED"},
    {"CLIENT": "SHAREDREF", "EPISODID": "EP-SHARED-TWO"},
)
LATE: Final = {"DISD": "2017-01-19", "DISRSN": "85", "MODEND": "2017-01-19"}


def with_traps(recount: CommandLine) -> History:
    """The history: the person who asks has records at two agencies, in every way in which these can be shared."""
    recount.settings[STOP_LIST] = str(recount.folder / "stop-list")
    its = History(recount)
    others = (
        {**OTHER_PERSON, "CLIENT": "OTHERREF", "EPISODID": "EP-OTHER", "DRUG1": "2499", "DAT": "EX99"},
        {**SHARED, "MODID": "M7", "TRIAGED": "2017-01-10"},
        {**OTHER_PERSON, **SHARED_TWO, "MODID": "M8", "DRUG2": "7003"},
    )
    away = {**AWAY, "MODID": "M2", "DAT": "EX77", "TRIAGED": "2017-01-11"}
    gained = {**GAINED, "MODID": "M3", "TRIAGED": "2017-01-12"}
    first = (
        MAIN,
        {**OLD, **BEFORE},
        away,
        {**OTHER_PERSON, **gained, **LATE},
        {**GONE, "TRIAGED": "2017-01-13"},
        *others,
    )
    its.send("01", "2017-02-10", *first)
    its.send(
        "01",
        "2017-02-11",
        {"CLIENT": "ELSEREF", "EPISODID": "EP-ELSE", "MODID": "M5", "TRIAGED": "2017-01-14"},
        agency="H0002",
    )
    its.reviews("2017-02-12", CLIENT="OWNREF", EPISODID="EP-MAIN", ROLE=STAFF)
    recount("publish", "--measure", "N.treatment", "--as-of", "2017-01-31", "--out", recount.folder / "one.json")
    recount("publish", "--cut", "Board of February", "--as-of", "2017-01-31")
    main = {**MAIN, **DISCHARGED, "DISD": "2017-02-20", "MODEND": "2017-02-20"}
    away_now, gained_now = {**OTHER_PERSON, **away, "DISD": "2017-01-18", "DISRSN": "85", "MODEND": ""}, gained
    again = (main, {**NEW, **BEFORE}, away_now, gained_now, {**GONE, "TRIAGED": "2017-01-13"}, *others)
    its.send("02", "2017-03-10", *again)
    mapping = recount.folder / "mapping.csv"
    mapping.write_text("AGNCY,CLIENT,EPISODID,NEW_CLIENT,NEW_EPISODID\nH0001,OLDREF,EP-OLD,NEWREF,EP-NEW\n")
    recount("rekey", mapping, "--received-on", "2017-03-11")
    recount("withdraw", "H0001", "GONEREF", "EP-GONE", "--received-on", "2017-03-12")
    corrected = {**main, "DISRSN": "82"}
    wrong = {**main, "DISD": "2017-01-02"}
    third = {
        **THIRD_PERSON,
        "CLIENT": "THIRDREF",
        "EPISODID": "EP-THIRD",
        "TRIAGED": "2017-03-02",
        "MODST": "2017-03-03",
    }
    its.send(
        "02",
        "2017-03-14",
        corrected,
        {**NEW, **BEFORE},
        away_now,
        gained_now,
        *others,
        third | {"TRIAGED": "2017-01-09", "MODST": "2017-01-16", "MODID": "M6"},
    )
    its.send("03", "2017-04-10", wrong, {**NEW, **BEFORE}, away_now, gained_now, *others)
    its.look_at_single_records()
    return its
