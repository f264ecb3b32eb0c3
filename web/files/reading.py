"""A file as it came: its name, its bytes, its header, its rows, and which rows speak of which episode.

What is wrong with a file as a whole is found here and raised as `Refused`, with a code that programs can rely on
(REFUSALS). What is wrong with a row is the business of `checks`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b, sha256
from operator import itemgetter
from typing import Final, TypeVar

import msgspec

from domain.client import ClientKey
from domain.errors import Refused
from domain.submission import Notice, Rejection
from web.files.sheets.columns import check_needed, check_one_header, layout_notices
from web.files.sheets.decoding import decoded
from web.files.sheets.fields import fitted
from web.files.sheets.rewritten import check_references, exchanged_days
from web.files.sheets.rows import BEHIND, Rows
from web.files.sheets.sheet import Sheet, names_in, read_sheet

from . import limits
from .consent import Consents, consents_in, same_agency
from .prepared import key_check, key_check_in
from .schemas import (
    AGENCY,
    CLIENT,
    CLIENT_ID,
    CONSENT,
    EPISODE,
    IDENTITY,
    KEY,
    REJECTED,
    STANDS_IN,
    FileName,
    parse_name,
)
from .uploads import SentFile
from .values import LIKE_A_DAY, clean

REFUSALS: Final = {
    "received-in-future": "The day of receipt lies after today.",
    "received-out-of-order": "The day of receipt lies before that of the newest submission.",
    "file-unreadable": "The file cannot be opened.",
    "file-name": "The name is not of the form AGENCY-YYYYMMDD-YYYYMMDD-TREAT-IN-X.csv or ...-REVIEWS.csv.",
    "covered-days": "The covered days end after the receipt, begin before 1990 or are more than ten years.",
    "other-data-set": "The file is another file of NDTMS than that of treatment, like CJIT.",
    "excel-workbook": "The file is an Excel workbook, or another spreadsheet.",
    "not-text": "The file is a document, a web page or an archive.",
    "utf-16": "The file is in UTF-16, which Excel calls Unicode text.",
    "nul-byte": "The file holds a NUL byte.",
    "undecodable": "The bytes are neither UTF-8 nor Windows-1252.",
    "quote-never-closed": "A quoted value is never closed.",
    "not-csv": "The rows cannot be read as comma-separated values.",
    "header-not-first": "The header is below rows with values.",
    "header-changes": "A row below the header is another header.",
    "column-missing": "A needed column is missing.",
    "column-twice": "A column that is read is there twice.",
    "field-count": "A row has another number of fields than the header.",
    "no-row": "There is no row below the header.",
    "reference-rewritten": "A spreadsheet has made powers of ten of references, like 1.00E+11.",
    "other-agency": "A row is of another agency than the name of the file.",
    "no-accepted-row": "Every row was rejected.",
    "withdraws-many": "A complete file would withdraw more open episodes than is likely, and nobody confirmed it.",
    **limits.REFUSALS,
}
"""Why a file is refused whole, by code; nothing of it is stored then."""

PREPARED_REFUSALS: Final = {
    "raw-file-not-taken": "The file holds initials and birth dates, and this service takes prepared files only.",
    "not-prepared": "The name says that the file is prepared, and its content is not that of a prepared file.",
    "other-client-key": "The file was prepared with another client key.",
}
"""Why a file is refused whole for the way in which it was, or was not, prepared."""

_DIGEST_BYTES: Final = 16
_UNIT, _RECORD = b"\x1f", b"\x1e"
"""Between the values of a row, and between rows, where a digest is made of them."""
KEYLESS: Final = ("", "")
"""Where rows are gathered that do not say which episode they are of."""
_Said = TypeVar("_Said", Rejection, Notice)


@dataclass(frozen=True, slots=True)
class EpisodeRows:
    """The rows of one episode: its references, the rows' numbers (from 1), and a digest of what they say."""

    client_reference: str
    episode_reference: str
    numbers: Sequence[int]
    digest: bytes


@dataclass(frozen=True)
class File:
    """A file that can be read.

    `rows` below the header; `places` of the columns that are read, in the schema's order, and the names of those left
    `unread`; the rows by episode, and the numbers of the `keyless` ones, which do not say what they are of. Rows that
    only speak of consent are with neither: see `consents`. Rows of which nothing is read are `blank`, or `no_records`:
    totals and footers. `in_sheet` is the number that a spreadsheet has for each row. `key_check` is the check value of
    the client key that a prepared file was prepared with; empty for a raw one. `notices` are those of the file as a
    whole.
    """

    name: FileName
    sha256: str
    rows: Rows
    places: Mapping[str, int]
    unread: tuple[str, ...]
    episodes: Sequence[EpisodeRows]
    keyless: Sequence[int]
    consents: Consents
    key_check: str = ""
    blank: Sequence[int] = ()
    no_records: Sequence[int] = ()
    in_sheet: Sequence[int] = ()
    notices: Sequence[Notice] = ()

    @property
    def records(self) -> int:
        """How many rows say something."""
        return len(self.rows) - len(self.blank) - len(self.no_records)

    def values(self, number: int) -> dict[str, str]:
        """The values of row `number` by column; what means none is empty."""
        row = self.rows[number - 1]
        # Most values are empty, and a call for each of them would take as long as all else.
        values = {column: (value := row[place]) and clean(value) for column, place in self.places.items()}
        # Codes of agencies are the same in capitals and without.
        values[AGENCY] = values[AGENCY].upper()
        return values


