"""The parameters of the API: the names of the JSON documents, read as strictly as the command line's options.

What is refused is not repeated in the answer: it may be a reference or a birth date in the wrong place.
What is not known is refused (422), so that a misspelt parameter never passes for one that was left out.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any, Final

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from domain.contract_life.entered import CODE as ENTERED_CODE
from domain.contract_life.publication import LONGEST_NAME
from domain.definition import DEFINITIONS
from domain.measures.registry import MEASURE_OF
from projections.standings.slices import Slice
from web.auth.guard import LONGEST_REASON
from web.clock import today
from web.queries.contract_life.publications import standpoint_of_cut
from web.queries.parameters import KnownAt
from web.queries.slices import as_known
from web.snapshot import Snapshot

Given = Mapping[str, Any]
"""What a request gave, read."""

_DAY: Final = r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}"
_POSITION: Final = r"@[0-9]{1,15}"
CODE: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"
"""What the code of an agency or an area looks like."""
LONGEST_LIST: Final = 500
"""Entries of a list on one page."""

_ERRORS: Final[dict[str, Any]] = {
    "day": "This is not a day. Write it as YYYY-MM-DD, like 2017-07-31.",
    "position": "This is not a position. Write it as @48211.",
    "to-come": "This day has not come yet. Nothing is known of it: give today or an earlier day.",
    "code": "This is no such code.",
    "cut-or-days": "Give as_of (and known_at), or cut, not both.",
}
"""What is wrong, by its code. The form is named and not the value, which may be a birth date."""


class DayField(fields.Date):
    """A day, written YYYY-MM-DD; from 1900 on, since no record is older."""

    default_error_messages = _ERRORS

    def __init__(self, *, description: str, **kwargs: Any) -> None:
        super().__init__(**kwargs, metadata={"description": description, "pattern": f"^{_DAY}$"})

    def _deserialize(self, value: Any, *_beside: Any, **_given: Any) -> date:
        return _day(self, value)


class KnownAtField(fields.Field[date | int]):
    """A day up to today, or @POSITION: a place in the log."""

    default_error_messages = _ERRORS

    def __init__(self, description: str = "") -> None:
        words = "The last day whose knowledge is used, or @POSITION of the log; left out, the newest receipt."
        described = {"description": description or words, "type": "string", "pattern": f"^({_DAY}|{_POSITION})$"}
        super().__init__(load_default=None, metadata=described)

    def _deserialize(self, value: Any, *_beside: Any, **_given: Any) -> date | int:
        if isinstance(value, str) and value.startswith("@"):
            if not re.fullmatch(_POSITION, value):
                raise self.make_error("position")
            return int(value[1:])
        day = _day(self, value)
        if day > today():
            raise self.make_error("to-come")
        return day


def day_written(value: Any) -> date | None:
    """The day that is written; None for what is no day."""
    if isinstance(value, str) and re.fullmatch(_DAY, value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    return None


def _day(field: fields.Field[Any], value: Any) -> date:
    day = day_written(value)
    if day is None:
        raise field.make_error("day")
    return day


def measure_field(**kwargs: Any) -> fields.String:
    """A measure's code."""
    words = "There is no such measure. There are {choices}."
    return fields.String(
        validate=validate.OneOf(list(MEASURE_OF), error=words),
        metadata={"description": "The measure's code, like 4.0."},
        **kwargs,
    )


def any_measure_field(**kwargs: Any) -> fields.String:
    """A measure's code, or that of a KPI that is entered by hand."""
    field = measure_field(**kwargs)
    field.validators = [_measure_or_entered]
    field.metadata = {"description": "The measure's code, like 4.0, or that of an entered KPI, like X.needle."}
    return field


def _measure_or_entered(code: str) -> None:
    if code not in MEASURE_OF and not re.fullmatch(ENTERED_CODE, code):
        raise ValidationError(
            f"There is no such measure. There are {', '.join(MEASURE_OF)}, and those entered by hand."
        )


def definition_field(description: str = "Another version of the measure's definition.") -> fields.String:
    """A version of the definitions."""
    versions = [definition.version for definition in DEFINITIONS]
    words = "There is no such definition. There are {choices}."
    return fields.String(
        load_default=None, validate=validate.OneOf(versions, error=words), metadata={"description": description}
    )


def is_code(text: str) -> bool:
    """Whether this may be the code of an agency or an area."""
    return re.fullmatch(CODE, text) is not None


class CodeField(fields.String):
    """The code of an area or an agency."""

    default_error_messages = _ERRORS

    def _deserialize(self, value: Any, *beside: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, *beside, **kwargs)
        if not is_code(text):
            raise self.make_error("code")
        return text


def code_field(description: str) -> CodeField:
    """The code of an area or an agency, which may be left out."""
    return CodeField(load_default=None, metadata={"pattern": CODE, "description": description})


def cut_field(description: str) -> fields.String:
    """The name of a published scorecard."""
    return fields.String(
        load_default=None,
        validate=validate.Length(1, LONGEST_NAME),
        metadata={"description": description},
    )


class Flag(fields.Boolean):
    """A yes or no: true or false, in an address also 1 or 0. A number in a body is neither."""

    def _deserialize(self, value: Any, *beside: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool | str):
            raise self.make_error("invalid", input=value)
        boolean: bool = super()._deserialize(value, *beside, **kwargs)
        return boolean


def flag_field(description: str) -> Flag:
    """A yes or no."""
    return Flag(
        load_default=False,
        truthy={True, "true", "1"},
        falsy={False, "false", "0"},
        metadata={"description": description},
    )


