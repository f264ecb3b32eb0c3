"""A small database that holds every kind of event, and rows in every table that stands beside the log."""

from collections.abc import Mapping
from typing import Any

from tests.unit.intake.files import REVIEW, row, write, write_reviews
from tests.web.conftest import CommandLine

from .argued import argued
from .audited import audited
from .met import met
from .noticed import noticed
from .planned import planned
from .reviewed_returns import reviewed_returns

Said = dict[str, str]

JANUARY, FEBRUARY, MARCH, APRIL, MAY = (
    {"first": f"2017{month}01", "last": f"2017{month}{last}"}
    for month, last in (("01", "31"), ("02", "28"), ("03", "31"), ("04", "30"), ("05", "31"))
)
ENDED = {"DISD": "2017-02-15", "DISRSN": "80", "MODEND": "2017-02-15"}
DROPPED_OUT = {"DISD": "2017-02-16", "DISRSN": "85"}
TOP = {"TOPID": "T1", "TOPDATE": "2017-01-17", "TRSTAGE": "S"}
PLAN = {"CPLANDT": "2017-01-20"}
AS_OF = ("--measure", "N.treatment", "--as-of", "2017-02-28")
HANDOVER = 8
"""The number of the submission that handed a caseload over."""
NEW_REFERENCE = "AGNCY,CLIENT,EPISODID,NEW_CLIENT,NEW_EPISODID\n"


def person(number: int, **said: str) -> Said:
    month, day = divmod(number, 28)
    own = {"CLIENT": f"C{number}", "SINITIAL": chr(65 + number % 26), "DOB": f"1980-{month + 1:02}-{day + 1:02}"}
    return row(**own | said)


def fill(recount: CommandLine) -> None:
    """Four months of two agencies; everything that can be said by word; what is published, agreed and disputed."""
    by_word(recount)
    people = {number: person(number) for number in range(1, 15)}
    people[1] |= TOP | PLAN
    people[2] |= TOP | {"MODEND": "2017-01-28"}
    people[3] |= {"MODST": "", "REFMODDT": "2017-01-10", "FAOMODDT": "2017-01-12"}
    submit(recount, "2017-02-10", JANUARY, people)
    reviewed(recount, "2017-02-11", REVIEW, REVIEW | {"WHAT": "medical"}, REVIEW | {"CLIENT": "C2"})
    elsewhere = {number: person(number, AGNCY="H0002", CLIENT=f"D{number}") for number in (21, 22)}
    submit(recount, "2017-02-12", JANUARY, elsewhere, agency="H0002")
    many = {number: person(number, AGNCY="H0006", CLIENT=f"E{number}") for number in range(201, 241)}
    submit(recount, "2017-02-12", JANUARY, many, agency="H0006")
    recount("handover", "H0002", "H0004", "--on", "2017-02-01", "--received-on", "2017-02-13")

    publish(recount)
    people[1] |= {"TOPDATE": "2017-01-18", "CPLANDT": "2017-01-21", "REFLD": "2017-01-03", "DRUG1": "7000"}
    people[2] |= {"MODEND": "2017-01-29"}
    people[3] |= {"MODST": "2017-02-01"}
    people[4] |= ENDED
    people[5] |= DROPPED_OUT
    people[6] |= ENDED
    people[7] |= {"REFLD": ""}
    people[8] |= ENDED
    submit(recount, "2017-03-10", FEBRUARY, people)
    reviewed(recount, "2017-03-11", REVIEW | {"DATE": "2017-01-21"}, **FEBRUARY)
    submit(recount, "2017-03-12", FEBRUARY, {21: elsewhere[21] | ENDED}, agency="H0002")
    publish(recount)

    back = {"EPISODID": "2", "REFLD": "", "TRIAGED": "2017-03-20", "MODST": "2017-03-21", "MODID": "M2"}
    people[104], people[106] = people[4] | back, people[6] | back
    for number in (104, 106):
        people[number] |= {"DISD": "", "DISRSN": "", "MODEND": ""}
    people[1] |= {"TOPID": "", "TOPDATE": "", "TRSTAGE": "", "CPLANDT": ""}
    people[2] |= {"MODEND": ""}
    people[5] |= {"DISD": "", "DISRSN": ""}
    people[8] |= {"DISD": "2017-02-17", "MODEND": "2017-02-17"}
    people[9] |= {"MODID": "", "MODAL": "", "MODST": ""}
    submit(recount, "2017-04-10", MARCH, people)
    people[104] |= {"TRIAGED": "2017-03-22", "MODST": "2017-03-22"}
    del people[106]
    submit(recount, "2017-05-10", APRIL, people, "--complete")
    april = submissions(recount)
    recount("withdraw", "H0001", "C10", "1", "--received-on", "2017-05-11")
    rekeyed(recount)
    fewer = ("--from", "2017-04-02", "--to", "2017-04-30", "--reason", "nothing of the first day was sent")
    recount("covered-days", april, *fewer, "--received-on", "2017-05-13")
    recount("handovers", "--undo", HANDOVER, "--received-on", "2017-05-13")
    erased(recount, people)
    entered(recount)
    planned(recount)
    noticed(recount)
    retendered(recount)
    met(recount)
    recount("dispute", "open", *AS_OF, "--numerator", "3", "--reason", "fewer were in treatment")
    argued(recount, len(recount.json("dispute", "list")["disputes"]))
    reviewed_returns(recount)
    audited(recount)
    recount("committee-report", "--as-of", "2017-02-28", "--give", "Committee")
    recount("verify", "--standpoints", 1)


