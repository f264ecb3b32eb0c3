"""What became of files, and what they would do to the figures, for people.

`summary` is text that a data manager can send back to the provider. It names rows and the agency's own references; no
initials and no birth date.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Final

from rich.console import Console

from domain.episode.facts import REVIEW_FILE
from domain.submission import Notice, known_elsewhere, other_people
from web.commands.ingest.submission import Submission
from web.commands.ingest.take_in import Effect
from web.files.prepare import Prepared
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Table
from web.queries.records.submissions import RejectedRow, SubmissionResult, rejected_rows

_COUNTS: Final = ("rows", "new", "amended", "withdrawn", "unchanged", "not in file", "rejected")


def print_effects(console: Console, effects: Sequence[Effect]) -> None:
    """The measures that a file would move."""
    if not effects:
        return
    changed = moved(effects)
    standpoint = effects[0].after.standpoint
    if not changed:
        say(console, f"No figure as of {text.day(standpoint.as_of)} would change.", "")
        return
    say(console, f"Figures as of {text.day(standpoint.as_of)} that would change; all others stay as they are.", "")
    columns = (
        Column("KPI"),
        Column("measure", folds=True),
        Column("agencies"),
        Column("before", folds=True),
        Column("after", folds=True),
    )
    print_table(console, Table(columns, list(map(_effect_row, changed))))
    say(console, "")


def moved(effects: Sequence[Effect]) -> list[Effect]:
    """The figures that a file would move; an agency's own only where it says something else than that of all."""
    return [effect for effect in effects if effect.changes and not _repeats(effect, effects)]


def _repeats(effect: Effect, effects: Sequence[Effect]) -> bool:
    """Whether an agency's figure says what that of all agencies does."""
    everywhere = next(e for e in effects if e.after.measure == effect.after.measure)
    return effect is not everywhere and _words(effect) == _words(everywhere)


def _words(effect: Effect) -> tuple[str, str]:
    return text.counts(effect.before), text.counts(effect.after)


def _effect_row(effect: Effect) -> tuple[str, ...]:
    figure = effect.after
    return (
        figure.measure.code,
        figure.measure.name,
        figure.slice.agency or "all",
        *_words(effect),
    )


def print_archive(console: Console, submissions: Sequence[Submission]) -> None:
    """Many files, a line each; counts are of facts, but for the rows, the episodes not in the file and the rejected."""
    if not submissions:
        return
    columns = (Column("received"), Column("file", folds=True), *(Column(name, number=True) for name in _COUNTS))
    print_table(console, Table(columns, list(map(_archive_row, submissions))))
    passed_over = sum(submission.already_received for submission in submissions)
    say(console, "", f"{text.plural(len(submissions) - passed_over, 'file')} taken in.")
    if passed_over:
        say(console, f"{text.plural(passed_over, 'file')} passed over: received before, on that day, with these bytes.")


def _archive_row(submission: Submission) -> tuple[str, ...]:
    received = text.short_day(submission.received_on)
    if submission.already_received:
        return received, submission.file, *("" for _ in _COUNTS[:-1]), "before"
    counts = (
        submission.rows,
        submission.new,
        submission.amended,
        submission.withdrawn,
        submission.unchanged,
        submission.not_in_file,
        len({rejection.row for rejection in submission.rejected}),
    )
    return received, submission.file, *(f"{count:,}" for count in counts)


def summary(submission: Submission) -> str:
    """What a file brought, what to correct in it, and what is missing from it, in plain words and lines of text."""
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
    counts += _consent_counts(prepared.refused, prepared.unclear)
    if prepared.left_out:
        counts.append(("episodes left out, no consent", prepared.left_out))
    yield ("", *_lines(counts))
    yield _rejected(rejected_rows(prepared.rejected, prepared.names))
    yield _notices(prepared.notices)


def _parts(submission: Submission) -> Iterable[Sequence[str]]:
    days = f"{_day(submission.first_day)} to {_day(submission.last_day)}"
    yield (submission.file, f"{submission.agency}, {days}, received on {_day(submission.received_on)}")
    if submission.already_received:
        yield ("", "The same file was received before. Nothing has changed.")
        return
    if submission.dry_run:
        yield ("", "A trial: nothing of this was stored.")
    kept_out = sentence_of_kept_out(submission)
    if kept_out and is_much(submission):
        yield ("", kept_out)
    yield ("", *_count_lines(submission))
    yield _same_records(submission)
    if kept_out and not is_much(submission):
        yield ("", kept_out)
    yield _rejected(submission.rejected)
    yield _missing(submission)
    yield _withdrawn(submission)
    yield _notices(submission.notices)


REJECTED: Final = ("CLIENT", "EPISODID", "row", "column", "code", "message")
"""The columns of the list of what was kept out, to send back; rows are numbered as in a spreadsheet."""


def rejected_lines(rejected: Iterable[RejectedRow]) -> Iterable[tuple[str | int, ...]]:
    """The lines of that list."""
    for one in rejected:
        names = (one.client_reference or "", one.episode_reference or "")
        yield (*names, one.sheet_row, one.column, one.code, one.message)


