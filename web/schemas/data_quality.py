"""Data quality as JSON."""

from dataclasses import asdict
from typing import Any

from projections.worklists.data_quality import AgencyMonth, DataQuality, FieldFilled

from .figure import standpoint_document

Document = dict[str, Any]


def data_quality(found: DataQuality) -> Document:
    """Months by agency, the oldest first, and the fields at the standpoint."""
    return {
        "standpoint": standpoint_document(found.standpoint),
        "months": [_month(one) for one in found.months],
        "fields": [_field(one) for one in found.fields],
    }


def _month(one: AgencyMonth) -> Document:
    days = one.days_to_report
    return {
        "agency": one.agency,
        "month": one.month.isoformat(),
        "due_on": one.due_on.isoformat(),
        "state": one.state,
        "received_on": one.received_on.isoformat() if one.received_on else None,
        "days_late": one.days_late,
        "files": one.files,
        "rows": one.rows,
        "rejected_rows": one.rejected_rows,
        "rejection_rate": one.rejection_rate,
        "rejected": dict(one.rejected),
        "notices": dict(one.notices),
        "new": one.new,
        "amended": one.amended,
        "withdrawn": one.withdrawn,
        "not_in_file": one.not_in_file,
        "days_to_report": asdict(days) if days else None,
    }


def _field(one: FieldFilled) -> Document:
    return {**asdict(one), "percentage": one.percentage}
