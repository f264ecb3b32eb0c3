"""The reference of the measures, made from the registry and from the spec tests: a rule, its table, its answers.

A chapter of `tests/spec` gives its docstring and those of its tests; a test's history is shown as it is told, and the
rows that it is tried with as a table.
"""

import ast
import importlib
import inspect
import textwrap
from collections.abc import Callable, Iterator
from datetime import date
from types import FunctionType, ModuleType
from typing import Any, Final

import numpy as np

from domain.definition import DEFINITIONS, Definition
from domain.measures.columns import Columns, Rule
from domain.measures.families import FAMILIES, Family, Unit
from domain.measures.registry import MEASURES, Measure

CHAPTERS: Final = (
    "windows",
    "knowledge",
    "journeys",
    "reasons",
    "groups",
    "adults",
    "latest_journey",
    "phof",
    "representations",
    "slices",
    "identity",
    "handover",
    "same_record",
    "local_measures",
    "wider_outcomes",
    "coverage",
)
"""The modules of `tests/spec` in the order in which one would read them."""
_COLUMNS: Final = (
    "start", "end", "adult_on", "group", "kind", "success", "owes_exit_top", "returned", "started",
    "start_top", "review_top",
    "exit_top", "referred", "offer_wait", "due", "plan_on", "risk_on",
    "hepatitis_b", "hepatitis_c_on", "hepatitis_c_said", "housing_on", "housing", "work_on", "work",
)  # fmt: skip
_UNITS: Final = {Unit.JOURNEY: "journeys", Unit.EPISODE: "episodes", Unit.REFERRAL: "referrals"}
_HEAD: Final = """# Measures

What each figure counts. This page is made from the measures themselves and from the tests that hold them: every rule
below is tried, row by row, on the reference engine and on what is stored (`make golden` writes the page anew). How to
read a figure is told in [How a figure is counted](../explanation/how-a-figure-is-counted.md); what we chose where the
published rules are silent, in [Choices](../explanation/choices.md).
"""
_HOW_TO_READ: Final = """## The rules, tried

A history is a table of what happened and, where it matters, when that became known; without `known_on` everything is
known at once. `started` is a triage with a structured intervention from the same day; `exited` gives the discharge
reason. A name in braces stands for the values of the table below it. Unless something else is said, the question is
`4.0` (successful completions, opiate) as of 31 July 2017; `counts` are numerator and denominator.
"""


def page() -> str:
    """The whole page."""
    parts = [_HEAD, *_measures(), *_definitions(), _HOW_TO_READ]
    for chapter in CHAPTERS:
        parts += _chapter(importlib.import_module(f"tests.spec.test_{chapter}"))
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


# ---- from the registry


def _measures() -> Iterator[str]:
    yield "## The measures\n"
    header = ("code", "name", "counted are", "of", "ages", "better", "looked at")
    yield _table(header, [_measure_row(measure) for measure in MEASURES])
    yield (
        "An immature figure (`u`) has no target. The window is that of the cohort: both days are included, and "
        "months are counted back from the day after `as_of`.\n"
    )
    yield "## Cohort and counted\n"
    for family in FAMILIES:
        yield from _family(family)


def _measure_row(measure: Measure) -> tuple[str, ...]:
    return (
        f"`{measure.code}`",
        measure.name,
        _UNITS[measure.family.unit],
        window_in_words(measure.family),
        "adults" if measure.adults else "all",
        measure.polarity or "a count",
        " and ".join(measure.frequency),
    )


def window_in_words(family: Family) -> str:
    """The days that a family looks at."""
    first, after = family.window.first, family.window.after
    if first.months == 0:
        days = first.days - after.days
        return "the day itself" if days == 1 else f"the last {days} days"
    if after.months:
        return f"{first.months} to {after.months} months back"
    return f"{first.months} months to {after.days} days before" if after.days else f"the last {first.months} months"


def _family(family: Family) -> Iterator[str]:
    codes = ", ".join(f"`{m.code}`" for m in MEASURES if m.family is family)
    yield f"### {family.name[0].upper()}{family.name[1:]} ({codes})\n"
    yield f"{_prose(family.specification)}\n"
    rules = family.specification(_nobody())
    rows = [("in the cohort", rule.words) for rule in rules.cohort]
    if rules.counted != rules.cohort:
        rows += [("counted", rule.words) for rule in rules.counted]
    yield _table(("", "rule"), rows)