class WholeNumber(fields.Integer):
    """A whole number. In a body neither a yes or no nor a part of a whole is one; nothing is cut off."""

    def _validated(self, value: Any) -> int:
        if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


def number_field(description: str, least: int = 0, most: int = 10**9, **kwargs: Any) -> WholeNumber:
    """A whole number."""
    return WholeNumber(validate=validate.Range(least, most), metadata={"description": description}, **kwargs)


def seen_version() -> WholeNumber:
    """The version over which a step is taken."""
    return number_field("The `version` that was read; left out, whatever stands.", load_default=None)


def reason_field() -> fields.String:
    """Why a commissioner looks at single clients."""
    return fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST_REASON),
        metadata={"description": "Why single clients are looked at; goes into the trail. Name nobody in it."},
    )


class Whole(validate.Regexp):
    """A pattern that the whole value has: `$` alone would let a line end pass."""

    def __call__(self, value: Any) -> Any:
        """The value, if it has the pattern from its beginning to its end."""
        if re.fullmatch(str(self.regex.pattern), value) is None:
            raise ValidationError(self._format_error(value))
        return value


NOT_TYPED: Final = "This holds a character that cannot be typed. Write it anew."


class Asks(Schema):
    """The parameters of a question."""

    class Meta:
        """Unknown parameters are refused."""

        unknown = RAISE

    @validates_schema(skip_on_field_errors=False)
    def _can_be_stored(self, data: dict[str, Any], **_: Any) -> None:
        """PostgreSQL takes no NUL in a text, not even to look for it."""
        for name, value in data.items():
            texts = value if isinstance(value, list) else [value]
            if any(isinstance(text, str) and "\0" in text for text in texts):
                raise ValidationError(NOT_TYPED, name)


class SliceParameters(Asks):
    """Which part of the people."""

    area = code_field("Only journeys of people living in this area.")
    agency = code_field("Only journeys with an episode at this agency.")
    criminal_justice = flag_field("Only journeys that criminal justice referred.")
    young_people = flag_field("Those under 18, in place of adults.")


class StandpointParameters(SliceParameters):
    """A slice, from a standpoint: two days, or the name of a published scorecard."""

    error_messages = _ERRORS

    as_of = DayField(load_default=None, description="The last day whose happenings are seen.")
    known_at = KnownAtField()
    cut = cut_field("The standpoint of a published scorecard, in place of the two days.")

    @validates_schema
    def _two_days_or_a_name(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("cut") is not None and (data.get("as_of") or data.get("known_at") is not None):
            raise ValidationError(self.error_messages["cut-or-days"], "cut")
        if data.get("cut") is None and data.get("as_of") is None:
            raise ValidationError("Give the day, or a cut.", "as_of")


class MeasureParameters(StandpointParameters):
    """One figure."""

    measure = measure_field(required=True)
    definition = definition_field()


class KnownParameters(Asks):
    """What may be known: by a day or a position, or all that a cut's scorecard was drawn from."""

    known_at = KnownAtField()
    cut = cut_field("What a published scorecard was drawn from, in place of known_at.")

    @validates_schema
    def _one_of_both(self, data: dict[str, Any], **_: Any) -> None:
        check_known_at_or_cut(data)


def check_known_at_or_cut(data: Given) -> None:
    """What may be known is said once; raises ValidationError."""
    if data.get("cut") is not None and data.get("known_at") is not None:
        raise ValidationError("Give known_at or cut, not both.", "cut")


def format_field(*formats: str) -> fields.String:
    """Which representation, in place of the header Accept."""
    return fields.String(
        load_default=None,
        validate=validate.OneOf(formats),
        metadata={"description": "The representation, in place of the header Accept."},
    )


def from_field(**kwargs: Any) -> DayField:
    """The first day of a period."""
    return DayField(data_key="from", description="The first day of the period.", **kwargs)


def to_field(**kwargs: Any) -> DayField:
    """The last day of a period."""
    return DayField(data_key="to", description="The last day of the period.", **kwargs)


def every_field() -> fields.String:
    """Months or quarters."""
    return fields.String(
        load_default="month",
        validate=validate.OneOf(["month", "quarter"]),
        metadata={"description": "Whose last days: months', or the council's quarters'."},
    )


def limit_field(default: int) -> fields.Integer:
    """How many entries a page has."""
    return number_field("How many entries a page has at most.", 1, LONGEST_LIST, load_default=default)


def after_field() -> fields.Integer:
    """Where a page begins."""
    return number_field("Where the page begins; the header Link gives it.", load_default=0)


def where_of(snapshot: Snapshot, args: Given) -> Slice:
    """The slice that was asked for, its area and agency in the case in which they are known."""
    return as_known(snapshot, Slice(args["area"], args["agency"], args["criminal_justice"], args["young_people"]))


def standpoint_of(snapshot: Snapshot, args: Given) -> tuple[date, KnownAt]:
    """The day, and up to when is known.

    Raises:
        WrongUse: there is no cut of this name.
    """
    if args["cut"] is not None:
        return standpoint_of_cut(snapshot, args["cut"])
    return args["as_of"], args["known_at"]


def known_at_of(snapshot: Snapshot, args: Given) -> KnownAt:
    """Up to when is known; raises as `standpoint_of`."""
    return args["known_at"] if args["cut"] is None else standpoint_of_cut(snapshot, args["cut"])[1]
