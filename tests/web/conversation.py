"""A small archive that a conversation is held about: four clients of one agency, one of another, one who waits."""

from tests.unit.intake.files import DISCHARGED, row, write

from .conftest import CommandLine


def fill(recount: CommandLine) -> None:
    """Three clients known in February; in March one of them to have completed in January, and one to wait."""
    young = row(CLIENT="C3", SINITIAL="Y", DOB="2002-05-17", DRUG1="4000", RFLS="3")
    january = [row(), row(CLIENT="C2", SINITIAL="X"), young]
    recount("submit", "--received-on", "2017-02-10", write(recount.folder, january))
    waits = row(CLIENT="C4", SINITIAL="W", TRIAGED="", MODID="", MODAL="", MODST="", REFLD="2017-01-20")
    february = [row(**DISCHARGED), *january[1:], waits]
    path = write(recount.folder, february, first="20170201", last="20170228")
    recount("submit", "--received-on", "2017-03-10", path)


def fill_two(recount: CommandLine) -> None:
    """`fill`, and another agency's file: a client of its own, and the second half of C2's journey."""
    fill(recount)
    moved = row(AGNCY="H0002", CLIENT="D2", SINITIAL="X", REFLD="2017-02-01", TRIAGED="2017-02-06", MODST="2017-02-13")
    other = row(AGNCY="H0002", CLIENT="D1", SINITIAL="V")
    path = write(recount.folder, [other, moved], agency="H0002", first="20170201", last="20170228")
    recount("submit", "--received-on", "2017-03-13", path)