def read_path(path: SentFile) -> File:
    """The file at `path`, or as it was sent; raises Refused for what is wrong with it as a whole."""
    name = parse_name(path.name)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Refused(
            "file-unreadable", f"{path} cannot be opened: {error.strerror}. Check its name and your rights.", path.name
        ) from error
    return read(name, data)


def check_key(file: File, client_key: ClientKey) -> None:
    """Raises Refused for a file that was prepared with another key: it would make another person of everybody."""
    ours = key_check(client_key)
    if file.key_check not in {"", ours}:
        raise Refused(
            "other-client-key",
            f"{file.name.text} was prepared with another client key than this service's (check value {file.key_check}, "
            f"expected {ours}), so that everybody in it would count as somebody else. Prepare it with the right key.",
            file.name.text,
        )


def in_sheet(file: File, said: Iterable[_Said]) -> list[_Said]:
    """What is said of rows in their order, each with the row's number in a spreadsheet."""
    return [
        msgspec.structs.replace(one, sheet_row=file.in_sheet[one.row - 1]) if one.row else one
        for one in sorted(said, key=lambda one: one.row)
    ]


def no_accepted_row(name: FileName, rejected: Sequence[Rejection]) -> Refused:
    """The refusal of a file of which no row is accepted: all were rejected, or are of another agency's clients."""
    sentence = f"Every row of {name.text} was rejected."
    if rejected:
        first = min(rejected, key=lambda rejection: rejection.row)
        sentence = f"{sentence} The first, row {first.sheet_row or first.row + 1}: {first.message}"
    else:
        sentence = (
            f"{sentence[: -len('was rejected.')]}is a refusal of consent that concerns none of {name.agency}'s clients."
        )
    return Refused("no-accepted-row", sentence, name.text)


def read(name: FileName, data: bytes) -> File:
    """The file `name` with these bytes.

    Raises:
        Refused: it cannot be taken in, whatever its rows say; the code is one of REFUSALS.
    """
    text = decoded(name.text, data)
    limits.check_lines(name.text, data)
    sheet, check = read_sheet(name, text), ""
    if not sheet.header:
        raise Refused("no-row", f"{name.text} is empty. Send the file with its header and rows.", name.text)
    if name.schema.prepared:
        check, sheet = _below_mark(name, sheet)
    limits.check_columns(name.text, sheet.header)
    _places(name, sheet.header)
    if not sheet.rows:
        raise Refused("no-row", f"{name.text} has no row below its header. Send the file with its rows.", name.text)
    sheet = fitted(name, sheet)
    rows, in_sheet = sheet.rows, sheet.in_sheet
    places, unread = _places(name, sheet.header)
    check_one_header(name, rows, places[AGENCY], in_sheet)
    check_references(name.text, rows, places, in_sheet)
    consents = consents_in(name.agency, rows, places, _place_of_client_id(sheet.header))
    notices = (*layout_notices(name), *sheet.notices, *exchanged_days(rows, places, name.schema.dates))
    by_key = _by_key(rows, places, consents)
    keyless, blank, no_records = _without_key(name, rows, places, sorted(by_key.pop(KEYLESS, [])))
    if not (by_key or keyless or consents):
        raise Refused("no-row", f"{name.text} has no record below its header. Send the file with its rows.", name.text)
    _check_agency(name, sheet, places[AGENCY], {*consents.apart, *blank, *no_records})
    prefix = _UNIT.join(word.encode() for word in (name.schema.data_set, name.schema.letter, *places))
    said = _said(rows, places, len(sheet.header))
    episodes = [
        EpisodeRows(client, episode, sorted(numbers), _digest(map(said, numbers), prefix))
        for (client, episode), numbers in by_key.items()
    ]
    digest = sha256(data).hexdigest()
    return File(
        name, digest, rows, places, unread, episodes, keyless, consents, check, blank, no_records, in_sheet, notices
    )


def _by_key(rows: Rows, places: Mapping[str, int], consents: Consents) -> dict[tuple[str, str], list[int]]:
    """Row numbers by (CLIENT, EPISODID); an empty key holds the rows that lack one of the three references."""
    as_written: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    number = 1
    for key, count in rows.alike(*(places[column] for column in KEY)):
        as_written[key].extend(range(number, number + count))
        number += count
    if consents.apart:
        for key, numbers in as_written.items():
            as_written[key] = [number for number in numbers if number not in consents.apart]
    by_key: dict[tuple[str, str], list[int]] = {}
    for written, numbers in as_written.items():
        if not numbers:
            continue
        agency, client, episode = map(clean, written)
        by_key.setdefault((client, episode) if agency and client and episode else KEYLESS, []).extend(numbers)
    return by_key


