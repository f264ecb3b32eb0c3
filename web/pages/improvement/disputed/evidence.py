"""Which evidence is kept, changed or missing: files are held against the hashes on record, and let go."""

from typing import Any

from flask import url_for

from web import parameters
from web.auth import guard
from web.auth.rate_limits import limit_uploads
from web.auth.roles import Right
from web.files.evidence import hashed
from web.pages.contract_life.disputes import NUMBER, blueprint, dispute_or_404
from web.pages.frame.forms import FilesField, Form
from web.pages.frame.layout import Page
from web.presenters.improvement import disputed as presenter
from web.queries.contract_life.disputes import DisputeResult
from web.queries.improvement.disputed.evidence import DisputeEvidenceCheck, evidence_check

_PATH = f"{NUMBER}/check-evidence"


class DisputeEvidenceForm(Form):
    """Files that are held against the evidence of a dispute."""

    files = FilesField(
        "The files",
        "One or several, 64 MB in all. They are read once and let go. Nothing of them is stored.",
        needed="Choose a file.",
    )


@blueprint.page(_PATH, Right.DISPUTES)
def check_evidence_form(_given: parameters.Given, number: int) -> Page:
    """The form that takes files, beside the evidence that was given."""
    return _page(dispute_or_404(number, guard.viewer(Right.DISPUTES)), DisputeEvidenceForm(None))


@blueprint.page(_PATH, Right.DISPUTES, method="POST")
@limit_uploads
def check_evidence(_given: parameters.Given, number: int) -> Any:
    """Hold files against the evidence."""
    dispute, form = dispute_or_404(number, guard.viewer(Right.DISPUTES)), DisputeEvidenceForm()
    if form.validate_on_submit():
        with form.refusals_at("files"):
            sent = [hashed(file.filename or "", file.stream) for file in form.files.data]
            return _page(dispute, form, evidence_check(dispute.course, sent))
    return _page(dispute, form), 422


def _page(dispute: DisputeResult, form: DisputeEvidenceForm, result: DisputeEvidenceCheck | None = None) -> Page:
    course = dispute.course
    return Page(
        "dispute-evidence.html",
        "Check files against the evidence",
        {
            "checked": presenter.check_table(course, result) if result else None,
            "evidence": None if result else presenter.evidence_table(course),
        },
        dispute=dispute,
        form=form,
        errors=form.links,
        said=presenter.check_words(result) if result else [],
        has_evidence=bool(course.evidence),
        action=url_for("dispute.check_evidence", number=dispute.number),
        button={"text": "Check the files", "preventDoubleClick": True},
    )
