"""Reading colour rules: from a TOML or JSON file, and from what a program sends, by the same names.

    [[rules]]
    name = "Herefordshire’s"
    first_day = 2017-04-01
    agreed_on = 2017-04-10

A file is taken whole or not at all. What is wrong is said for each place, like "rule 2, amber_within".
"""

import json
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from domain.contract_life.colour_rules import Condition, ConditionColour, ConditionKind, DirectionBasis, RuleTerms
from domain.contract_life.targets import LONGEST_WORDS, TargetScale
from domain.errors import Refused
from domain.measures.registry import MEASURE_OF

REFUSALS: Final = {
    "rule-file-unreadable": "The file is neither TOML nor JSON in UTF-8.",
    "rule-file-wrong": "Something in the file is no colour rule.",
}
"""Why a file of colour rules is refused, by code."""

MOST_RULES: Final = 100
"""Rules of one file."""
LARGEST: Final = 200_000
"""Bytes of a file."""
_DISTANCES: Final = ("green_within", "amber_within")
_NUMBER: Final = r"[0-9]{1,3}(\.[0-9]{1,9})?"
_DAY: Final = r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}"


@dataclass(frozen=True, slots=True)
class RuleRead:
    """A rule as a file has it; `agreed_on` None where the file leaves it open."""

    terms: RuleTerms
    agreed_on: date | None


class RuleFileWrong(Refused):
    """A file in which something is no colour rule; `sentences` name each place."""

    def __init__(self, name: str, sentences: list[str]) -> None:
        begins = f"The file {name} was not taken, and nothing was stored."
        super().__init__("rule-file-wrong", " ".join([begins, *sentences]), name)
        self.sentences = sentences


class RuleDayField(fields.Field[date]):
    """A day, written YYYY-MM-DD; TOML has days of its own."""

    def __init__(self, description: str, **kwargs: Any) -> None:
        described = {"description": description, "type": "string", "format": "date", "pattern": f"^{_DAY}$"}
        super().__init__(**kwargs, metadata=described)

    def _deserialize(self, value: Any, *_beside: Any, **_given: Any) -> date:
        if type(value) is date:
            return value
        if isinstance(value, str) and re.fullmatch(_DAY, value):
            try:
                return date.fromisoformat(value)
            except ValueError as error:
                raise ValidationError("There is no such day.") from error
        raise ValidationError("This is not a day. Write it as YYYY-MM-DD, like 2017-04-10.")


class DistanceField(fields.Field[Decimal]):
    """How far beyond the target: text, exact as it is written, like 2.5."""

    def __init__(self, description: str, **kwargs: Any) -> None:
        described = {"description": description, "type": "string", "pattern": f"^{_NUMBER}$"}
        super().__init__(**kwargs, metadata=described)

    def _deserialize(self, value: Any, *_beside: Any, **_given: Any) -> Decimal:
        if not isinstance(value, str) or not re.fullmatch(_NUMBER, value):
            raise ValidationError("This is no distance. Write a number from 0 to 100, like 2.5.")
        return Decimal(value)


def _one_of(names: Mapping[str, object] | list[str], what: str) -> validate.OneOf:
    return validate.OneOf(list(names), error=f"This is no {what}. There are: {{choices}}.")


_UNKNOWN: Final = {"unknown": "A colour rule has nothing of this name."}


class _Strict(Schema):
    """What is not known is refused: a misspelt name must not pass for one that was left out."""

    error_messages = _UNKNOWN

    class Meta:
        """Unknown names are refused."""

        unknown = RAISE


class ConditionSchema(_Strict):
    """A condition: where `when` holds, the colour is at best, or at worst, `colour`."""

    when = fields.String(
        required=True,
        validate=_one_of([str(one) for one in ConditionKind], "condition"),
        error_messages={"required": "Say when the condition holds."},
        metadata={"description": "What is asked of the figure."},
    )
    colour = fields.String(
        load_default=str(ConditionColour.AMBER),
        validate=_one_of([str(one) for one in ConditionColour], "colour of a condition"),
        metadata={"description": "The colour that the condition gives."},
    )


class RuleSchema(_Strict):
    """A colour rule. Without a measure it is the contract's; without an agency it is everybody's."""

    name = fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_WORDS),
        error_messages={"required": "Give the rule a name: each colour names its rule."},
        metadata={"description": "Whose rule it is, like Herefordshire’s."},
    )
    first_day = RuleDayField(
        "The first day of the figures that it colours.",
        required=True,
        error_messages={"required": "A rule needs a day: the first day of the figures that it colours."},
    )
    agreed_on = RuleDayField("The day on which it was agreed; today, if left out.", load_default=None)
    measure = fields.String(
        load_default=None,
        validate=validate.Length(1, LONGEST_WORDS),
        metadata={"description": "The code of the one KPI that it is for, like 4.0."},
    )
    agency = fields.String(
        load_default=None,
        validate=validate.Regexp(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}\Z", error="This is no code of an agency."),
        metadata={"description": "The code of the one agency that it is for."},
    )
    scale = fields.String(
        load_default=str(TargetScale.POINTS),
        validate=_one_of([str(one) for one in TargetScale], "scale"),
        metadata={"description": "Whether the distances are points, or relative: percent of the target."},
    )
    green_within = DistanceField("How far beyond the target a figure is green.", load_default=Decimal(0))
    amber_within = DistanceField("How far beyond it is amber; 0 is no amber.", load_default=Decimal(0))
    conditions = fields.List(fields.Nested(ConditionSchema), load_default=list, validate=validate.Length(max=4))
    direction = fields.String(
        load_default=None,
        validate=_one_of([str(one) for one in DirectionBasis], "basis of a direction"),
        metadata={"description": "With what a figure is compared for its direction."},
    )
    source = fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST_WORDS),
        metadata={"description": "Where it was agreed: a contract, a paper."},
    )