def _without_key(
    name: FileName, rows: Rows, places: Mapping[str, int], numbers: Iterable[int]
) -> tuple[list[int], list[int], list[int]]:
    """Of the rows that lack a reference, those that are records all the same, the blank ones, and totals and footers.

    A record names its client, or gives a day, or says something of consent.
    """
    records: list[int] = []
    blank: list[int] = []
    no_records: list[int] = []
    needed = [places[column] for column in name.schema.needed]
    says = [places[column] for column in (CLIENT, EPISODE, CONSENT, REJECTED) if column in places]
    days = [places[column] for column in places if column in name.schema.dates]
    for number in numbers:
        row = rows[number - 1]
        if any(clean(row[place]) for place in says) or any(LIKE_A_DAY.search(row[place]) for place in days):
            records.append(number)
        elif any(clean(row[place]) for place in needed):
            no_records.append(number)
        else:
            blank.append(number)
    return records, blank, no_records


def _said(rows: Rows, places: Mapping[str, int], width: int) -> Callable[[int], bytes]:
    """Gives what row `number` says in the columns that are read, in the schema's order."""
    if list(places.values()) == list(range(width)):
        said = rows.joined(_UNIT)
        return lambda number: said(number - 1)
    pick, said = itemgetter(*places.values()), rows.joined(BEHIND)
    return lambda number: _UNIT.join(pick(said(number - 1).split(BEHIND)))


def _digest(rows: Iterable[bytes], prefix: bytes) -> bytes:
    """The same for the same rows in any order, and for any order of the file's columns."""
    return blake2b(_RECORD.join((prefix, *sorted(rows))), digest_size=_DIGEST_BYTES).digest()


def _below_mark(name: FileName, sheet: Sheet) -> tuple[str, Sheet]:
    """The check value on a prepared file's first line, and the sheet below it."""
    check = key_check_in(sheet.header)
    if check is None or not sheet.rows:
        raise _not_prepared(name, "its first line is not the mark of one")
    # A row is corrected in the raw file, which has no mark above its header.
    in_sheet = [number - 1 for number in sheet.in_sheet[1:]]
    return check, Sheet(sheet.rows[0], sheet.rows[1:], in_sheet, sheet.notices)


def _not_prepared(name: FileName, why: str) -> Refused:
    return Refused(
        "not-prepared",
        f"{name.text} is named like a prepared file, but {why}. Make it with 'recount prepare', of the same version as "
        "this service's, and send it unchanged.",
        name.text,
    )


def _places(name: FileName, header: Sequence[str]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Where the columns that are read stand, in the schema's order, and the names of those that are not read."""
    names = names_in(header)
    for stand_in, column in STANDS_IN.items():
        if column not in names:
            names = [column if name == stand_in else name for name in names]
    schema = name.schema
    if schema.prepared and (identities := [column for column in IDENTITY if column in names]):
        raise _not_prepared(name, f"it holds {', '.join(identities)}")
    check_needed(name, names)
    counts = Counter(names)
    twice = [column for column in schema.columns if counts[column] > 1]
    if twice:
        raise Refused(
            "column-twice",
            f"{name.text} has {', '.join(twice)} more than once, so that its value is not certain. Keep one of them.",
            name.text,
        )
    read_columns = {*schema.columns, CLIENT_ID} if CONSENT in schema.columns else set(schema.columns)
    unread = tuple(written.strip() for column, written in zip(names, header, strict=True) if column not in read_columns)
    return {column: names.index(column) for column in schema.columns if counts[column]}, unread


def _place_of_client_id(header: Sequence[str]) -> int | None:
    """Where CLIENTID stands, in which a refusal of consent may name its client; None if nowhere, or twice."""
    names = names_in(header)
    return names.index(CLIENT_ID) if names.count(CLIENT_ID) == 1 else None


def _check_agency(name: FileName, sheet: Sheet, place: int, apart: Collection[int]) -> None:
    """Raises Refused for a row of another agency; rows `apart` are of none."""
    codes = {value: clean(value) for value in sheet.rows.distinct(place)}
    others = {value for value, code in codes.items() if code and not same_agency(code, name.agency)}
    numbered = enumerate(sheet.rows.column(place), 1)
    wrong = ((n, value) for n, value in numbered if value in others and n not in apart)
    if others and (first := next(wrong, None)):
        number, other = first
        raise Refused(
            "other-agency",
            f"{name.text}: row {sheet.in_sheet[number - 1]} is of agency '{other.strip()[:40]}' and the file of "
            f"{name.agency}. Send the rows of each agency in a file of its own.",
            name.text,
        )
