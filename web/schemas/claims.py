"""The documents of plausible fractions, of a claim, and of a checked table, as JSON."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from domain.client import client_text
from projections.claims.claim import Claim, Fit, Search
from projections.claims.plausibility import ROUNDING, Plausible
from projections.claims.reconciliation import Comparison, Listed
from projections.claims.table_checks import Finding
from projections.privacy.redaction import RedactedComparison
from projections.standings.engine import Figure
from web.presenters import text

from .documents import member_document
from .figure import figure_document, slice_document, standpoint_document

Document = dict[str, Any]
AnyComparison = Comparison | RedactedComparison


def plausible(found: Plausible) -> Document:
    """Which fractions a printed percentage could be."""
    return {
        "percentage": found.percentage.text,
        "decimals": found.percentage.decimals,
        "rounding": ROUNDING,
        "denominator_min": found.denominator_min,
        "denominator_max": found.denominator_max,
        "fractions": [list(fraction) for fraction in found.fractions],
        "smallest_denominator": found.smallest[1],
        "smallest": list(found.smallest),
    }


def claim(
    stated: Claim, ours: Figure, search: Search | None, seconds: float, comparison: AnyComparison | None
) -> Document:
    """A claim beside our figure, with what was found of it."""
    return {
        "claim": _claim(stated, ours),
        "ours": figure_document(ours),
        "agrees": stated.fits(ours.numerator, ours.denominator),
        "difference": _difference(stated, ours),
        "search": _search(search, seconds) if search else None,
        "members": _comparison(comparison) if comparison else None,
    }


def _claim(stated: Claim, ours: Figure) -> Document:
    printed = stated.percentage
    return {
        "numerator": stated.numerator,
        "denominator": stated.denominator,
        "percentage": printed.text if printed else None,
        "decimals": printed.decimals if printed else None,
        "smallest_denominator": printed.smallest[1] if printed else None,
        "of_our_denominator": list(printed.numerators(ours.denominator)) if printed and ours.denominator else None,
    }


def _difference(stated: Claim, ours: Figure) -> Document:
    """Theirs less ours; null where one side does not say."""
    return {
        "numerator": None if stated.numerator is None else stated.numerator - ours.numerator,
        "denominator": None
        if stated.denominator is None or ours.denominator is None
        else stated.denominator - ours.denominator,
        "points": _points(stated, ours),
    }


def _points(stated: Claim, ours: Figure) -> float | None:
    if ours.percentage is None:
        return None
    if stated.percentage:
        return round(float(stated.percentage.value) - ours.percentage, 3)
    if stated.numerator is None or not stated.denominator:
        return None
    return round(100 * stated.numerator / stated.denominator - ours.percentage, 3)


def _search(search: Search, seconds: float) -> Document:
    return {
        "fits": list(map(_fit, search.fits)),
        "more": search.more,
        "pairs": search.pairs,
        "definitions": list(search.definitions),
        "windows": list(search.windows),
        "seconds": round(seconds, 4),
        "microseconds_a_pair": round(1e6 * seconds / search.pairs, 1) if search.pairs else None,
    }


def _fit(fit: Fit) -> Document:
    return {
        "sentence": text.fit_sentence(fit),
        "differences": [str(difference) for difference in fit.differences],
        "measure": fit.measure.code,
        "numerator": fit.numerator,
        "denominator": fit.denominator,
        **standpoint_document(fit.standpoint),
        "known_from": fit.known_from.isoformat() if fit.known_from else None,
        "known_until": fit.known_until.isoformat() if fit.known_until else None,
        "slice": slice_document(fit.slice),
        "definition": fit.definition,
        "wording": fit.wording,
        "window": fit.window,
    }


def _comparison(found: AnyComparison) -> Document:
    return {
        "agreed": found.agreed,
        "only_theirs": [
            {
                "client": None if one.client is None else client_text(one.client),
                "references": _references(one.lines),
                "rule": one.rule,
                "journey": msgspec.to_builtins(one.journey),
            }
            for one in found.only_theirs
        ],
        "only_ours": list(map(member_document, found.only_ours)),
        "counted_differently": [
            {"references": _references(one.lines), "ours": member_document(one.member)} for one in found.differently
        ],
        "twice": [{"client": client_text(one.client), "references": _references(one.lines)} for one in found.twice],
        "account": [
            {"step": step.words, "numerator": step.numerator, "denominator": step.denominator} for step in found.account
        ],
        "notices": list(found.notices),
    }


def _references(lines: Iterable[Listed]) -> list[Document]:
    return [
        {
            "line": one.line,
            "agency": one.agency,
            "client_reference": one.client_reference,
            "episode_reference": one.episode_reference,
            "counted": one.counted,
        }
        for one in lines
    ]


def findings(rows: int, found: Sequence[Finding]) -> Document:
    """What cannot stand beside the rest of a printed table."""
    return {
        "rows": rows,
        "findings": [
            {"rule": one.rule, "certainty": str(one.certainty), "lines": list(one.lines), "sentence": one.sentence}
            for one in found
        ],
    }
