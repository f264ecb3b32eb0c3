"""What became of files, as JSON."""

from collections.abc import Iterable
from typing import Any

from projections.figures import Figure
from web.effects import Effect
from web.intake.taking_in import Submission

from .figure import slice_document

Document = dict[str, Any]


def submission_document(submission: Submission, effects: Iterable[Effect]) -> Document:
    """One file; of a dry run with what it would do to the figures."""
    document = submission.document()
    return document | {"effects": [_effect(effect) for effect in effects]} if submission.dry_run else document


def _effect(effect: Effect) -> Document:
    figure = effect.after
    return {
        "measure": figure.measure.code,
        "slice": slice_document(figure.slice),
        "as_of": figure.standpoint.as_of.isoformat(),
        "before": _counts(effect.before),
        "after": _counts(effect.after),
    }


def _counts(figure: Figure) -> Document:
    return {"numerator": figure.numerator, "denominator": figure.denominator}