class RuleFileSchema(_Strict):
    """Colour rules, as a file has them."""

    rules = fields.List(
        fields.Nested(RuleSchema),
        required=True,
        validate=validate.Length(1, MOST_RULES, error=f"A file has 1 to {MOST_RULES} rules."),
        error_messages={"required": "The file has no rules. Begin each with [[rules]]."},
    )


def read_rules(data: bytes, name: str, entered: Collection[str] = ()) -> list[RuleRead]:
    """The rules of a file; one whose name ends in .json is JSON, any other TOML. `entered` are the codes of the KPIs
    that are entered by hand: those of the file are known.

    Raises:
        Refused: it is no such text, or something in it is no colour rule; the text names each place.
    """
    parsed = _parsed(data, name)
    for rule in _rules_of(parsed):
        # A file may have its numbers as numbers, which were read as they are written; a program sends text.
        numbers = {name: str(rule[name]) for name in _DISTANCES if type(rule.get(name)) in {int, Decimal}}
        rule.update(numbers)
    unknown = list(_unknown_measures(parsed, {*MEASURE_OF, *entered}))
    try:
        loaded = RuleFileSchema().load(parsed)
    except ValidationError as error:
        raise RuleFileWrong(name, [*_places(error.messages), *unknown]) from error
    read = [rule_read(one) for one in loaded["rules"]]
    wrong = unknown
    for place, one in enumerate(read, 1):
        try:
            one.terms.checked()
        except Refused as refused:
            wrong.append(f"Rule {place}: {refused.message}")
    if wrong:
        raise RuleFileWrong(name, wrong)
    return read


def rule_read(loaded: Mapping[str, Any]) -> RuleRead:
    """A rule as the schema read it."""
    conditions = tuple(
        Condition(ConditionKind(one["when"]), ConditionColour(one["colour"])) for one in loaded["conditions"]
    )
    terms = RuleTerms(
        name=loaded["name"],
        first_day=loaded["first_day"],
        measure=loaded["measure"],
        agency=loaded["agency"],
        scale=TargetScale(loaded["scale"]),
        green_within=loaded["green_within"],
        amber_within=loaded["amber_within"],
        conditions=conditions,
        direction=DirectionBasis(loaded["direction"]) if loaded["direction"] else None,
        source=loaded["source"],
    )
    return RuleRead(terms, loaded["agreed_on"])


def _rules_of(parsed: dict[str, Any]) -> list[dict[str, Any]]:
    """The rules of a file, as far as they are some; what else stands there the schema refuses."""
    rules = parsed.get("rules")
    return [rule if isinstance(rule, dict) else {} for rule in rules] if isinstance(rules, list) else []


def _unknown_measures(parsed: dict[str, Any], known: Collection[str]) -> Iterator[str]:
    """Rules for measures that there are not, whatever else is wrong with them."""
    for place, rule in enumerate(_rules_of(parsed), 1):
        code = rule.get("measure")
        if isinstance(code, str) and code not in known:
            yield f"Rule {place}, measure: There is no such measure. Write a KPI's code, like 4.0."


def _parsed(data: bytes, name: str) -> dict[str, Any]:
    is_json = name.lower().endswith(".json")
    if len(data) > LARGEST:
        raise Refused(
            "rule-file-unreadable", f"The file {name} has more than {LARGEST:,} bytes: it is no file of rules.", name
        )
    try:
        text = data.decode("utf-8-sig")
        parsed = json.loads(text, parse_float=Decimal) if is_json else tomllib.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        kind = "JSON" if is_json else "TOML"
        place = _place_of(error)
        raise Refused(
            "rule-file-unreadable", f"{name} is no {kind} in UTF-8{place}. Nothing was stored.", name
        ) from error
    if not isinstance(parsed, dict):
        raise Refused("rule-file-unreadable", f"The file {name} has no rules. Begin with a list called rules.", name)
    return parsed


def _place_of(error: Exception) -> str:
    """Where a text could not be read, as both readers say it."""
    if isinstance(error, json.JSONDecodeError):
        return f": line {error.lineno}, column {error.colno}"
    found = re.search(r"\(at (line \d+, column \d+|end of document)\)", str(error))
    return f": {found[1]}" if found else ""


def _places(messages: Any, place: str = "") -> Iterator[str]:
    """What is wrong, each with its place: rule 2, condition 1, when: This is no condition."""
    if isinstance(messages, dict):
        for name, below in messages.items():
            yield from _places(below, _place(place, name))
        return
    for message in messages if isinstance(messages, list) else [messages]:
        yield f"{place[:1].upper()}{place[1:]}: {message}" if place else str(message)


def _place(place: str, name: Any) -> str:
    if isinstance(name, int):
        kind = "condition" if place.endswith("conditions") else "rule"
        before = place.removesuffix("conditions").removesuffix("rules").rstrip(", ")
        return ", ".join(filter(None, [before, f"{kind} {name + 1}"]))
    if name in {"_schema", "rules"} and not place:
        return "rules" if name == "rules" else ""
    return ", ".join(filter(None, [place, str(name)]))
