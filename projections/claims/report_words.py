"""The words of other systems' reports: which measure a name means, and on which day a period ends.

A name is understood if it is our code or our name, or if its words point to one measure and to no other. What is not
understood stays so: a guess would set the wrong figures side by side.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from domain.codes import SUBSTANCE_GROUPS
from domain.measures.registry import MEASURE_OF, MEASURES, Measure
from domain.periods import last_day_of_month

from .table_checks import group_named, last_day_of

Words = Mapping[str, str]
"""Names that somebody explained: what they write -> our code."""

_PHOF_PART: Final = re.compile(r"2\.15\s*\(?(iii|ii|i)\b")
_BY_PHOF: Final = {"i": "1.0", "ii": "2.0", "iii": "3.0"}
_GROUP_OF: Final = {str(group): number for number, group in enumerate(SUBSTANCE_GROUPS)}

_BY_GROUP: Final = (
    (re.compile(r"not lagged|unlagged|no lag|without (?:the )?lag"), re.compile(r"re-?\s?present"), "5.{}u"),
    (None, re.compile(r"re-?\s?present"), "5.{}"),
    (re.compile(r"\bphof\b|2\.15|public health outcomes"), re.compile(r"complet|2\.15|phof"), "{}.0"),
    (None, re.compile(r"(?:success\w*|treatment|planned) complet|complet\w* (?:of )?treatment"), "4.{}"),
)
"""Families by substance group, in the order in which they are tried: what else must be there, what names it, its
code."""
_OTHERS: Final = (
    (r"\btop\w*\b.*\bstart|\bstart\w*\b.*\btop", "T.start"),
    (r"\btop\w*\b.*\breview|\breview\w*\b.*\btop", "T.review"),
    (r"\btop\w*\b.*\bexit|\bexit\w*\b.*\btop", "T.exit"),
    (r"recovery (?:care )?plan|care plan", "R.plan"),
    (r"\brisk\b.*(?:assess|review|plan)", "R.risk"),
    (r"(?:offered|first appointment).*(?:21 days|3 weeks|three weeks)", "W.offered"),
    (r"(?:wait|start).*(?:21 days|3 weeks|three weeks)", "W.started"),
    (r"(?:still|people|clients|number) waiting", "W.waiting"),
    (r"early (?:unplanned )?(?:exit|drop)", "E.early"),
    (r"effective treatment|(?:retained|retention).*12 weeks", "E.effective"),
    (r"\bhep(?:atitis)?\.? ?b\b|\bhbv\b", "B.hepb"),
    (r"\bhep(?:atitis)?\.? ?c\b|\bhcv\b", "B.hepc"),
    (r"housing|accommodation", "H.housing"),
    (r"paid work|employment|in work", "H.work"),
    (r"(?:new|journeys? started|new presentations?).*(?:12 months|treatment|journey)", "N.new"),
    (r"journeys? ended|(?:treatment )?exits? in 12 months|discharges", "N.exits"),
    (r"open (?:on|clients|caseload|cases)|caseload|people open", "N.open"),
    (r"(?:people|clients|numbers?|adults) in (?:effective )?treatment|in treatment in 12 months", "N.treatment"),
)


def measure_in_words(name: str, group: str = "", explained: Words | None = None) -> Measure | None:
    """The measure that a report's name means, with the words of its substance group, if it has those of their own.

    `explained` are names that somebody explained; they come first. None where no measure is meant, or more than one.
    """
    plain = _plain(name)
    if code := (explained or {}).get(plain):
        return MEASURE_OF.get(code)
    if measure := _BY_NAME.get(plain) or _BY_NAME.get(_plain(f"{name}: {group}")) or _coded(name):
        return measure
    if part := _PHOF_PART.search(plain):
        return MEASURE_OF[_BY_PHOF[part[1]]]
    return _of_group(plain, f"{name} {group}") or _other(plain)


def explained_words(pairs: Mapping[str, str]) -> dict[str, str]:
    """Explained names as they are compared: without case and signs."""
    return {_plain(theirs): ours for theirs, ours in pairs.items()}


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9.%]+", text.lower().replace("re-present", "represent")))


def _coded(name: str) -> Measure | None:
    """The measure whose code begins the name: "4.0 Successful completions: opiate", "4.0"."""
    first = name.strip().split(maxsplit=1)[:1]
    return _BY_CODE.get(first[0].strip(":;,-").lower()) if first else None


def _of_group(plain: str, words: str) -> Measure | None:
    for needed, names_it, code in _BY_GROUP:
        if not names_it.search(plain) or (needed and not needed.search(plain)):
            continue
        groups = group_named(_without_negation(words)) & _GROUP_OF.keys()
        if len(groups) != 1:
            return None
        number = _GROUP_OF[next(iter(groups))]
        # PHOF has three measures for four groups: the second is of non-opiates with and without alcohol.
        place = {0: 1, 1: 2, 2: 3, 3: 2}[number] if code == "{}.0" else number
        return MEASURE_OF[code.format(place)]
    return None


def _without_negation(words: str) -> str:
    return re.sub(r"non[\s-]*opiate", "non-opiate", words, flags=re.IGNORECASE)


def _other(plain: str) -> Measure | None:
    codes = {code for pattern, code in _OTHERS if re.search(pattern, plain)}
    return MEASURE_OF[codes.pop()] if len(codes) == 1 else None


_BY_NAME: Final = {_plain(name): measure for measure in MEASURES for name in (measure.code, measure.name)}
_BY_CODE: Final = {measure.code.lower(): measure for measure in MEASURES}

# ---- periods

YEAR_TO_DATE: Final = re.compile(r"\bytd\b|year[\s-]to[\s-]date|\bcumulative\b", re.IGNORECASE)
TOTAL: Final = re.compile(r"\s*(?:grand |sub-?\s?)?totals?\b|\s*overall\b|\s*average\b", re.IGNORECASE)

_MONTH: Final = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_MONTHS: Final = {date(2000, n, 1).strftime("%b").lower(): n for n in range(1, 13)}


def last_day_in_words(period: str) -> date | None:
    """The last day of a period as reports write it; None where it cannot be told.

    Understood are Jul-17, July 2017, 2017-07, 07/2017, 31/07/2017, 31 July 2017, Q1 2017/18, 2017/18, and two of these
    with "to" between them, of which the second counts.
    """
    text = " ".join(period.strip().lower().replace("–", "-").split())
    if not text or len(text) > _LONGEST_PERIOD:
        return None
    if day := last_day_of(text):
        return day
    last = re.split(r"\s(?:to|until|-)\s", text)[-1]
    found = (read(match) for pattern, read in _PERIODS if (match := re.fullmatch(pattern, last)))
    try:
        return next(found, None)
    except ValueError:
        return None


_LONGEST_PERIOD: Final = 60


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _month_end(year: str, month: int) -> date:
    return last_day_of_month(date(_year(year), month, 1))


def _quarter(match: re.Match[str]) -> date:
    year, quarter = _year(match["year"]), int(match["quarter"])
    return _month_end(str(year), 3 * quarter + 3) if quarter < 4 else _month_end(str(year + 1), 3)


_YEAR: Final = r"(?P<year>(?:20)?\d\d)"
_PERIODS: Final[tuple[tuple[str, Callable[[re.Match[str]], date | None]], ...]] = (
    (
        rf"(?:12 months (?:ending|ended) |month ending |ending |as at |to )?(?P<month>{_MONTH})[\s/,'-]*{_YEAR}",
        lambda m: _month_end(m["year"], _MONTHS[m["month"][:3]]),
    ),
    (rf"(?P<year>20\d\d)[\s/-]*(?P<month>{_MONTH})", lambda m: _month_end(m["year"], _MONTHS[m["month"][:3]])),
    (r"(?P<year>20\d\d)[/-]?(?P<month>0[1-9]|1[0-2])", lambda m: _month_end(m["year"], int(m["month"]))),
    (r"(?P<month>0?[1-9]|1[0-2])[/.-](?P<year>20\d\d)", lambda m: _month_end(m["year"], int(m["month"]))),
    (
        r"(?P<day>\d\d?)[/.-](?P<month>\d\d?)[/.-](?P<year>20\d\d|\d\d)(?: 0?0:00(?::00)?)?",
        lambda m: date(_year(m["year"]), int(m["month"]), int(m["day"])),
    ),
    (
        rf"(?P<day>\d\d?)(?:st|nd|rd|th)?[\s-](?P<month>{_MONTH})[\s-]{_YEAR}",
        lambda m: date(_year(m["year"]), _MONTHS[m["month"][:3]], int(m["day"])),
    ),
    (
        r"(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)[t ].*",
        lambda m: date(*map(int, m.group("year", "month", "day"))),
    ),
    (rf"q(?:uarter|tr)?\s*(?P<quarter>[1-4])[\s,-]*(?:fy\s*)?{_YEAR}\s*[/-]\s*(?:20)?\d\d", _quarter),
    (rf"(?:fy\s*)?{_YEAR}\s*[/-]\s*(?:20)?\d\d[\s,-]*q(?:uarter|tr)?\s*(?P<quarter>[1-4])", _quarter),
    (r"(?:fy\s*)?(?P<year>20\d\d)\s*[/-]\s*(?:20)?\d\d", lambda m: _month_end(str(_year(m["year"]) + 1), 3)),
)
