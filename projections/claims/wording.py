"""Claims in words: what is claimed, and in what the place where ours is the same differs from the question."""

from typing import Final

from domain.definition import definition_named

from .claim import Claim, Difference, Fit

EQUALS: Final = "Equals ours "
"""How the sentence of a place begins."""


def claimed(claim: Claim) -> str:
    """The numbers or the percentage of a claim; of a list that says no numerator, its lines."""
    if claim.percentage:
        return f"{claim.percentage.text}%"
    if claim.numerator is None:
        lines = claim.denominator or 0
        return f"{lines:,} {'line' if lines == 1 else 'lines'}"
    return f"{claim.numerator:,}" if claim.denominator is None else f"{claim.numerator:,} of {claim.denominator:,}"


def fit_sentence(fit: Fit) -> str:
    """Where ours is the same: what is other than in the question, in the order of its differences."""
    by_difference = {
        Difference.AS_OF: f"as of {fit.standpoint.as_of:%-d %B %Y}",
        Difference.KNOWN_AT: _known(fit),
        Difference.SLICE: f"of {_slice(fit)}",
        Difference.WORDING: fit.wording,
        Difference.DEFINITION: f"by definition {fit.definition} ({definition_named(fit.definition).words.rstrip('.')})",
        Difference.WINDOW: fit.window,
    }
    return f"{EQUALS}{', '.join(by_difference[difference] for difference in fit.differences)}."


def _slice(fit: Fit) -> str:
    words = fit.slice.words()
    return words[0].lower() + words[1:]


def _known(fit: Fit) -> str:
    day = fit.standpoint.known_at
    known = f"as known on {day:%-d %B %Y}" if day else f"as known at @{fit.standpoint.position}"
    return f"{known} (until {fit.known_until:%-d %B %Y})" if fit.known_until else known
