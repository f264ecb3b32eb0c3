"""Why: the walk between two figures, reasons, provenance, one client's records, the audit trail."""