def retendered(recount: CommandLine) -> None:
    """A contract that ended with a handover, and is in force again."""
    table = recount.folder / "kpis.csv"
    table.write_text("code,wording,goal,first_day,deadline_day\n4.0,Opiates,9%,2017-04-01,2017-12-31\n")
    hub = ("--hub", "H0006,Leominster", "--from", "2017-01-01")
    recount("schedule", "draft", "--name", "Second service", "--provider", "Lugg", *hub)
    recount("schedule", "load", 3, table)
    recount("schedule", "agree", 3, "--on", "2017-02-05", "--leave-contracts")
    recount("retender", "H0006:N0006", "--on", "2017-06-01", "--received-on", "2017-06-11")
    number = recount.json("handovers")["handovers"][0]["number"]
    recount("handovers", "--undo", number, "--received-on", "2017-06-11")


def entered(recount: CommandLine) -> None:
    """A KPI that has ended, and a value that was corrected, confirmed, questioned and withdrawn."""
    terms = ("--name", "Packs", "--kind", "count", "--agency", "H0001", "--from", "2017-01-01", "--on", "2017-01-05")
    recount("entered", "define", "X.needle", *terms)
    january = ("--from", "2017-01-01", "--to", "2017-01-31", "--numerator", 400)
    recount("entered", "enter", "X.needle", "--agency", "H0001", *january, "--party", "provider")
    recount("entered", "confirm", 1)
    recount("entered", "question", 1, "--question", "Sure?")
    recount("entered", "correct", 1, "--numerator", 390, "--reason", "Counted twice.", "--party", "provider")
    recount("entered", "withdraw", 1, "--reason", "Of another month.", "--party", "provider")
    recount("entered", "end", 1, "--last-day", "2017-12-31")


def by_word(recount: CommandLine) -> None:
    recount("agency", "H0001", "--name", "Riverside")
    for agency in ("H0003", "H0005"):
        recount("contract", agency, "--from", "2017-01-01", "--received-on", "2017-01-05")
    recount("contract", "H0005", "--from", "2017-01-01", "--withdraw", "--received-on", "2017-01-06")
    year = ("--from", "2017-01-01", "--to", "2017-12-31", "--agreed-on", "2017-01-05", "--source", "Contract")
    recount("target", "set", "--measure", "4.0", *year, "--level", "10")
    recount("target", "set", "--measure", "4.0", *year, "--level", "12", "--area", "EX01")
    recount("target", "withdraw", "2")
    by_hub = ("--numbers", "H0001=1,2", "--first-month", "2017-03-01", "--as-of", "2017-02-28")
    recount("hub-targets", "propose", "1", *by_hub, "--on", "2017-01-06")
    recount("hub-targets", "agree", "1", "--for", "H0001", "--on", "2017-01-07")
    recount("hub-targets", "withdraw", "1", "--reason", "Another is to be proposed", "--on", "2017-01-08")
    rule = ("--name", "Ours", "--from", "2017-01-01", "--on", "2017-01-05")
    recount("colour-rule", "agree", *rule, "--amber-within", "2")
    recount("colour-rule", "agree", *rule, "--measure", "4.0", "--condition", "red:not improved on last year")
    recount("colour-rule", "change", "1", *rule, "--amber-within", "1")
    recount("colour-rule", "withdraw", "2", "--on", "2017-01-06")
    compared(recount)