def _nobody() -> Columns:
    """No rows at all: the rules still have their words."""
    none = np.zeros(0, np.int64)
    columns = {
        name: none.astype(np.bool_) if name in {"success", "owes_exit_top", "returned"} else none for name in _COLUMNS
    }
    return Columns(columns, none, none, none)


def rules_of(family: Family) -> tuple[Rule, ...]:
    """Every rule of a family."""
    rules = family.specification(_nobody())
    return (*rules.cohort, *rules.counted)


def _definitions() -> Iterator[str]:
    yield "## Versions of the definitions\n"
    rows = [(f"`{d.version}`", _in_force(d), d.words) for d in DEFINITIONS]
    yield _table(("version", "in force", "what it says"), rows)


def _in_force(definition: Definition) -> str:
    first = definition.in_force_from
    if first is None:
        return "when asked for"
    return "first" if first == date.min else f"from {first}"


# ---- from the spec tests


def _chapter(module: ModuleType) -> Iterator[str]:
    title, _, introduction = inspect.cleandoc(module.__doc__ or "").partition("\n")
    yield f"### {title}\n"
    if introduction.strip():
        yield introduction.strip() + "\n"
    for test in vars(module).values():
        if inspect.isfunction(test) and test.__name__.startswith("test_") and test.__module__ == module.__name__:
            yield from _rule(test, module)


def _rule(test: FunctionType, module: ModuleType) -> Iterator[str]:
    first, _, rest = _prose(test).partition("\n\n")
    yield f"**{first}**\n"
    if rest:
        yield rest + "\n"
    if history := history_of(test, module):
        yield f"```text\n{history}\n```\n"
    for mark in getattr(test, "pytestmark", ()):
        if mark.name == "parametrize":
            yield _tried(*mark.args)
    if expected := _expected(test):
        yield f"```text\n{expected}\n```\n"


def history_of(test: FunctionType, module: ModuleType) -> str:
    """The table that a test tells, values that vary in braces, or that of the module it names; empty if neither."""
    strings = [_told(node) for node in ast.walk(_source(test)) if isinstance(node, ast.Constant | ast.JoinedStr)]
    strings += [value for name in test.__code__.co_names if isinstance(value := vars(module).get(name), str)]
    tables = [text for text in strings if "|" in text and "\n" in text]
    return textwrap.dedent(max(tables, key=len)).strip("\n").rstrip() if tables else ""


def _told(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return "".join(
        f"{{{ast.unparse(part.value)}}}" if isinstance(part, ast.FormattedValue) else str(ast.literal_eval(part))
        for part in node.values
    )


def _source(test: FunctionType) -> ast.Module:
    return ast.parse(textwrap.dedent(inspect.getsource(test)))


def _tried(names: Any, rows: Any) -> str:
    columns = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    plain = [row if isinstance(row, tuple) and len(columns) > 1 else (row,) for row in rows]
    return _table([name.replace("_", " ") for name in columns], [tuple(map(_cell, row)) for row in plain])


def _cell(value: Any) -> str:
    if isinstance(value, tuple) and len(value) == 2 and all(type(number) is int for number in value):
        return f"{value[0]}/{value[1]}"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    if value is None:
        return "left out"
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def _expected(test: FunctionType) -> str:
    """What a test that is tried with no rows of its own asks, in a line each, with the answer."""
    if any(mark.name == "parametrize" for mark in getattr(test, "pytestmark", ())):
        return ""
    lines = [
        line for node in ast.walk(_source(test)) if isinstance(node, ast.Assert) and (line := _question(node.test))
    ]
    return "\n".join(lines)


def _question(test: ast.expr) -> str:
    """`figure_of(history, measure="5.0").counts == (1, 1)` as `5.0: 1/1`; nothing of what is asked otherwise."""
    if not (isinstance(test, ast.Compare) and isinstance(test.left, ast.Attribute)):
        return ""
    call, wanted = test.left.value, test.comparators[0]
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "figure_of"):
        return ""
    try:
        answer = _cell(ast.literal_eval(wanted))
        asked = {str(word.arg): ast.literal_eval(word.value) for word in call.keywords}
    except ValueError:
        return ""
    measure = asked.pop("measure", "4.0")
    words = "".join(f", {name.replace('_', ' ')} {_cell(value)}" for name, value in asked.items())
    return f"{measure}{words}: {test.left.attr} {answer}"


def _prose(thing: Callable[..., Any]) -> str:
    return inspect.cleandoc(thing.__doc__ or "")


def _table(header: Any, rows: Any) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
