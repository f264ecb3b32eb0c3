"""What became of a file, as text that a data manager can send back to the provider."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain
from pathlib import Path

from domain.submission import Notice, Rejection
from web.commands.ingest.submission import Submission
from web.files.prepare import Prepared


def summary(submission: Submission) -> str:
    """What a file brought, what to correct in it, and what is missing from it, in plain words and lines of text.

    It names rows and the agency's own references; no initials and no birth date.
    """
    return "\n".join(chain.from_iterable(part for part in _parts(submission) if part)) + "\n"


def summary_of_prepared(prepared: Prepared, path: Path) -> str:
    """What was found in a file that was prepared to be sent, and where it is now; as `summary`."""
    return "\n".join(chain.from_iterable(part for part in _parts_of_prepared(prepared, path) if part)) + "\n"


def _parts_of_prepared(prepared: Prepared, path: Path) -> Iterable[Sequence[str]]:
    name = prepared.raw
    yield (name.text, f"{name.agency}, {_day(name.first_day)} to {_day(name.last_day)}")
    yield ("", f"To send: {path}")
    rejected = len({rejection.row for rejection in prepared.rejected})
    counts = [("rows", prepared.rows), ("rows rejected", rejected)]
    if prepared.left_out:
        counts.append(("episodes left out, no consent", prepared.left_out))
    yield ("", *_lines(counts))
    yield _rejected(prepared.rejected)
    yield _notices(prepared.notices)


def _parts(submission: Submission) -> Iterable[Sequence[str]]:
    days = f"{_day(submission.first_day)} to {_day(submission.last_day)}"
    yield (submission.file, f"{submission.agency}, {days}, received on {_day(submission.received_on)}")
    if submission.already_received:
        yield ("", "The same file was received before. Nothing has changed.")
        return
    if submission.dry_run:
        yield ("", "A trial: nothing of this was stored.")
    yield ("", *_counts(submission))
    yield _rejected(submission.rejected)
    yield _missing(submission)
    yield _withdrawn(submission)
    yield _notices(submission.notices)


def _counts(submission: Submission) -> list[str]:
    rejected = len({rejection.row for rejection in submission.rejected})
    counts = [
        ("rows", submission.rows),
        ("facts new", submission.new),
        ("facts amended", submission.amended),
        ("facts withdrawn", submission.withdrawn),
        ("facts unchanged", submission.unchanged),
        ("rows rejected", rejected),
        ("episodes not in this file", submission.not_in_file),
    ]
    if without_consent := submission.left_out - submission.stopped:
        counts.append(("episodes left out, no consent", without_consent))
    if submission.stopped:
        counts.append(("episodes left out, erased", submission.stopped))
    return _lines(counts)


def _lines(counts: Iterable[tuple[str, int]]) -> list[str]:
    return [f"{name:<30}{count:>8,}" for name, count in counts]


def _rejected(rejected: Sequence[Rejection]) -> list[str]:
    if not rejected:
        return []
    rows = [(str(r.row), r.column, r.message) for r in rejected]
    return [
        "",
        "To correct. Row 1 is the first below the header. What was known of these episodes stands until then.",
        *_table(("row", "column", "what is wrong"), rows),
    ]


def _missing(submission: Submission) -> list[str]:
    if not submission.missing:
        return []
    rows = [(e.client_reference, e.episode_reference, _day(e.since)) for e in submission.missing if e.since]
    return [
        "",
        "Not in this file, though known to be in treatment in its days. They stand as they were. Send them again,",
        "or confirm that they are to be withdrawn.",
        *_table(("CLIENT", "EPISODID", "missing since"), rows),
    ]


def _withdrawn(submission: Submission) -> list[str]:
    if not submission.withdrawn_episodes:
        return []
    rows = [(e.client_reference, e.episode_reference) for e in submission.withdrawn_episodes]
    return [
        "",
        "Withdrawn, since this file is all that the agency holds of its days and does not have them.",
        *_table(("CLIENT", "EPISODID"), rows),
    ]


def _notices(notices: Sequence[Notice]) -> list[str]:
    if not notices:
        return []
    rows = [(str(n.row) if n.row else "", n.column, n.message) for n in notices]
    return ["", "To look at. Nothing was kept out for it.", *_table(("row", "column", "notice"), rows)]


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    return [
        "  " + "  ".join(f"{value:<{width}}" for value, width in zip(line, widths, strict=True)).rstrip()
        for line in (header, *rows)
    ]


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