def compared(recount: CommandLine) -> None:
    """A set that was changed and one that was withdrawn; a file of values, and a value that was wrong."""
    said = ("--source", "Appendix B", "--on", "2017-01-05")
    recount("comparator", "define", "--name", "Opiate", "--measure", "4.0", "--area", "Derby", *said)
    changed = ("--area", "Derby", "--area", "York", "--change", 1, *said)
    recount("comparator", "define", "--name", "Opiate", "--measure", "4.0", *changed)
    recount("comparator", "define", "--name", "Others", "--measure", "4.1", "--area", "Bradford", *said)
    recount("comparator", "withdraw", "--set", 2)
    path = recount.folder / "values.csv"
    path.write_text("area,measure,period,numerator,denominator\nDerby,4.0,2016,7,90\nYork,4.0,2016,5,80\n")
    recount("comparator", "load", path, "--source", "DOMES", "--on", "2017-01-20")
    average = ("--kind", "national", "--area", "England", "--percentage", "6.8", "--source", "DOMES")
    recount("comparator", "enter", "--measure", "4.0", "--period", "2016", *average, "--on", "2017-01-20")
    recount("comparator", "withdraw", "--release", 2)
    a_contract(recount)


def a_contract(recount: CommandLine) -> None:
    """Written down, written anew, agreed, changed and ended; and a draft that was given up."""
    table = recount.folder / "kpis.csv"
    table.write_text("code,wording,goal,first_day,deadline_day\n4.1,Non-opiates,40%,2017-01-01,2017-12-31\n")
    terms = ("--name", "Adult service", "--provider", "Wye", "--hub", "H0001,Riverside", "--from", "2017-01-01")
    recount("schedule", "draft", *terms)
    recount("schedule", "load", 1, table)
    recount("schedule", "agree", 1, "--on", "2017-01-05", "--leave-contracts")
    table.write_text("code,wording,goal,first_day,deadline_day\n4.1,Non-opiates,50%,2017-04-01,2017-12-31\n")
    recount("schedule", "load", 1, table, "--on", "2017-04-10", "--reason", "refreshed in April")
    recount("schedule", "correct", 1, "--area", "E0001", "--on", "2017-05-01", "--reason", "left out")
    recount("schedule", "end", 1, "--last-day", "2017-10-31", "--on", "2017-06-01", "--reason", "given back")
    recount("schedule", "draft", *terms)
    recount("schedule", "discard", 2)


def submit(
    recount: CommandLine, on: str, month: Mapping[str, str], people: Mapping[int, Said], *options: Any, agency: str = ""
) -> None:
    of_name = dict(month) | ({"agency": agency} if agency else {})
    path = write(recount.folder, people.values(), **of_name)
    recount("submit", "--received-on", on, *options, path)


def reviewed(recount: CommandLine, on: str, *reviews: Said, **month: str) -> None:
    recount("submit", "--received-on", on, write_reviews(recount.folder, reviews, **(month or JANUARY)))


def publish(recount: CommandLine) -> None:
    """Once a certificate and a scorecard; then what a dispute is about, and another certificate."""
    number = len(list(recount.folder.glob("certificate*"))) + 1
    recount("publish", *AS_OF, "--out", recount.folder / f"certificate-{number}.json")
    if number == 1:
        recount("publish", "--cut", "Board", "--as-of", "2017-02-28")
    recount("dispute", "open", *AS_OF, "--numerator", "3", "--reason", "fewer were in treatment")
    recount("dispute", "answer", number, "--statement", "it came too late")
    recount("dispute", "close", number, "--outcome", "agreed", "--numerator", "3")
    report = recount.folder / "their-report.csv"
    report.write_text("measure,period,percentage\n4.0,Jan-17,5%\n")
    recount("compare", report, "--keep", f"Their report {number}")


def rekeyed(recount: CommandLine) -> None:
    path = recount.folder / "mapping.csv"
    for old, new in (("C11", "C51"), ("C12", "C52")):
        path.write_text(f"{NEW_REFERENCE}H0001,{old},1,{new},1\n")
        recount("rekey", path, "--received-on", "2017-05-12")
    recount("rekey", "--undo", submissions(recount), "--received-on", "2017-05-13")
    recount("covered-days", 4, "--from", "2017-01-01", "--to", "2017-01-30", "--reason", "a name typed wrongly",
            "--received-on", "2017-05-13")  # fmt: skip


def submissions(recount: CommandLine) -> int:
    """The number of the newest."""
    return int(recount.json("log", "--limit", 1)["entries"][-1]["said"]["number"])


def erased(recount: CommandLine, people: dict[int, Said]) -> None:
    """On request; by ended consent, twice; and rows that the newest file kept out."""
    recount("erase", "H0001", "C13", "--reason", "request 1", "--received-on", "2017-05-14")
    del people[10], people[13]
    people[11] |= {"CLIENT": "C51"}
    for day, consent in (("15", "N"), ("16", "Y"), ("17", "N")):
        people[14] |= {"CONSENT": consent, "SEX": "F"}
        people[3] |= {"DRUG2": f"30{day}"}
        submit(recount, f"2017-05-{day}", APRIL, people)
    people[12] |= {"DOB": "2031-01-01"}
    submit(recount, "2017-06-10", MAY, people)