MUCH: Final = 20
"""Above one in so many of a file's episodes, that they were kept out is what is said first."""


def is_much(submission: Submission | SubmissionResult) -> bool:
    """Whether so many of a file's episodes were kept out that it is said first."""
    kept_out = submission.kept_out
    return kept_out is not None and kept_out.episodes * MUCH > (submission.episodes or 0)


def sentence_of_kept_out(submission: Submission | SubmissionResult) -> str:
    """How many of a file's episodes were kept out of the figures, and how many of them are in no figure."""
    if not (submission.kept_out and submission.kept_out.episodes):
        return ""
    count, new = submission.kept_out.episodes, submission.kept_out.new
    of_all = f"{count:,} of {text.plural(submission.episodes or 0, 'episode')}"
    verb = "was" if count == 1 else "were"
    if submission.data_set == REVIEW_FILE:
        return f"{of_all} in this file {verb} kept out: their reviews stand as they were known."
    known = count - new
    words = [
        *([f"{new:,} {'is' if new == 1 else 'are'} new, and so in no figure"] if new else []),
        *([f"{known:,} {'counts' if known == 1 else 'count'} as known before"] if known else []),
    ]
    return f"{of_all} in this file {verb} kept out of the figures: {', and '.join(words)}."


def _count_lines(submission: Submission) -> list[str]:
    rejected = len({rejection.row for rejection in submission.rejected})
    counts = [
        ("rows", submission.rows),
        ("facts new", submission.new),
        ("facts amended", submission.amended),
        ("facts withdrawn", submission.withdrawn),
        ("facts unchanged", submission.unchanged),
        ("rows rejected", rejected),
        ("episodes kept out", submission.kept_out.episodes),
        ("episodes not in this file", submission.not_in_file),
    ]
    counts += _consent_counts(submission.consent_refused, submission.consent_unclear)
    if without_consent := submission.left_out - submission.stopped:
        counts.append(("episodes left out, no consent", without_consent))
    if submission.stopped:
        counts.append(("episodes left out, erased", submission.stopped))
    return _lines(counts)


def _consent_counts(refused: int, unclear: int) -> list[tuple[str, int]]:
    counts = (("clients who refuse consent", refused), ("clients to ask about consent", unclear))
    return [(name, count) for name, count in counts if count]


def _same_records(submission: Submission) -> list[str]:
    sentences = list(same_record_sentences(submission))
    return ["", *sentences] if sentences else []


def same_record_sentences(submission: Submission) -> Iterator[str]:
    """How many episodes are probably known already, and how many references name somebody else."""
    if count := known_elsewhere(submission.notices):
        these = "is probably one" if count == 1 else "are probably ones"
        known = "already known under another reference, and counted twice so far"
        yield f"{text.plural(count, 'episode')} {these} {known}."
    if count := other_people(submission.notices):
        verb = "names" if count == 1 else "name"
        yield f"{text.plural(count, 'reference')} {verb} another person than before."


def _lines(counts: Iterable[tuple[str, int]]) -> list[str]:
    return [f"{name:<30}{count:>8,}" for name, count in counts]


def _rejected(rejected: Sequence[RejectedRow]) -> list[str]:
    if not rejected:
        return []
    named = any(one.client_reference is not None for one in rejected)
    header = ("row", *(("CLIENT", "EPISODID") if named else ()), "column", "what is wrong")
    rows = [
        (
            str(one.sheet_row),
            *((one.client_reference or "", one.episode_reference or "") if named else ()),
            one.column,
            one.message,
        )
        for one in rejected
    ]
    return [
        "",
        "To correct. Rows are numbered as in a spreadsheet: the header is row 1. What was known of these episodes",
        "stands until then.",
        *_text_table(header, rows),
    ]


def _missing(submission: Submission) -> list[str]:
    if not submission.missing:
        return []
    rows = [(e.client_reference, e.episode_reference, _day(e.since)) for e in submission.missing if e.since]
    return [
        "",
        "Not in this file, though known to be in treatment in its days. They stand as they were. Send them again,",
        "or confirm that they are to be withdrawn.",
        *_text_table(("CLIENT", "EPISODID", "missing since"), rows),
    ]


def _withdrawn(submission: Submission) -> list[str]:
    if not submission.withdrawn_episodes:
        return []
    rows = [(e.client_reference, e.episode_reference) for e in submission.withdrawn_episodes]
    return [
        "",
        "Withdrawn, since this file is all that the agency holds of its days and does not have them.",
        *_text_table(("CLIENT", "EPISODID"), rows),
    ]


def _notices(notices: Sequence[Notice]) -> list[str]:
    if not notices:
        return []
    rows = [(str(n.sheet_row or n.row + 1) if n.row else "", n.column, n.message) for n in notices]
    return ["", "To look at. No row was rejected for it.", *_text_table(("row", "column", "notice"), rows)]


def _text_table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    return [
        "  " + "  ".join(f"{value:<{width}}" for value, width in zip(line, widths, strict=True)).rstrip()
        for line in (header, *rows)
    ]


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
