"""Disputes, for people."""

from collections.abc import Iterator
from typing import Final

from rich.console import Console

from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.improvement.disputed import course_lines, happening_words, heading_of
from web.presenters.tables import Column, Table
from web.queries.contract_life.disputes import DisputeResult, DisputesResult
from web.queries.improvement.disputed.course import DisputeHappening, DisputeSpeech

_DISPUTES: Final = (
    Column("no.", number=True),
    Column("state"),
    Column("opened"),
    Column("what", folds=True),
    Column("as of"),
    Column("claimed"),
    Column("by"),
)


def print_disputes(console: Console, result: DisputesResult) -> None:
    """All disputes, the oldest first."""
    if not result.disputes:
        say(console, "Nothing is disputed.")
        return
    print_table(console, Table(_DISPUTES, list(map(_row, result.disputes))))


def _row(dispute: DisputeResult) -> tuple[str, ...]:
    return (
        str(dispute.number),
        dispute.state,
        text.short_day(dispute.opened.on),
        _figure(dispute),
        text.short_day(dispute.standpoint.as_of),
        _claimed(dispute),
        dispute.opened.party or dispute.opened.actor,
    )


def print_dispute(console: Console, dispute: DisputeResult) -> None:
    """One dispute, word by word."""
    measure = dispute.measure
    say(
        console,
        f"Dispute {dispute.number} ({dispute.state}): {measure.code} {measure.name}, claimed to be {_claimed(dispute)}",
    )
    say(console, text.standpoint(dispute.standpoint), text.slice_of(dispute.slice), "")
    say(console, *_spoken(dispute))
    say(console, *course_lines(dispute))
    if dispute.is_open:
        say(console, "", "While it is open, the commissioner may look at the clients of this figure.")


def _figure(dispute: DisputeResult) -> str:
    parts = [part for part in (dispute.slice.area, dispute.slice.agency) if part]
    return " ".join([dispute.code, *(["for", " and ".join(parts)] if parts else [])])


def _claimed(dispute: DisputeResult) -> str:
    claimed = dispute.claimed
    return f"{claimed.percentage}%" if claimed.percentage else _numbers(claimed.numerator, claimed.denominator)


def _numbers(numerator: int | None, denominator: int | None) -> str:
    return f"{numerator}" if denominator is None else f"{numerator} of {denominator}"


def _spoken(dispute: DisputeResult) -> Iterator[str]:
    """All that was said, the oldest first."""
    said: list[tuple[DisputeSpeech, str]] = [(dispute.opened, f" opened it: {dispute.reason}")]
    said += [(answer, f": {answer.statement}") for answer in dispute.answers]
    said += [
        (one, f", {heading_of(one).lower()}: {happening_words(one)}{_hash(one)}") for one in dispute.course.happened
    ]
    if closed := dispute.closed:
        agreed = f" Agreed: {_numbers(closed.agreed.numerator, closed.agreed.denominator)}." if closed.agreed else ""
        said.append((closed, f" closed it: {closed.outcome}{agreed}"))
    for one, words in sorted(said, key=lambda its: its[0].position):
        yield f"{_speaker(one)}{words}"


def _hash(one: DisputeHappening) -> str:
    return f" SHA-256 {one.file.sha256}." if one.file else ""


def _speaker(speech: DisputeSpeech) -> str:
    who = f"{speech.actor} for {speech.party}" if speech.party else speech.actor
    return f"{text.short_day(speech.on)}, {who}"
