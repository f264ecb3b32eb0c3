"""Whether a file is one that was given as evidence: its hash is held against those on record, and it is let go."""

from typing import Any

from flask import url_for

from web import parameters
from web.auth import guard
from web.auth.rate_limits import limit_uploads
from web.auth.roles import Right
from web.files.entered_lists import evidence_of
from web.pages.contract_life.disputes import NUMBER, blueprint, dispute_or_404
from web.pages.frame.forms import FileField, Form
from web.pages.frame.layout import Page
from web.presenters.improvement import disputed as presenter
from web.queries.contract_life.disputes import DisputeResult
from web.queries.improvement.disputed.course import evidence_check

_PATH = f"{NUMBER}/check-evidence"


class DisputeEvidenceForm(Form):
    """A file that is held against the evidence of a dispute."""

    file = FileField(
        "The file", "It is read once and let go. Nothing of it is stored.", accept="*/*", needed="Choose the file."
    )


@blueprint.page(_PATH, Right.DISPUTES)
def check_evidence_form(_given: parameters.Given, number: int) -> Page:
    """The form that takes a file, beside the evidence that was given."""
    return _page(dispute_or_404(number, guard.viewer(Right.DISPUTES)), DisputeEvidenceForm(None))


@blueprint.page(_PATH, Right.DISPUTES, method="POST")
@limit_uploads
def check_evidence(_given: parameters.Given, number: int) -> Any:
    """Hold a file against the evidence."""
    dispute, form = dispute_or_404(number, guard.viewer(Right.DISPUTES)), DisputeEvidenceForm()
    if form.validate_on_submit():
        with form.refusals_at("file"):
            result = evidence_check(
                dispute.course, evidence_of(form.file.data.filename or "file", form.file.data.read())
            )
            said = presenter.check_words(dispute.course, result)
            if result.positions:
                return _page(dispute, form, done=said)
            form.add_error("file", said)
    return _page(dispute, form), 422


def _page(dispute: DisputeResult, form: DisputeEvidenceForm, done: str = "") -> Page:
    return Page(
        "dispute-evidence.html",
        "Check a file against the evidence",
        {"evidence": presenter.evidence_table(dispute.course)},
        dispute=dispute,
        form=form,
        errors=form.links,
        done=done,
        action=url_for("dispute.check_evidence", number=dispute.number),
        button={"text": "Check the file", "preventDoubleClick": True},
    )
