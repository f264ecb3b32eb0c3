"""Every event of a dispute beside opening, answering and closing it, in a database."""

from tests.web.conftest import CommandLine


def argued(recount: CommandLine, number: int) -> None:
    """An open dispute that takes every step, up to a settlement by both."""
    rows = recount.folder / "rows.txt"
    rows.write_text("H0001, C4, out, Elsewhere")
    letter = recount.folder / "letter.txt"
    letter.write_text("A letter.")
    recount("dispute", "rows", number, "--from", rows)
    recount("dispute", "row", number, 1, "contested", "--reason", "day", "--party", "H0001")

    def step(name: str, *more: object) -> None:
        recount("dispute", "step", number, name, "--words", "In words.", *more)

    step("evidence", "--file", letter)
    step("review", "--attendees", "Leads of both", "--row", 1)
    step("escalate")
    step("meeting", "--attendees", "Directors of both")
    step("propose", "--numerator", 3)
    step("refuse", "--party", "H0001")
    step("propose", "--numerator", 3)
    step("accept", "--party", "H0001")
